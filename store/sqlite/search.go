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
		f := &finding{query: query, scope: scope, page: page}
		f.match, f.more = scope.match(query.Terms, s.narrow)
		return f.run(ctx, q, after[0])
	})
	return page, err
}

// finding is a page on its way.
type finding struct {
	query hub.SearchQuery
	scope *scope
	match string
	more  bool // match matches more than the query
	page  *hub.SearchPage
	size  int
	last  int64 // row of the message last put into the page
	full  bool
}

// run fills the page with what is below a row of the index.
func (f *finding) run(ctx context.Context, q querier, below int64) error {
	for began := time.Now(); ; {
		hits, next, err := f.hits(ctx, q, below)
		if err == nil {
			next, err = f.read(ctx, q, hits, next)
		}
		if err != nil || next == 0 {
			return err
		}
		if f.page.Next = makeToken(next); len(f.page.Messages) == f.query.Limit || f.full || time.Since(began) > searchTime {
			return nil
		}
		f.page.Next, below = "", next
	}
}

// scope is where a search looks: in some conversations, or in all of a service where there are none named.
type scope struct {
	service       hub.ServiceSID
	conversations map[int64]bool // nil: all
	messages      int64          // in them
}

func (s *scope) empty() bool { return s.conversations != nil && len(s.conversations) == 0 }

func searchScope(ctx context.Context, q querier, v hub.Viewer, ref hub.ConversationRef) (*scope, error) {
	s := &scope{service: v.Service}
	if v.Identity != "" {
		s.conversations = map[int64]bool{}
		rows, err := q.query(ctx, `SELECT p.conversation, h.messages FROM participant p JOIN head h ON h.conversation = p.conversation
			WHERE p.user = (SELECT sid FROM user WHERE service = ? AND identity = ?) AND p.user <> '' AND p.gone = '' AND h.deleted = 0`,
			v.Service, v.Identity)
		err = each(rows, err, func(r *sql.Rows) error {
			var id, messages int64
			err := r.Scan(&id, &messages)
			s.conversations[id] = true
			s.messages += messages
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
	s.conversations, s.messages = map[int64]bool{l.id: true}, l.c.Messages
	return s, nil
}

// few is how many messages a search may have before it that it looks into those which begin like a word that is looked for.
// The index has the rows of words that begin alike for beginnings of up to prefixLength; for a longer one it gathers them, of
// all conversations.
const (
	few          = 2_000
	prefixLength = 3
)

func (s *scope) few() bool { return s.conversations != nil && s.messages <= few }

// match is a query in the language of FTS5, and whether it matches more than what is looked for. Words have no quotes in them.
func (s *scope) match(terms []hub.SearchTerm, narrow int) (text string, more bool) {
	var all []string
	for _, t := range terms {
		words := t.Words
		if short := beginning(words[0]); t.Prefix && s.few() && short != words[0] {
			words, more = []string{short}, true
		}
		text := `"` + strings.Join(words, " ") + `"`
		if t.Prefix {
			text += " *"
		}
		all = append(all, text)
	}
	if s.conversations == nil || len(s.conversations) > narrow {
		return strings.Join(append(all, `"`+serviceMark(s.service)+`"`), " AND "), more
	}
	var marks []string
	for id := range s.conversations {
		marks = append(marks, `"`+conversationMark(id)+`"`)
	}
	return strings.Join(append(all, "("+strings.Join(marks, " OR ")+")"), " AND "), more
}

func beginning(word string) string {
	n := 0
	for i := range word {
		if n++; n > prefixLength {
			return word[:i]
		}
	}
	return word
}

// hits finds messages below a row of the index, newest first, and where to go on, 0 at the end.
func (f *finding) hits(ctx context.Context, q querier, below int64) (hits []hit, next int64, err error) {
	began, seen, full := time.Now(), 0, false
	rows, err := q.query(ctx, `SELECT search.rowid, r.conversation, r.message FROM search JOIN search_row r ON r.id = search.rowid
		WHERE search MATCH ? AND search.rowid < ? ORDER BY search.rowid DESC LIMIT ?`, f.match, below, searchRows)
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
		if f.scope.conversations == nil || f.scope.conversations[conversation] {
			hits = append(hits, h)
		}
		seen++
		next = h.row
		full = len(hits) == f.query.Limit || seen == searchRows || seen%1024 == 0 && time.Since(began) > searchTime
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

// read puts the messages that still exist into the page, and tells where to go on: behind next, or where the page was full.
func (f *finding) read(ctx context.Context, q querier, hits []hit, next int64) (int64, error) {
	for _, h := range hits {
		var sid hub.ConversationSID
		row := q.row(ctx, `SELECT c.sid, `+messageColumns+` FROM message m JOIN conversation c ON c.id = m.conversation
			JOIN head h ON h.conversation = c.id WHERE m.sid = ? AND m.removed = 0 AND h.deleted = 0 AND c.service = ?`, h.message, f.scope.service)
		m, err := absent(scanMessage(func(into ...any) error { return row.Scan(append([]any{&sid}, into...)...) }, ""))
		if err != nil {
			return 0, err
		}
		if m == nil || f.more && !m.Holds(f.query.Terms) {
			continue
		}
		m.Conversation = sid
		size := f.size + m.Weight()
		if len(f.page.Messages) == f.query.Limit || len(f.page.Messages) > 0 && f.query.Bytes > 0 && size > f.query.Bytes {
			f.full = true
			return f.last, nil
		}
		f.size = size
		f.page.Messages = append(f.page.Messages, m)
		f.last = h.row
	}
	return next, nil
}
