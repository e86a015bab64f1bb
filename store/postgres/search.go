package postgres

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// narrow is how many messages a search may have before it that it reads their words one by one. With more it goes by the
// index of words, which knows of all conversations, and whose price is that of the word in all of them.
const narrow = 5_000

// found are messages, newest first: of conversations ($1) or of a service, below a sid ($2), that match ($3), so many ($4).
// In the first the condition is put so that the index of words has no part in it.
const (
	foundNarrow = foundIn + `s.conversation = ANY ($1::text[]) AND (s.words @@ $3::tsquery) IS TRUE` + foundFirst
	foundWide   = foundIn + `s.conversation = ANY ($1::text[]) AND s.words @@ $3::tsquery` + foundFirst
	foundAll    = foundIn + `s.service = $1 AND s.words @@ $3::tsquery` + foundFirst

	foundIn = `WITH found AS MATERIALIZED (SELECT s.conversation, s.message FROM search s WHERE s.message < $2 AND `

	foundFirst = ` ORDER BY s.message DESC LIMIT $4)
		SELECT f.message, h.conversation IS NOT NULL, ` + messageColumns + ` FROM found f
		LEFT JOIN message m ON m.conversation = f.conversation AND m.sid = f.message AND m.removed = 0
		LEFT JOIN head h ON h.conversation = m.conversation AND NOT h.deleted ORDER BY f.message DESC`
)

// Search implements hub.Searcher: in one snapshot it finds what the viewer is in, and then messages there.
func (s *Store) Search(ctx context.Context, v hub.Viewer, query hub.SearchQuery) (*hub.SearchPage, error) {
	below, err := parseFoundToken(query.After)
	if err != nil {
		return nil, err
	}
	var page *hub.SearchPage
	err = s.trying(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		return pgx.BeginTxFunc(ctx, conn, options, func(t pgx.Tx) error {
			page = &hub.SearchPage{}
			text, scope, err := s.searchScope(ctx, t, v, query.Conversation)
			if err != nil || text == "" {
				return err
			}
			return findMessages(ctx, t, text, scope, below, query, page)
		})
	})
	return page, err
}

// searchScope is the statement to search with and its first argument; "" where there is nothing to be found.
func (s *Store) searchScope(ctx context.Context, t pgx.Tx, v hub.Viewer, ref hub.ConversationRef) (text string, scope any, err error) {
	if v.Identity == "" && ref == "" {
		return foundAll, v.Service, nil
	}
	sid, name := keyOf(ref)
	var sids []string
	messages := int64(0)
	b := &pgx.Batch{}
	take := func(row pgx.Row) error {
		var sid string
		var n int64
		err := row.Scan(&sid, &n)
		sids, messages = append(sids, sid), messages+n
		return err
	}
	if ref == "" {
		list(b, `SELECT h.conversation, h.messages FROM participant p JOIN head h ON h.conversation = p.conversation
			WHERE p.user_sid = (SELECT sid FROM users WHERE service = $1 AND identity = $2) AND p.user_sid <> '' AND p.gone = ''
			AND NOT h.deleted`, []any{v.Service, v.Identity}, take)
	} else {
		list(b, `SELECT c.sid, h.messages`+fromConversation+`WHERE c.sid = `+threadKey+` AND c.service = $1 AND NOT h.deleted
			AND ($4 = '' OR EXISTS (SELECT 1 FROM participant p WHERE p.conversation = c.sid AND p.identity = $4 AND p.gone = ''))`,
			[]any{v.Service, sid, name, v.Identity}, take)
	}
	if err := t.SendBatch(ctx, b).Close(); err != nil {
		return "", nil, err
	}
	switch {
	case len(sids) == 0 && ref != "":
		return "", nil, hub.ErrAbsent
	case len(sids) == 0:
		return "", nil, nil
	case messages <= s.narrow:
		return foundNarrow, sids, nil
	}
	return foundWide, sids, nil
}

// findMessages reads a page. It is planned for what is looked for: how to find a word best depends on how common it is.
func findMessages(ctx context.Context, t pgx.Tx, text string, scope any, below string, query hub.SearchQuery, page *hub.SearchPage) error {
	size, rows, last := 0, 0, ""
	b := &pgx.Batch{}
	b.Queue(`SET LOCAL plan_cache_mode = force_custom_plan`)
	list(b, text, []any{scope, below, queryOf(query.Terms), query.Limit}, func(row pgx.Row) error {
		if page.Next != "" {
			return nil
		}
		var message string
		var exists bool
		m := &hub.Message{}
		fields, finish := messageFields(m)
		if err := errors.Join(row.Scan(append([]any{&message, &exists}, fields...)...), finish()); err != nil {
			return err
		}
		if exists {
			size += m.Weight()
			if len(page.Messages) > 0 && query.Bytes > 0 && size > query.Bytes {
				page.Next = makeFoundToken(last)
				return nil
			}
			page.Messages = append(page.Messages, m)
		}
		last = message
		if rows++; rows == query.Limit {
			page.Next = makeFoundToken(last)
		}
		return nil
	})
	return t.SendBatch(ctx, b).Close()
}

// queryOf is a query as the text of a tsquery.
func queryOf(terms []hub.SearchTerm) string {
	var all []string
	for _, t := range terms {
		text := `('` + strings.Join(t.Words, `' <-> '`) + `'`
		if t.Prefix {
			text += `:*`
		}
		all = append(all, text+`)`)
	}
	return strings.Join(all, " & ")
}

// afterAll sorts behind every sid of a message.
const afterAll = "J"

func makeFoundToken(sid string) string {
	return "PT" + base64.RawURLEncoding.EncodeToString([]byte(sid))
}

func parseFoundToken(token string) (below string, err error) {
	if token == "" {
		return afterAll, nil
	}
	rest, ok := strings.CutPrefix(token, "PT")
	text, err := base64.RawURLEncoding.DecodeString(rest)
	if sid := strings.TrimPrefix(string(text), "IM"); !ok || err != nil || hub.ConversationRef("CH"+sid).SID() == "" {
		return "", hub.Errorf(hub.CodePageToken, "the page token is not one that this server made")
	}
	return string(text), nil
}
