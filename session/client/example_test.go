package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/coder/websocket"

	"parley/session/client"
	"parley/session/wire"
)

// A client that says something and hears it as everybody does.
func ExampleDial() {
	server := httptest.NewServer(http.HandlerFunc(echo)) // stands in for parley
	defer server.Close()

	heard := make(chan client.Event)
	c, err := client.Dial(context.Background(), client.Config{
		URL:   server.URL,
		Token: func(context.Context) (string, error) { return "<jwt>", nil },
		OnEvent: func(e client.Event) {
			if e.Method == wire.EventMessageAdded {
				heard <- e
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	e := make(chan error, 1)
	go func() {
		_, err := c.Send(context.Background(), "lobby", client.Draft{Body: "Tea at five?"})
		e <- err
	}()
	fmt.Println((<-heard).Message.Body)
	if err := <-e; err != nil {
		fmt.Println(err)
	}
	// Output: Tea at five?
}

// echo is a server with one conversation that answers messages and tells of them.
func echo(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		return
	}
	defer ws.CloseNow() //nolint:errcheck // it is over
	for {
		_, frame, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		var c struct {
			ID     int
			Method string
			Params struct{ Body string }
		}
		if json.Unmarshal(frame, &c) != nil {
			return
		}
		answer := `{"epoch":"e1"}`
		if c.Method == wire.MethodMessageSend {
			answer = fmt.Sprintf(`{"index":0,"body":%q}`, c.Params.Body)
		}
		answer = fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"result":%s}`, c.ID, answer)
		if c.Method == wire.MethodMessageSend {
			answer = fmt.Sprintf(`[{"jsonrpc":"2.0","method":"messageAdded","params":{"conversation_sid":"CH1","revision":2,"message":{"body":%q}}},%s]`,
				c.Params.Body, answer)
		}
		if ws.Write(r.Context(), websocket.MessageText, []byte(answer)) != nil {
			return
		}
	}
}
