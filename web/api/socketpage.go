package api

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// socketPage is what the page of the websocket shows.
type socketPage struct {
	About  string
	Groups []messageGroup // methods
	Events messageGroup
	Models []model
	Codes  []errorCode
	Closes []closeCode
}

type messageGroup struct {
	Name     string
	Messages []message
}

// ID is the group's place in its page.
func (g messageGroup) ID() string { return anchor(g.Name) }

// A message is a method or an event.
type message struct {
	Name, About, More string
	Params            []member
	Result            kind     // nil: there is none, or its members are named
	Members           []member // of a result that has no name
	Event             bool
}

type errorCode struct {
	Code, Status, Meaning string
	Definite, Retry       bool
}

type closeCode struct{ Code, Why, Client string }

// sections are the groups of methods, in the order of docs/protocol.md.
var sections = []string{"Session", "Conversations", "Participants", "Messages"}

// newSocketPage reads the document of the websocket.
func newSocketPage(d schema) *socketPage {
	p := &socketPage{About: d.in("info").text("description"), Models: models(d), Events: messageGroup{Name: "Events"}}
	operations, byTag := d.in("operations"), map[string][]message{}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		o := operations.in(name)
		if m := readMessage(d, name, o); m.Event {
			p.Events.Messages = append(p.Events.Messages, m)
		} else {
			tag := schema(o.list("tags")[0].(map[string]any)).text("name")
			byTag[tag] = append(byTag[tag], m)
		}
	}
	for _, tag := range slices.SortedFunc(maps.Keys(byTag), inSections) {
		p.Groups = append(p.Groups, messageGroup{tag, byTag[tag]})
	}
	for _, one := range d.list("x-error-codes") {
		c := schema(one.(map[string]any))
		p.Codes = append(p.Codes, errorCode{
			fmt.Sprint(c["code"]), fmt.Sprint(c["status"]), c.text("meaning"), c["definite"] == true, c["retry"] == true,
		})
	}
	for _, one := range d.list("x-close-codes") {
		c := schema(one.(map[string]any))
		p.Closes = append(p.Closes, closeCode{fmt.Sprint(c["code"]), c.text("why"), c.text("client")})
	}
	return p
}

func inSections(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(sections, name); i >= 0 {
			return i
		}
		return len(sections)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

func readMessage(d schema, name string, o schema) message {
	messages := d.in("components", "messages")
	m := message{Name: name, About: o.text("summary"), More: o.text("description"), Event: o.text("action") == "send"}
	m.Params = messages.in(name, "payload", "properties", "params").members()
	result := messages.in(name+".result", "payload", "properties", "result")
	if m.Members = result.members(); len(m.Members) == 0 && result != nil {
		m.Result = result.kind()
	}
	return m
}
