package sqlite

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"

	"parley/hub"
)

const (
	// narrow is how many conversations a search names to the index; with more it asks for all of the service and
	// passes over what is not the viewer's.
	narrow = 100
	// searchRows is how many rows of the index one page looks at, at most.
	searchRows = 20_000
	// searchTime is when a page ends for the time it took: well before the read would be ended.
	searchTime = readWithin / 2
)

// Search implements hub.Searcher. The index gives its rows in order, so that a page of a common word costs a page.
func (s *Store) Search(ctx context.Context, v hub.Viewer, query hub.SearchQuery) (*hub.SearchPage, error) {
	after, err := parseToken(query.After, 1)
	if err != nil {
		return nil, err
	}
	if query.After == "" {
		after[0] = math.MaxInt64
	}
	page := &hub.SearchPage{}
	err = s.reading(ctx, func(q querier) error {
		scope, err := searchScope(ctx, q, v, query.Conversation)
		if err != nil || scope.empty() {
			return err
		}
		hits, next, err := hitsOf(ctx, q, scope, matchOf(query.Terms, scope, s.narrow), after[0], query.Limit)
		if err != nil {
			return err
		}
		if next != 0 {
			page.Next = makeToken(next)
		}
		return readHits(ctx, q, v.Service, query, hits, page)
	})
	return page, err
}

// scope is where a search looks: in some conversations, or in all of a service where there are none named.
type scope struct {
	service       hub.ServiceSID
	conversations map[int64]bool // nil: all
}

func (s *scope) empty() bool { return s.conversations != nil && len(s.conversations) == 0 }

func searchScope(ctx context.Context, q querier, v hub.Viewer, ref hub.ConversationRef) (*scope, error) {
	s := &scope{service: v.Service}
	if v.Identity != "" {
		s.conversations = map[int64]bool{}
		rows, err := q.query(ctx, `SELECT p.conversation FROM participant p JOIN head h ON h.conversation = p.conversation
			WHERE p.user = (SELECT sid FROM user WHERE service = ? AND identity = ?) AND p.user <> '' AND p.gone = '' AND h.deleted = 0`,
			v.Service, v.Identity)
		err = each(rows, err, func(r *sql.Rows) error {
			var id int64
			err := r.Scan(&id)
			s.conversations[id] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if ref == "" {
		return s, nil
	}
	l, err := find(ctx, q, v.Service, ref)
	if err != nil {
		return nil, err
	}
	if l == nil || v.Identity != "" && !s.conversations[l.id] {
		return nil, hub.ErrAbsent
	}
	s.conversations = map[int64]bool{l.id: true}
	return s, nil
}

// matchOf is a query in the language of FTS5. Words have no quotes in them.
func matchOf(terms []hub.SearchTerm, s *scope, narrow int) string {
	var all []string
	for _, t := range terms {
		text := `"` + strings.Join(t.Words, " ") + `"`
		if t.Prefix {
			text += " *"
		}
		all = append(all, text)
	}
	if s.conversations == nil || len(s.conversations) > narrow {
		return strings.Join(append(all, `"`+serviceMark(s.service)+`"`), " AND ")
	}
	var marks []string
	for id := range s.conversations {
		marks = append(marks, `"`+conversationMark(id)+`"`)
	}
	return strings.Join(append(all, "("+strings.Join(marks, " OR ")+")"), " AND ")
}

// hitsOf finds messages below a row of the index, newest first, and where to go on, 0 at the end.
func hitsOf(ctx context.Context, q querier, s *scope, match string, below int64, limit int) (hits []hit, next int64, err error) {
	began, seen, full := time.Now(), 0, false
	rows, err := q.query(ctx, `SELECT search.rowid, r.conversation, r.message FROM search JOIN search_row r ON r.id = search.rowid
		WHERE search MATCH ? AND search.rowid < ? ORDER BY search.rowid DESC LIMIT ?`, match, below, searchRows)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for !full && rows.Next() {
		var h hit
		var conversation int64
		if err := rows.Scan(&h.row, &conversation, &h.message); err != nil {
			return nil, 0, err
		}
		if s.conversations == nil || s.conversations[conversation] {
			hits = append(hits, h)
		}
		seen++
		next = h.row
		full = len(hits) == limit || seen == searchRows || seen%1024 == 0 && time.Since(began) > searchTime
	}
	if !full {
		next = 0
	}
	return hits, next, rows.Err()
}

// hit is a row of the index that matches.
type hit struct {
	row     int64
	message hub.MessageSID
}

// readHits reads the messages that still exist.
func readHits(ctx context.Context, q querier, service hub.ServiceSID, query hub.SearchQuery, hits []hit, page *hub.SearchPage) error {
	size := 0
	for i, h := range hits {
		var sid hub.ConversationSID
		row := q.row(ctx, `SELECT c.sid, `+messageColumns+` FROM message m JOIN conversation c ON c.id = m.conversation
			JOIN head h ON h.conversation = c.id WHERE m.sid = ? AND m.removed = 0 AND h.deleted = 0 AND c.service = ?`, h.message, service)
		m, err := absent(scanMessage(func(into ...any) error { return row.Scan(append([]any{&sid}, into...)...) }, ""))
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		m.Conversation = sid
		size += len(m.Body) + len(m.Attributes) + messageWeight
		if len(page.Messages) > 0 && query.Bytes > 0 && size > query.Bytes {
			page.Next = makeToken(hits[i-1].row)
			return nil
		}
		page.Messages = append(page.Messages, m)
	}
	return nil
}
