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
		if c.door.centrifuge && string(f.payload) == centrifugePing {
			return c.write(clientFrame(opText, f.payload))
		}
		return each(f.payload, c.message)
	case opPing:
		return c.write(clientFrame(opPong, f.payload))
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
	id := strconv.FormatInt(c.ids, 10)
	text := `{"jsonrpc":"2.0","id":` + id + `,"method":"` + method + `","params":` + params + `}`
	switch {
	case !c.door.centrifuge:
	case c.stage == greeting:
		text = `{"id":` + id + `,"connect":` + params + `}`
	default:
		text = `{"id":` + id + `,"rpc":{"data":` + text + `}}`
	}
	if err := c.write(clientFrame(opText, []byte(text))); err != nil && c.stage != closed {
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
	if c.door.centrifuge {
		c.call("connect", `{"token":"`+token+`"}`, c.welcomed)
		return nil
	}
	params := `{"token":"` + token + `","conversations":0,"client":"parley-bench"`
	if c.resumes {
		params += `,"epoch":"` + c.fleet.epoch + `","resume":{"` + c.room.sid + `":` + strconv.FormatInt(c.revision, 10) + `}`
	}
	c.call("connect", params+"}", c.welcomed)
	return nil
}

// welcomed is told that the server knows who is there.
func (c *conn) welcomed(answer []byte) {
	var who struct {
		Epoch string `json:"epoch"`
	}
	json.NewDecoder(bytes.NewReader(answer)).Decode(&who) //nolint:errcheck // without an epoch positions are taken at their word
	c.fleet.epoch = who.Epoch
	c.stage = open
	c.fleet.greeted(c)
}

// send sends a message that was due at a time, into the client's conversation.
func (c *conn) send(due int64) {
	c.room.sent++
	c.call("message.send", c.fleet.draft(c.room, due), nil)
}
