package session_test

import (
	"fmt"
	"testing"

	"parley/hub"
)

// BenchmarkConnect is a whole connect over a real socket: dial, token, subscription to 20 conversations and their list.
func BenchmarkConnect(b *testing.B) {
	s := newServer(b)
	s.crowd(20, 10)
	for b.Loop() {
		c := s.connect("ann")
		c.conn.CloseNow() //nolint:errcheck // it is over
	}
}

// BenchmarkResume is the same with a resume that is 50 messages behind in each of the conversations.
func BenchmarkResume(b *testing.B) {
	s := newServer(b)
	positions := s.crowd(20, 50)
	for b.Loop() {
		c := s.dial()
		c.call("connect", fmt.Sprintf(`{"token":%q,"conversations":0,"resume":{%s}}`, s.token("ann"), positions))
		c.event("resumed")
		c.conn.CloseNow() //nolint:errcheck // it is over
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/message")
}

// crowd makes conversations with ann in them, and messages that she has not seen; it answers where she stands.
func (s *server) crowd(threads, messages int) (positions string) {
	s.t.Helper()
	account := hub.Actor{Service: s.service}
	do := func(cmd hub.Command) any {
		answer, err := s.hub.Do(s.t.Context(), account, cmd)
		if err != nil {
			s.t.Fatal(err)
		}
		return answer
	}
	for i := range threads {
		sid := do(&hub.CreateConversation{}).(*hub.ConversationView).SID
		do(&hub.AddParticipant{Conversation: hub.ConversationRef(sid), Identity: "ann"})
		for j := range messages {
			do(&hub.SendMessage{Conversation: hub.ConversationRef(sid), Body: fmt.Sprint(j), ReplyTo: hub.NoIndex})
		}
		if i > 0 {
			positions += ","
		}
		positions += fmt.Sprintf("%q:2", sid)
	}
	return positions
}
