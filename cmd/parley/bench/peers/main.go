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
	"strings"
	"sync"
	"time"

	"github.com/centrifugal/centrifuge"
)

func main() {
	addr := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		log.Fatal(err)
	}
	p := &peer{node: node, rooms: map[string]*room{}, invited: map[string][]string{}}
	node.OnConnecting(p.connecting)
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnRPC(func(e centrifuge.RPCEvent, done centrifuge.RPCCallback) {
			data, err := p.serve(client, e.Data)
			done(centrifuge.RPCReply{Data: data}, err)
		})
	})
	if err := node.Run(); err != nil {
		log.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("centrifuge://%s\n", l.Addr()) // whoever starts it reads where it is
	log.Fatal(http.Serve(l, centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{})))
}

// peer knows who belongs where.
type peer struct {
	node    *centrifuge.Node
	mu      sync.Mutex
	rooms   map[string]*room
	invited map[string][]string // conversations, by identity
}

// room numbers what is said in one conversation.
type room struct {
	mu   sync.Mutex
	said int64
}

// subscription is what members have: positions, and what they missed when they come back.
var subscription = centrifuge.SubscribeOptions{EnableRecovery: true, EnablePositioning: true}

func (p *peer) connecting(_ context.Context, e centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
	who := identity(e.Token)
	p.mu.Lock()
	defer p.mu.Unlock()
	in := map[string]centrifuge.SubscribeOptions{}
	for _, sid := range p.invited[who] {
		in[sid] = subscription
	}
	return centrifuge.ConnectReply{
		Credentials: &centrifuge.Credentials{UserID: who}, Subscriptions: in,
		Data: []byte(`{"jsonrpc":"2.0","id":1,"result":{"epoch":"centrifuge"}}`),
	}, nil
}

// serve answers one request of the load generator.
func (p *peer) serve(client *centrifuge.Client, data []byte) ([]byte, error) {
	var r struct {
		ID     int64  `json:"id"`
		Method string `json:"method"`
		Params struct {
			Conversation string `json:"conversation"`
			Identity     string `json:"identity"`
			Body         string `json:"body"`
		} `json:"params"`
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, err
	}
	result, sid := "{}", r.Params.Conversation
	switch r.Method {
	case "conversation.create":
		p.mu.Lock()
		sid = fmt.Sprintf("CH%032x", len(p.rooms))
		p.rooms[sid] = &room{}
		p.mu.Unlock()
		result = `{"sid":"` + sid + `"}`
	case "conversation.join":
		if err := client.Subscribe(sid, func(o *centrifuge.SubscribeOptions) { *o = subscription }); err != nil {
			return nil, err
		}
	case "participant.add":
		p.mu.Lock()
		p.invited[r.Params.Identity] = append(p.invited[r.Params.Identity], sid)
		p.mu.Unlock()
	case "message.send":
		var err error
		if result, err = p.say(sid, client.UserID(), r.Params.Body); err != nil {
			return nil, err
		}
	}
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"result":%s}`, r.ID, result), nil
}

// say publishes a message, and keeps it in the history.
func (p *peer) say(sid, author, body string) (message string, err error) {
	p.mu.Lock()
	r := p.rooms[sid]
	p.mu.Unlock()
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	when := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	message = fmt.Sprintf(`{"conversation_sid":"%s","sid":"IM%032x","index":%d,"author":%q,"body":%s,"participant_sid":"MB%032x","date_created":"%s","date_updated":"%s","revision":%d}`,
		sid, r.said, r.said, author, text, 1, when, when, r.said+1)
	event := fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"messageAdded","params":{"conversation_sid":"%s","revision":%d,"message":%s}}`, sid, r.said+1, message)
	r.said++
	_, err = p.node.Publish(sid, event, centrifuge.WithHistory(1000, time.Hour))
	return message, err
}

// identity is that of a token in Twilio's layout, which nobody checks here.
func identity(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return token
	}
	var claims struct {
		Grants struct {
			Identity string `json:"identity"`
		} `json:"grants"`
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return ""
	}
	return claims.Grants.Identity
}
