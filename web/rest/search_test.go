package rest_test

import (
	"fmt"
	"net/url"
	"reflect"
	"testing"

	"parley/hub"
	"parley/session/wire"
)

// bodies are those of a list's messages.
func bodies(list object) (all []string) {
	for _, m := range list["messages"].([]any) {
		all = append(all, m.(map[string]any)["body"].(string))
	}
	return all
}

// TestSearch: the account finds what was said in its service, or what one of its users would.
func TestSearch(t *testing.T) {
	p := newPlace(t)
	other := string(p.newService())
	say := func(root, body string, people ...string) string {
		sid := p.post(root+"/Conversations", 201)["sid"].(string)
		for _, who := range people {
			p.post(root+"/Conversations/"+sid+"/Participants", 201, "Identity", who)
		}
		p.post(root+"/Conversations/"+sid+"/Messages", 201, "Body", body)
		return sid
	}
	one := say("/v1", "green tea", "ann", "bob")
	say("/v1", "tea for one", "ann")
	say("/v1/Services/"+other, "green elsewhere", "ann")
	for query, want := range map[string][]string{
		"Query=green":                           {"green tea"},
		"Query=" + url.QueryEscape("gree*"):     {"green tea"},
		"Query=tea&Identity=bob":                {"green tea"},
		"Query=tea&Conversation=" + one:         {"green tea"},
		"Query=tea&Identity=nobody":             nil,
		"Query=" + url.QueryEscape(`"for tea"`): nil,
	} {
		got := p.get("/v1/parley/search?" + query)
		if !reflect.DeepEqual(bodies(got), want) || got["meta"].(map[string]any)["complete"] != true {
			t.Errorf("%s: %v", query, got)
		}
	}
	if got := bodies(p.get("/v1/parley/Services/" + other + "/search?Query=green")); !reflect.DeepEqual(got, []string{"green elsewhere"}) {
		t.Errorf("in the other service: %q", got)
	}
	first := p.get("/v1/parley/search?Query=tea&PageSize=1")
	second := p.get(first["meta"].(map[string]any)["next_page_url"].(string))
	if got := append(bodies(first), bodies(second)...); len(got) != 2 || got[0] == got[1] {
		t.Errorf("in pages of one: %q", got)
	}
	for query, want := range map[string]int{
		"": 400, "Query=": 400, "Query=-": 400, "Query=tea&Conversation=none": 404, "Query=tea&PageToken=x": 400, "Query=tea&PageSize=101": 400,
		"Query=tea&Identity=bob&Conversation=" + say("/v1", "x"): 404,
	} {
		if got := p.ask("GET", "/v1/parley/search?"+query); got.status != want {
			t.Errorf("%q: %d %s", query, got.status, got.raw)
		}
	}
}

// TestChanges: what changed since a revision is told as on the websocket.
func TestChanges(t *testing.T) {
	p := newPlace(t)
	sid := p.post("/v1/Conversations", 201, "UniqueName", "tea")["sid"].(string)
	for i := range 3 {
		p.post("/v1/Conversations/tea/Messages", 201, "Body", fmt.Sprint(i))
	}
	as := hub.Actor{Service: p.service}
	want, err := p.hub.Changes(t.Context(), as, hub.ConversationRef(sid), hub.ChangeQuery{Since: 2, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.ask("GET", "/v1/parley/Conversations/tea/Changes?Since=2&Limit=1"); got.status != 200 || got.raw != string(wire.AppendChanges(nil, want))+"\n" {
		t.Errorf("%d %s", got.status, got.raw)
	}
	if got := p.get("/v1/parley/Conversations/" + sid + "/Changes"); len(got["changes"].([]any)) != 3 || got["more"] != false || got["revision"] != 4.0 {
		t.Errorf("%v", got)
	}
	for query, want := range map[string]int{"tea/Changes?Since=-1": 400, "tea/Changes?Limit=0": 400, "tea/Changes?Limit=1001": 400, "none/Changes": 404} {
		if got := p.ask("GET", "/v1/parley/Conversations/"+query); got.status != want {
			t.Errorf("%s: %d %s", query, got.status, got.raw)
		}
	}
}
