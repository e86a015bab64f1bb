package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// filter gathers the conditions of a list and their arguments.
type filter struct {
	text strings.Builder
	args []any
}

// and adds a condition, in which each ? stands for an argument.
func (f *filter) and(condition string, args ...any) {
	f.text.WriteString(` AND `)
	f.put(condition, args...)
}

func (f *filter) put(text string, args ...any) {
	for i, part := range strings.Split(text, "?") {
		if i > 0 {
			f.args = append(f.args, args[i-1])
			fmt.Fprintf(&f.text, "$%d", len(f.args))
		}
		f.text.WriteString(part)
	}
}

// ServiceConversations implements hub.ThreadReader. The index of a service's conversations, or that of those in a state, is
// walked backwards; tombstones are in neither. As the account sees them nobody's own part is asked for: identity is "".
func (s *Store) ServiceConversations(ctx context.Context, service hub.ServiceSID, q hub.ServiceQuery) (*hub.ConversationPage, error) {
	after, afterSID, err := parseToken(q.After, true)
	if err != nil {
		return nil, err
	}
	f := &filter{args: []any{service, ""}}
	f.put(`WITH page AS MATERIALIZED (SELECT c.sid, c.created FROM conversation c JOIN head h ON h.conversation = c.sid
		WHERE c.service = $1 AND NOT c.gone AND NOT h.deleted`)
	if len(q.States) > 0 {
		f.and(`c.state = ANY (?::text[])`, texts(q.States))
	}
	if !q.From.IsZero() {
		f.and(`c.created >= ?`, millis(q.From))
	}
	if !q.To.IsZero() {
		f.and(`c.created < ?`, millis(q.To))
	}
	if q.After != "" {
		f.and(`(c.created, c.sid) < (?, ?)`, after, afterSID)
	}
	f.put(` ORDER BY c.created DESC, c.sid DESC LIMIT ?)
		SELECT `+viewColumns+` FROM page JOIN conversation c ON c.sid = page.sid`+viewJoins+`
		WHERE $2 = '' ORDER BY page.created DESC, page.sid DESC`, q.Limit+1)
	var page *hub.ConversationPage
	err = s.reading(ctx, func(b *pgx.Batch) {
		page = &hub.ConversationPage{}
		size := 0
		list(b, f.text.String(), f.args, func(row pgx.Row) error {
			seen, err := scanView(row)
			if err != nil || page.Next != "" {
				return err
			}
			size += len(seen.Attributes) + conversationWeight
			if n := len(page.Views); n == q.Limit || n > 0 && q.Bytes > 0 && size > q.Bytes {
				page.Next = makeToken(millis(page.Views[n-1].DateCreated), page.Views[n-1].SID)
				return nil
			}
			page.Views = append(page.Views, seen)
			return nil
		})
	})
	return page, err
}

// Seats implements hub.ThreadReader. A page's token is the sids of the last conversation and participant.
func (s *Store) Seats(ctx context.Context, service hub.ServiceSID, q hub.SeatQuery) (*hub.SeatPage, error) {
	afterThread, afterSeat, ok := strings.Cut(q.After, ".")
	if q.After != "" && (!ok || !hub.IsSID(afterThread, "CH") || !hub.IsSID(afterSeat, "MB")) {
		return nil, errToken
	}
	f := &filter{}
	f.put(`SELECT `+conversationColumns+`, `+participantColumns+` FROM participant p
		JOIN conversation c ON c.sid = p.conversation JOIN head h ON h.conversation = c.sid
		WHERE p.gone = '' AND NOT h.deleted AND c.service = ?`, service)
	if q.Identity != "" {
		f.and(`p.user_sid = (SELECT sid FROM users WHERE service = ? AND identity = ?) AND p.user_sid <> ''`, service, q.Identity)
	} else {
		f.and(`p.address = ? AND p.address <> ''`, q.Address)
	}
	if q.After != "" {
		f.and(`(p.conversation, p.sid) < (?, ?)`, afterThread, afterSeat)
	}
	f.put(` ORDER BY p.conversation DESC, p.sid DESC LIMIT ?`, q.Limit+1)
	var page *hub.SeatPage
	err := s.reading(ctx, func(b *pgx.Batch) {
		page = &hub.SeatPage{}
		size := 0
		list(b, f.text.String(), f.args, func(row pgx.Row) error {
			seat := hub.Seat{Participant: &hub.Participant{}, Conversation: &hub.Conversation{}}
			fields, bind := participantFields(seat.Participant)
			if err := row.Scan(append(conversationFields(seat.Conversation), fields...)...); err != nil || page.Next != "" {
				return err
			}
			bind()
			size += len(seat.Conversation.Attributes) + conversationWeight
			if n := len(page.Seats); n == q.Limit || n > 0 && q.Bytes > 0 && size > q.Bytes {
				page.Next = string(page.Seats[n-1].Conversation.SID) + "." + string(page.Seats[n-1].Participant.SID)
				return nil
			}
			page.Seats = append(page.Seats, seat)
			return nil
		})
	})
	return page, err
}
