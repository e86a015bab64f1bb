package postgres

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"parley/hub"
)

// How rows become the hub's nouns. Columns that an outer join may leave empty are never null.

const conversationColumns = `c.sid, c.service, c.unique_name, c.friendly_name, c.attributes, c.state, c.state_updated,
	c.timer_inactive, c.timer_closed, c.created_by, c.created, c.updated, c.changed,
	h.revision, h.last_index, h.last_live, h.last_time, h.messages, h.participants, h.non_chat, h.activity, h.touched,
	h.deadline, h.deleted, c.messaging_service, c.email_address, c.email_name`

const fromConversation = ` FROM conversation c JOIN head h ON h.conversation = c.sid `

func conversationFields(c *hub.Conversation) []any {
	return []any{
		&c.SID, &c.Service, &c.UniqueName, &c.FriendlyName, &c.Attributes, &c.State, at(&c.StateUpdated),
		(*int64)(&c.Timers.Inactive), (*int64)(&c.Timers.Closed), &c.CreatedBy, at(&c.DateCreated), at(&c.DateUpdated), &c.Changed,
		&c.Revision, &c.LastIndex, &c.LastLive, at(&c.LastTime), &c.Messages, &c.Participants, &c.NonChat,
		at(&c.Activity), at(&c.Touched), at(&c.Deadline), &c.Deleted, &c.MessagingService, &c.Email.Address, &c.Email.Name,
	}
}

const participantColumns = `coalesce(p.conversation, ''), coalesce(p.sid, ''), coalesce(p.user_sid, ''), coalesce(p.identity, ''),
	coalesce(p.kind, ''), coalesce(p.address, ''), coalesce(p.proxy, ''), coalesce(p.attributes, ''), coalesce(p.role, ''),
	coalesce(p.notification, ''), coalesce(p.horizon, -1), coalesce(p.horizon_time, 0), coalesce(p.created, 0),
	coalesce(p.updated, 0), coalesce(p.created_rev, 0), coalesce(p.changed_rev, 0), coalesce(p.gone, ''),
	coalesce(p.binding_name, ''), coalesce(p.binding_level, '')`

// participantFields are where participantColumns go; bind completes what was read.
func participantFields(p *hub.Participant) (fields []any, bind func()) {
	b := &hub.Binding{}
	fields = []any{
		&p.Conversation, &p.SID, &p.User, &p.Identity, &b.Kind, &b.Address, &b.ProxyAddress, &p.Attributes, &p.Role,
		&p.Notification, &p.Horizon, at(&p.HorizonTime), at(&p.DateCreated), at(&p.DateUpdated), &p.Created, &p.Changed, &p.Gone,
		&b.Name, &b.Level,
	}
	return fields, func() {
		if b.Kind != "" {
			p.Binding = b
		}
	}
}

const messageColumns = `coalesce(m.conversation, ''), coalesce(m.idx, -1), coalesce(m.sid, ''), coalesce(m.author, ''),
	coalesce(m.participant, ''), coalesce(m.body, ''), coalesce(m.subject, ''), coalesce(m.attributes, ''),
	coalesce(m.reply_to, -1), coalesce(m.nonce, ''), coalesce(m.reactions, ''), coalesce(m.created, 0), coalesce(m.updated, 0),
	coalesce(m.updated_by, ''), coalesce(m.created_rev, 0), coalesce(m.changed_rev, 0), coalesce(m.removed, 0) = 1,
	coalesce(m.content, ''), coalesce(m.content_variables, ''), coalesce(m.expected, 0), coalesce(m.delivery, ''),
	coalesce(m.media, '')`

// messageFields are where messageColumns go; finish completes what was read.
func messageFields(m *hub.Message) (fields []any, finish func() error) {
	var reactions, delivery, media string
	fields = []any{
		&m.Conversation, &m.Index, &m.SID, &m.Author, &m.Participant, &m.Body, &m.Subject, &m.Attributes, &m.ReplyTo, &m.Nonce,
		&reactions, at(&m.DateCreated), at(&m.DateUpdated), &m.LastUpdatedBy, &m.Created, &m.Changed, &m.Removed,
		&m.ContentSID, &m.ContentVariables, &m.Delivery.Total, &delivery, &media,
	}
	return fields, func() error {
		if reactions != "" {
			if err := json.Unmarshal([]byte(reactions), &m.Reactions); err != nil {
				return err
			}
		}
		if delivery != "" {
			if err := json.Unmarshal([]byte(delivery), &m.Delivery); err != nil {
				return err
			}
		}
		if media != "" {
			return json.Unmarshal([]byte(media), &m.Media)
		}
		return nil
	}
}

func scanConversation(row pgx.Row) (*hub.Conversation, error) {
	c := &hub.Conversation{}
	return c, row.Scan(conversationFields(c)...)
}

func scanParticipant(row pgx.Row) (*hub.Participant, error) {
	p := &hub.Participant{}
	fields, bind := participantFields(p)
	err := row.Scan(fields...)
	bind()
	return p, err
}

func scanMessage(row pgx.Row) (*hub.Message, error) {
	m := &hub.Message{}
	fields, finish := messageFields(m)
	if err := row.Scan(fields...); err != nil {
		return nil, err
	}
	return m, finish()
}

const userColumns = `u.sid, u.service, u.identity, u.name, u.attributes, u.role, u.barred, u.revision, u.created, u.updated`

func scanUser(row pgx.Row) (*hub.User, error) {
	u := &hub.User{}
	return u, row.Scan(&u.SID, &u.Service, &u.Identity, &u.FriendlyName, &u.Attributes, &u.Role, &u.Barred, &u.Revision,
		at(&u.DateCreated), at(&u.DateUpdated))
}

const roleColumns = `r.sid, r.service, r.name, r.type, r.permissions, r.created, r.updated`

func scanRole(row pgx.Row) (*hub.Role, error) {
	r := &hub.Role{}
	var permissions string
	err := row.Scan(&r.SID, &r.Service, &r.FriendlyName, &r.Type, &permissions, at(&r.DateCreated), at(&r.DateUpdated))
	r.Permissions = permissionsOf(permissions)
	return r, err
}

// Permissions are kept as words between spaces, one at each end too, so that one of them can be looked for as text.

func permissionsOf(text string) (all []hub.Permission) {
	for p := range strings.FieldsSeq(text) {
		all = append(all, hub.Permission(p))
	}
	return all
}

func permissionsText(all []hub.Permission) string {
	return " " + strings.Join(texts(all), " ") + " "
}

const serviceColumns = `v.sid, v.name, v.user_role, v.creator_role, v.member_role, v.reachability, v.deleted, v.created, v.updated`

func scanService(row pgx.Row) (*hub.Service, error) {
	v := &hub.Service{}
	return v, row.Scan(&v.SID, &v.FriendlyName, &v.DefaultUserRole, &v.DefaultCreatorRole, &v.DefaultMemberRole, &v.Reachability, &v.Deleted,
		at(&v.DateCreated), at(&v.DateUpdated))
}

const recordColumns = `r.kind, r.scope, r.sid, r.key, r.owner, r.label, r.data, r.created, r.updated`

func scanRecord(row pgx.Row) (*hub.Record, error) {
	r := &hub.Record{}
	return r, row.Scan(&r.Kind, &r.Scope, &r.SID, &r.Key, &r.Owner, &r.Label, &r.Data, at(&r.DateCreated), at(&r.DateUpdated))
}

// list queues a query for all its rows.
func list(b *pgx.Batch, text string, args []any, scan func(row pgx.Row) error) {
	b.Queue(text, args...).Query(func(rows pgx.Rows) error {
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// one queues a query for one row that may be missing: then into is not touched.
func one(b *pgx.Batch, text string, args []any, into ...any) {
	b.Queue(text, args...).QueryRow(func(row pgx.Row) error {
		if err := row.Scan(into...); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
}

// texts are values as an array of text.
func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// Times are kept in whole milliseconds, the zero time as 0.

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

type stamp struct{ t *time.Time }

// at scans milliseconds into t.
func at(t *time.Time) *stamp { return &stamp{t} }

// ScanInt64 implements pgtype.Int64Scanner.
func (s *stamp) ScanInt64(v pgtype.Int8) error {
	*s.t = fromMillis(v.Int64)
	return nil
}

// clock is the server's time in milliseconds.
const clock = `floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
