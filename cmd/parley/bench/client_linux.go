package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// frame handles one frame.
func (c *conn) frame(f frame) error {
	switch f.op {
	case opText:
		return each(f.payload, c.message)
	case opPing:
		return c.write(appendFrame(nil, opPong, f.payload))
	case opPong:
		return nil
	case opClose:
		if len(f.payload) >= 2 {
			code := int(f.payload[0])<<8 | int(f.payload[1])
			return fmt.Errorf("the server closed with %d %q", code, f.payload[2:])
		}
	}
	return errors.New("the server closed the websocket")
}

// message handles one message of the protocol.
func (c *conn) message(m []byte) error {
	switch {
	case bytes.HasPrefix(m, addedHead):
		a, ok := parseAdded(m[len(addedHead):])
		if !ok {
			return fmt.Errorf("a delivery that cannot be read: %.300q", m)
		}
		c.fleet.delivered(c, a)
	case bytes.HasPrefix(m, replyHead):
		id, answer := number(m[len(replyHead):])
		return c.replied(id, answer)
	case bytes.HasPrefix(m, methodHead):
		if c.fleet.told != nil {
			name := m[len(methodHead):]
			c.fleet.told(c, string(name[:max(0, bytes.IndexByte(name, '"'))]))
		}
	}
	return nil
}

// replied handles the answer to a request; those without a call are messages that were sent.
func (c *conn) replied(id int64, answer []byte) error {
	refused := bytes.HasPrefix(answer, []byte(`,"error":`))
	if refused {
		return fmt.Errorf("the server refused: %.300s", answer[len(`,"error":`):])
	}
	call, asked := c.calls[id]
	if !asked {
		c.fleet.acked(c)
		return nil
	}
	delete(c.calls, id)
	call(bytes.TrimPrefix(answer, []byte(`,"result":`)))
	return nil
}

// call sends a request.
func (c *conn) call(method, params string, answered func(answer []byte)) {
	c.ids++
	if answered != nil {
		c.calls[c.ids] = answered
	}
	text := `{"jsonrpc":"2.0","id":` + strconv.FormatInt(c.ids, 10) + `,"method":"` + method + `","params":` + params + `}`
	if err := c.write(appendFrame(nil, opText, []byte(text))); err != nil && c.stage != closed {
		c.close()
		c.fleet.broke(c, err)
	}
}

// greet says who is there.
func (c *conn) greet() error {
	token, err := c.fleet.token(c.who)
	if err != nil {
		return err
	}
	params := `{"token":"` + token + `","conversations":0,"client":"parley-bench"`
	if c.resumes {
		params += `,"epoch":"` + c.fleet.epoch + `","resume":{"` + c.room.sid + `":` + strconv.FormatInt(c.revision, 10) + `}`
	}
	c.call("connect", params+"}", func(answer []byte) {
		var who struct {
			Epoch string `json:"epoch"`
		}
		json.Unmarshal(closing(answer), &who) //nolint:errcheck // without an epoch positions are taken at their word
		c.fleet.epoch = who.Epoch
		c.stage = open
		c.fleet.greeted(c)
	})
	return nil
}

// closing takes from an answer the brace that closes the message, and what is behind it.
func closing(answer []byte) []byte {
	if end := bytes.LastIndexByte(answer, '}'); end >= 0 {
		return answer[:end]
	}
	return nil
}

// send sends a message that was due at a time, into the client's conversation.
func (c *conn) send(due int64) {
	c.room.sent++
	c.call("message.send", c.fleet.draft(c.room, due), nil)
}
