package rest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"parley/hub"
)

// A cursor is where a page begins. It travels as the page token, which only who made it understands.
type cursor struct {
	Page  int      `json:"n"`
	After string   `json:"a"`           // key of the entry before, "" at the beginning
	Back  []string `json:"b,omitempty"` // After of the pages before, the last first, as many as are remembered
}

const (
	// tokenMark is what page tokens begin with, as Twilio's do.
	tokenMark = "PT"
	// mostBack is how many pages one can go back from a page.
	mostBack = 16
	// mostSkipped is how many entries a page number without a token may skip: they are read and thrown away.
	mostSkipped = 10_000
	mostToken   = 8 << 10
)

// listing is one page of a list.
type listing struct {
	meta  meta
	items any // a slice
}

// meta is the envelope's, in Twilio's order.
type meta struct {
	Page     int     `json:"page"`
	PageSize int     `json:"page_size"`
	First    string  `json:"first_page_url"`
	Previous *string `json:"previous_page_url"`
	URL      string  `json:"url"`
	Next     *string `json:"next_page_url"`
	Key      string  `json:"key"`
	Complete *bool   `json:"complete,omitempty"` // of searches: nothing was missed for having been said just now
}

// MarshalJSON implements json.Marshaler.
func (l *listing) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(l.meta)
	if err != nil {
		return nil, err
	}
	items, err := json.Marshal(l.items)
	return fmt.Appendf(nil, `{"meta":%s,%q:%s}`, head, l.meta.Key, items), err
}

// list answers a page. read reads so many entries behind a key, and tells the key to go on with, "" at the end.
func list[T, M any](c *call, read func(after string, limit int) ([]T, string, error), model func(T) M) (any, error) {
	size, at, err := c.cut()
	if err != nil {
		return nil, err
	}
	rows, next, err := turnTo(&at, size, read)
	if err != nil {
		return nil, err
	}
	items := make([]M, 0, len(rows))
	for _, row := range rows {
		items = append(items, model(row))
	}
	return c.listing(size, at, next, items), nil
}

// turnTo reads the page of a cursor; where that has a number alone, by way of those before.
func turnTo[T any](at *cursor, size int, read func(after string, limit int) ([]T, string, error)) ([]T, string, error) {
	if at.After == "" {
		for range at.Page {
			_, next, err := read(at.After, size)
			if err != nil || next == "" {
				return nil, "", err
			}
			at.After = next
		}
	}
	return read(at.After, size)
}

// cut reads which page is asked for.
func (c *call) cut() (size int, at cursor, err error) {
	p := c.place.page
	size = p.otherwise
	if s := c.sent.Get("PageSize"); s != "" {
		if size, err = strconv.Atoi(s); err != nil || size < 1 || size > p.most {
			return 0, at, hub.Errorf(hub.CodePageSize, "PageSize must be a number from 1 to %d", p.most)
		}
	}
	if token := c.sent.Get("PageToken"); token != "" {
		at, err = readCursor(token)
		return size, at, err
	}
	if s := c.sent.Get("Page"); s != "" {
		if at.Page, err = strconv.Atoi(s); err != nil || at.Page < 0 || at.Page > mostSkipped/size {
			return 0, at, hub.Errorf(hub.CodeInvalidParams,
				"Page must be a number from 0 to %d; go on with next_page_url for more", mostSkipped/size)
		}
	}
	return size, at, nil
}

var errPageToken = hub.Errorf(hub.CodePageToken, "PageToken is not one that this list gave")

func readCursor(token string) (at cursor, err error) {
	encoded, ok := strings.CutPrefix(token, tokenMark)
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if !ok || err != nil || len(token) > mostToken || json.Unmarshal(raw, &at) != nil || at.Page < 0 || len(at.Back) > mostBack {
		return at, errPageToken
	}
	return at, nil
}

func (at cursor) token() string {
	raw, err := json.Marshal(at)
	if err != nil {
		panic(err) // strings and a number
	}
	return tokenMark + base64.RawURLEncoding.EncodeToString(raw)
}

// next is the cursor of the page behind.
func (at cursor) next(after string) cursor {
	back := append([]string{at.After}, at.Back...)
	return cursor{Page: at.Page + 1, After: after, Back: back[:min(len(back), mostBack)]}
}

// previous is the cursor of the page before, nil where it is not known.
func (at cursor) previous() *cursor {
	if len(at.Back) == 0 {
		return nil
	}
	return &cursor{Page: at.Page - 1, After: at.Back[0], Back: at.Back[1:]}
}

func (c *call) listing(size int, at cursor, next string, items any) *listing {
	m := meta{
		Page: at.Page, PageSize: size, Key: c.place.page.key,
		First: c.pageURL(size, cursor{}), URL: c.pageURL(size, at),
	}
	if before := at.previous(); before != nil {
		m.Previous = new(c.pageURL(size, *before))
	}
	if next != "" {
		m.Next = new(c.pageURL(size, at.next(next)))
	}
	return &listing{meta: m, items: items}
}

// pageURL is the address of a page of the same list, with the filters that were given.
func (c *call) pageURL(size int, at cursor) string {
	query := url.Values{"PageSize": {strconv.Itoa(size)}, "Page": {strconv.Itoa(at.Page)}}
	for _, p := range c.place.params {
		if sent, given := c.sent[p.name]; given {
			query[p.name] = sent
		}
	}
	if at.After != "" {
		query.Set("PageToken", at.token())
	}
	return c.origin + c.self + "?" + query.Encode()
}
