package rest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"testing"
)

// listCall is a request for a page of a list of numbers from 0 to 24.
func listCall(query string) *call {
	sent, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	o := &operation{page: &paging{key: "numbers", otherwise: 10, most: 20}, params: []param{{name: "State"}}}
	return &call{place: &place{operation: o}, sent: sent, origin: "https://host", self: "/v1/Numbers"}
}

func readNumbers(after string, limit int) (rows []int, next string, err error) {
	from := 0
	if after != "" {
		if from, err = strconv.Atoi(after); err != nil {
			return nil, "", errPageToken
		}
	}
	for i := from; i < min(from+limit, 25); i++ {
		rows = append(rows, i)
	}
	if from+limit < 25 {
		next = strconv.Itoa(from + limit)
	}
	return rows, next, nil
}

type numbersPage struct {
	Meta struct {
		Page     int     `json:"page"`
		PageSize int     `json:"page_size"`
		First    string  `json:"first_page_url"`
		Previous *string `json:"previous_page_url"`
		URL      string  `json:"url"`
		Next     *string `json:"next_page_url"`
		Key      string  `json:"key"`
	} `json:"meta"`
	Numbers []int `json:"numbers"`
}

func turnPage(t *testing.T, query string) (p numbersPage) {
	t.Helper()
	answer, err := list(listCall(query), readNumbers, func(i int) int { return i })
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// follow is the query of a page's address.
func follow(t *testing.T, address *string) string {
	t.Helper()
	if address == nil {
		t.Fatal("there is no such page")
	}
	u, err := url.Parse(*address)
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme+u.Host+u.Path != "httpshost/v1/Numbers" || u.Query().Get("State") != "a b" {
		t.Errorf("the address is %s", *address)
	}
	return u.RawQuery
}

// TestPages: a list is walked forth and back by the addresses that its pages give.
func TestPages(t *testing.T) {
	p := turnPage(t, "State=a+b")
	if p.Meta.Page != 0 || p.Meta.PageSize != 10 || p.Meta.Key != "numbers" || p.Meta.Previous != nil || len(p.Numbers) != 10 {
		t.Fatalf("the first page is %+v", p)
	}
	all := p.Numbers
	for p.Meta.Next != nil {
		p = turnPage(t, follow(t, p.Meta.Next))
		all = append(all, p.Numbers...)
	}
	if p.Meta.Page != 2 || len(all) != 25 || !slices.IsSorted(all) || all[24] != 24 {
		t.Fatalf("walked to page %d over %v", p.Meta.Page, all)
	}
	for back := 1; back >= 0; back-- {
		p = turnPage(t, follow(t, p.Meta.Previous))
		if p.Meta.Page != back || p.Numbers[0] != back*10 {
			t.Fatalf("back is %+v", p)
		}
	}
	if p.Meta.Previous != nil {
		t.Error("before the first page is another")
	}
	if again := turnPage(t, follow(t, &p.Meta.URL)); !slices.Equal(again.Numbers, p.Numbers) {
		t.Errorf("the page's own address gives %v", again.Numbers)
	}
}

// TestPageNumber: a page number alone counts pages; behind the last are none.
func TestPageNumber(t *testing.T) {
	for query, want := range map[string][]int{
		"Page=0&PageSize=5&State=a+b": {0, 1, 2, 3, 4}, "Page=2&PageSize=12&State=a+b": {24}, "Page=3&PageSize=12&State=a+b": {},
	} {
		if p := turnPage(t, query); !slices.Equal(p.Numbers, want) {
			t.Errorf("%s: %v", query, p.Numbers)
		}
	}
}

// TestBadPages: what no page can be found by is refused.
func TestBadPages(t *testing.T) {
	for query, code := range map[string]int{
		"PageSize=0": 20007, "PageSize=21": 20007, "PageSize=x": 20007, "PageSize=-1": 20007,
		"PageToken=x": 19038, "PageToken=PT": 19038, "PageToken=PTe30x": 19038, "PageToken=PTeyJuIjotMX0": 19038,
		"Page=-1": -32602, "Page=x": -32602, "Page=1001": -32602,
	} {
		_, err := list(listCall(query), readNumbers, func(i int) int { return i })
		if p := problemOf(nil, err); err == nil || p.code != code && code > 0 {
			t.Errorf("%s: %v", query, err)
		}
	}
}
