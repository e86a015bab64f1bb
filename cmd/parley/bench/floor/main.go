package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", l.Addr()) // whoever starts it reads where it is
	f := &floor{rooms: map[string]*room{}, invited: map[string][]*room{}}
	log.Fatal(http.Serve(l, f)) //nolint:gosec // a fixture without time limits
}

// floor is all rooms.
type floor struct {
	mu      sync.Mutex
	rooms   map[string]*room
	invited map[string][]*room // by identity
}

// room is one conversation. Its mutex orders what is said.
type room struct {
	sid     string
	mu      sync.Mutex
	said    int64
	members []*member
}

// member is one connection.
type member struct {
	conn     *websocket.Conn
	identity string
	mu       sync.Mutex
	waiting  [][]byte
	more     chan struct{} // size 1
}

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"parley.v1.json"}, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // it is over
	conn.SetReadLimit(1 << 20)
	m := &member{conn: conn, more: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	go m.write(ctx)
	defer f.leave(m)
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return
		}
		f.serve(m, text)
	}
}

// put has a member be sent a message, with whatever else waits.
func (m *member) put(message []byte) {
	m.mu.Lock()
	m.waiting = append(m.waiting, message)
	m.mu.Unlock()
	select {
	case m.more <- struct{}{}:
	default:
	}
}

// write writes what waits as one frame, again and again.
func (m *member) write(ctx context.Context) {
	var taken [][]byte
	var frame []byte
	for {
		select {
		case <-m.more:
		case <-ctx.Done():
			return
		}
		m.mu.Lock()
		taken, m.waiting = m.waiting, taken[:0]
		m.mu.Unlock()
		if len(taken) == 0 {
			continue
		}
		out := taken[0]
		if len(taken) > 1 {
			frame = append(frame[:0], '[')
			for i, message := range taken {
				if i > 0 {
					frame = append(frame, ',')
				}
				frame = append(frame, message...)
			}
			out = append(frame, ']')
			frame = out
		}
		if m.conn.Write(ctx, websocket.MessageText, out) != nil {
			return
		}
	}
}

// request is what the load generator sends.
type request struct {
	ID     int64  `json:"id"`
	Method string `json:"method"`
	Params struct {
		Token        string `json:"token"`
		Conversation string `json:"conversation"`
		Identity     string `json:"identity"`
		Body         string `json:"body"`
	} `json:"params"`
}

func (f *floor) serve(m *member, text []byte) {
	var r request
	if json.Unmarshal(text, &r) != nil {
		return
	}
	result := "{}"
	switch r.Method {
	case "connect":
		m.identity = identity(r.Params.Token)
		result = `{"epoch":"floor"}`
		f.mu.Lock()
		for _, room := range f.invited[m.identity] {
			room.join(m)
		}
		f.mu.Unlock()
	case "conversation.create":
		f.mu.Lock()
		room := &room{sid: fmt.Sprintf("CH%032x", len(f.rooms))}
		f.rooms[room.sid] = room
		f.mu.Unlock()
		result = `{"sid":"` + room.sid + `"}`
	case "conversation.join":
		f.room(r.Params.Conversation).join(m)
	case "participant.add":
		room := f.room(r.Params.Conversation)
		f.mu.Lock()
		f.invited[r.Params.Identity] = append(f.invited[r.Params.Identity], room)
		f.mu.Unlock()
	case "message.send":
		f.room(r.Params.Conversation).say(m, &r)
		return
	}
	m.put([]byte(`{"jsonrpc":"2.0","id":` + strconv.FormatInt(r.ID, 10) + `,"result":` + result + `}`))
}

func (f *floor) room(sid string) *room {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rooms[sid]
}

func (r *room) join(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members, m)
}

// leave takes a member out of all rooms.
func (f *floor) leave(m *member) {
	f.mu.Lock()
	rooms := f.rooms
	f.mu.Unlock()
	for _, r := range rooms {
		r.mu.Lock()
		for i, other := range r.members {
			if other == m {
				r.members = append(r.members[:i:i], r.members[i+1:]...)
				break
			}
		}
		r.mu.Unlock()
	}
}

// say gives a message, as long as Parley's, to everybody, and acknowledges it.
func (r *room) say(m *member, asked *request) {
	r.mu.Lock()
	index := r.said
	r.said++
	body, _ := json.Marshal(asked.Params.Body)
	when := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	message := fmt.Appendf(nil, `{"conversation_sid":"%s","sid":"IM%032x","index":%d,"author":%q,"body":%s,"participant_sid":"MB%032x","date_created":"%s","date_updated":"%s","revision":%d}`,
		r.sid, index, index, m.identity, body, 1, when, when, index+1)
	event := fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"messageAdded","params":{"conversation_sid":"%s","revision":%d,"message":%s}}`, r.sid, index+1, message)
	m.put(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"result":%s}`, asked.ID, message))
	for _, member := range r.members {
		member.put(event)
	}
	r.mu.Unlock()
}

// identity is that of a token in Twilio's layout, which nobody checks here.
func identity(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Grants struct {
			Identity string `json:"identity"`
		} `json:"grants"`
	}
	json.Unmarshal(text, &claims) //nolint:errcheck // then it is nobody
	return claims.Grants.Identity
}
