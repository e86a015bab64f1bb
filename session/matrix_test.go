package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/session"
	"parley/session/token"
)

// actors are the standings that someone can have towards a conversation. Each row of the matrix gives the
// outcome for each, in this order.
var actors = []string{"creator", "member", "admin", "maker", "outsider", "left", "removed", "foreigner"}

// ok stands for success; other outcomes are error codes.
const ok = 0

// outcomes of the rows that repeat.
var (
	inside    = []int{ok, ok, ok, 50350, 50350, 50350, 50350, 50350} // those who are in
	managing  = []int{ok, 50107, ok, ok, 50350, 50350, 50350, 50350} // by role, and the creator before joining
	moderated = []int{ok, 50107, ok, 50350, 50350, 50350, 50350, 50350}
	creators  = []int{ok, 50107, 50107, 50350, 50350, 50350, 50350, 50350}
	anybody   = []int{ok, ok, ok, ok, ok, ok, ok, ok}
)

func everybody(code int) []int { return slices.Repeat([]int{code}, len(actors)) }

// matrix says who may call what. Rows are keyed by method, with a variant behind a space where it matters whose
// thing is touched. {CH} is the conversation, {ME} the actor, {OWN} a message of the actor, 0 one of the creator.
var matrix = map[string]struct {
	params string
	want   []int
}{
	"connect":      {`{"token":"x"}`, everybody(-32600)}, // a second one
	"token.update": {`{"token":"x"}`, everybody(20003)},
	"ping":         {`{}`, anybody},

	"conversation.create":           {`{}`, anybody},
	"conversation.list":             {`{}`, anybody},
	"conversation.get":              {`{"conversation":"{CH}"}`, []int{ok, ok, ok, ok, 50350, 50350, 50350, 50350}},
	"conversation.update name":      {`{"conversation":"{CH}","friendly_name":"x"}`, managing},
	"conversation.update attribute": {`{"conversation":"{CH}","attributes":{"a":1}}`, managing},
	"conversation.update state":     {`{"conversation":"{CH}","state":"inactive"}`, managing},
	"conversation.delete":           {`{"conversation":"{CH}"}`, managing},
	"conversation.join":             {`{"conversation":"{CH}"}`, []int{50433, 50433, 50433, ok, ok, ok, 50350, 50350}},
	"conversation.leave":            {`{"conversation":"{CH}"}`, inside},
	"conversation.notify":           {`{"conversation":"{CH}","level":"muted"}`, inside},
	"changes":                       {`{"conversation":"{CH}","since":0}`, inside},

	"participant.add":          {`{"conversation":"{CH}","identity":"someone"}`, managing},
	"participant.add_non_chat": {`{"conversation":"{CH}","proxy_address":"+15550001","address":"{PHONE}"}`, []int{ok, 50107, 50107, ok, 50350, 50350, 50350, 50350}},
	"participant.list":         {`{"conversation":"{CH}"}`, inside},
	"participant.get":          {`{"conversation":"{CH}","participant":"creator"}`, inside},
	"participant.update":       {`{"conversation":"{CH}","participant":"witness","attributes":{}}`, creators},
	"participant.update own":   {`{"conversation":"{CH}","participant":"{ME}","attributes":{"a":1}}`, inside},
	"participant.remove":       {`{"conversation":"{CH}","participant":"witness"}`, moderated},

	"message.send":       {`{"conversation":"{CH}","body":"x"}`, inside},
	"message.list":       {`{"conversation":"{CH}"}`, inside},
	"message.get":        {`{"conversation":"{CH}","message":0}`, inside},
	"message.update":     {`{"conversation":"{CH}","message":0,"body":"y"}`, moderated},
	"message.update own": {`{"conversation":"{CH}","message":{OWN},"body":"y"}`, inside},
	"message.delete":     {`{"conversation":"{CH}","message":0}`, moderated},
	"message.delete own": {`{"conversation":"{CH}","message":{OWN}}`, inside},
	"reaction.add":       {`{"conversation":"{CH}","message":0,"reaction":"+1"}`, inside},
	"reaction.remove":    {`{"conversation":"{CH}","message":0,"reaction":"+1"}`, inside},
	"read.set":           {`{"conversation":"{CH}","index":0}`, inside},
	"typing":             {`{"conversation":"{CH}"}`, inside},

	"user.get":          {`{"identity":"{ME}"}`, anybody},
	"user.get other":    {`{"identity":"creator"}`, []int{ok, ok, ok, ok, ok, ok, ok, 50200}},
	"user.update":       {`{"friendly_name":"x"}`, anybody},
	"user.update other": {`{"identity":"witness","friendly_name":"x"}`, []int{50107, 50107, ok, 50107, 50107, 50107, 50107, 50107}},
	"user.subscribe":    {`{"identity":"{ME}"}`, anybody},
	"user.unsubscribe":  {`{"identity":"{ME}"}`, anybody},
	"role.list":         {`{}`, anybody},
	"message.receipts":  {`{"conversation":"{CH}","message":0}`, inside},
	"message.search":    {`{"query":"x"}`, anybody},
	"media.urls":        {`{"media":[]}`, everybody(-32601)},
	"push.register":     {`{"channel":"fcm","token":"phone of {ME}"}`, anybody},
	"push.unregister":   {`{"channel":"fcm","token":"phone of {ME}"}`, anybody},
}

// TestMatrixIsWhole fails when a method has no row: whoever adds one must say who may call it.
func TestMatrixIsWhole(t *testing.T) {
	rows := map[string]bool{}
	for name, row := range matrix {
		method, _, _ := strings.Cut(name, " ")
		rows[method] = true
		if len(row.want) != len(actors) {
			t.Errorf("row %q has %d outcomes, want %d", name, len(row.want), len(actors))
		}
	}
	for _, method := range session.MethodNames() {
		if !rows[method] {
			t.Errorf("method %s has no row in the matrix: say who may call it", method)
		}
		delete(rows, method)
	}
	for method := range rows {
		t.Errorf("the matrix has a row for %s, which is no method", method)
	}
}

// stage is one service with a user of each standing, and a foreigner from another.
type stage struct {
	*server
	clients map[string]*client
	phones  int
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{server: newServer(t), clients: map[string]*client{}}
	other, roles := hub.NewService("other", time.Now().UTC().Truncate(time.Millisecond))
	s.account(&hub.PutService{Service: other, Roles: roles})
	for _, name := range append([]string{"witness"}, actors...) {
		service := ""
		if name == "foreigner" {
			service = string(other.SID)
		}
		jwt, err := token.Mint(key, secret, account, name, service, time.Hour, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		s.clients[name] = s.dial()
		s.clients[name].call("connect", `{"token":"`+jwt+`"}`)
	}
	all, err := s.hub.Roles(t.Context(), hub.Actor{Service: s.service}, hub.RoleService)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.FriendlyName == "service admin" {
			admin := *r
			// Those of the default role stay: the matrix asks what the admin may do more, not what it may not.
			admin.Permissions = append(slices.Clone(r.Permissions), hub.PermEditOwnUserInfo)
			s.account(&hub.PutService{Service: s.serviceOf(t), Roles: []*hub.Role{&admin}})
			s.account(&hub.UpdateUser{Identity: "admin", Role: &admin.SID})
		}
	}
	return s
}

func (s *stage) serviceOf(t *testing.T) *hub.Service {
	t.Helper()
	service, err := s.hub.Service(t.Context(), s.service)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// account does something as the account itself.
func (s *stage) account(cmd hub.Command) any {
	s.t.Helper()
	answer, err := s.hub.Do(s.t.Context(), hub.Actor{Service: s.service}, cmd)
	if err != nil {
		s.t.Fatalf("%T: %v", cmd, err)
	}
	return answer
}

// thread makes a conversation in which everybody has their standing; maker, who made it, never joined.
func (s *stage) thread(actor string) (sid string, own int64) {
	creator := s.clients["creator"]
	if actor == "maker" {
		creator = s.clients["maker"]
	}
	sid = sidOf(s.t, creator.call("conversation.create", `{}`))
	ref := hub.ConversationRef(sid)
	if actor == "maker" {
		s.account(&hub.AddParticipant{Conversation: ref, Identity: "creator"})
	} else {
		creator.call("conversation.join", `{"conversation":"`+sid+`"}`)
	}
	for _, who := range []string{"member", "admin", "witness", "left", "removed"} {
		s.account(&hub.AddParticipant{Conversation: ref, Identity: who})
	}
	s.account(&hub.SendMessage{Conversation: ref, Author: "creator", Body: "hello", ReplyTo: hub.NoIndex})
	m := s.account(&hub.SendMessage{Conversation: ref, Author: actor, Body: "mine", ReplyTo: hub.NoIndex})
	s.clients["left"].call("conversation.leave", `{"conversation":"`+sid+`"}`)
	s.account(&hub.RemoveParticipant{Conversation: ref, Participant: "removed"})
	return sid, m.(*hub.Message).Index
}

func TestMatrix(t *testing.T) {
	s := newStage(t)
	for name, row := range matrix {
		method, _, _ := strings.Cut(name, " ")
		for i, actor := range actors {
			sid, own := s.thread(actor)
			s.phones++
			params := strings.NewReplacer("{CH}", sid, "{ME}", actor, "{OWN}", fmt.Sprint(own),
				"{PHONE}", fmt.Sprintf("+1555%07d", s.phones)).Replace(row.params)
			c := s.clients[actor]
			if method == "connect" { // it ends the session, so it gets one of its own
				c = s.connect(actor)
			}
			r := c.request(method, params)
			got := ok
			if r.Error != nil {
				got = r.Error.Code
			}
			if got != row.want[i] {
				t.Errorf("%s by %s: got %d, want %d (%+v)", name, actor, got, row.want[i], r.Error)
			}
		}
	}
}

// TestAbsentAndForbiddenLookAlike: someone outside can't tell a conversation that exists from one that does not (fault
// 28), byte for byte.
func TestAbsentAndForbiddenLookAlike(t *testing.T) {
	s := newStage(t)
	sid, _ := s.thread("creator")
	nowhere := string(hub.NewConversationSID())
	for name, row := range matrix {
		method, _, _ := strings.Cut(name, " ")
		if !strings.Contains(row.params, "{CH}") || row.want[7] != 50350 {
			continue
		}
		ask := func(conversation string) string {
			params := strings.NewReplacer("{CH}", conversation, "{ME}", "x", "{OWN}", "1", "{PHONE}", "+15550002").Replace(row.params)
			r := s.clients["foreigner"].request(method, params)
			return fmt.Sprintf("%+v", *r.Error)
		}
		if there, absent := ask(sid), ask(nowhere); there != absent {
			t.Errorf("%s: %s for one that exists, %s for one that does not", method, there, absent)
		}
	}
}
