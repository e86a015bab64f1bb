package hub

import "time"

// Once carries out a command once for a key, however often it is asked to: the key is kept in the transaction of what
// the command does. Where that was done before it answers *Repeated. The same key with another print is
// CodeKeyReused. A key is remembered for OnceFor; a command that failed leaves none.
type Once struct {
	Key   string // of the actor's service; at most 255 bytes
	Print string // tells apart what is asked for
	Of    Command
}

// OnceFor is how long a key is remembered, at least.
const OnceFor = 24 * time.Hour

// Repeated is the answer to a command that was carried out before.
type Repeated struct {
	Made string // sid of what it made or changed
}

// OnceMark is what is remembered of a key.
type OnceMark struct {
	Service ServiceSID
	Key     string
	Print   string
	Made    string
	Created time.Time
}

// OnceTx is the part of a transaction that remembers keys.
type OnceTx interface {
	// Once finds what a key stands for; nil where it is not known.
	Once(service ServiceSID, key string) (*OnceMark, error)
	// PutOnce keeps a key, in place of an old one, and may forget some of those made before a time.
	PutOnce(m *OnceMark, forget time.Time) error
}

func (cmd *Once) op() string              { return cmd.Of.op() }
func (cmd *Once) target() ConversationRef { return cmd.Of.target() }

func (cmd *Once) subject() string {
	if of, ok := cmd.Of.(interface{ subject() string }); ok {
		return of.subject()
	}
	return ""
}

func (cmd *Once) subjects() []string {
	if of, ok := cmd.Of.(interface{ subjects() []string }); ok {
		return of.subjects()
	}
	return nil
}

func (cmd *Once) run(t *turn) (any, error) {
	if cmd.Key == "" || len(cmd.Key) > mostKey {
		return nil, Errorf(CodeKey, "an idempotency key has 1 to %d bytes", mostKey)
	}
	if err := checkText("the idempotency key", cmd.Key); err != nil {
		return nil, err
	}
	prior, err := t.Once(t.actor.Service, cmd.Key)
	if err != nil {
		return nil, err
	}
	forget := t.now.Add(-OnceFor)
	if prior != nil && prior.Created.After(forget) {
		if prior.Print != cmd.Print {
			return nil, Errorf(CodeKeyReused, "the idempotency key was used for another request")
		}
		return &Repeated{Made: prior.Made}, nil
	}
	answer, err := cmd.Of.run(t)
	if err != nil {
		return nil, err
	}
	mark := &OnceMark{Service: t.actor.Service, Key: cmd.Key, Print: cmd.Print, Created: t.now}
	if made, ok := answer.(interface{ made() string }); ok {
		mark.Made = made.made()
	}
	return answer, t.PutOnce(mark, forget)
}

const mostKey = 255

// What a command made or changed is named by its sid.

func (v *ConversationView) made() string { return string(v.SID) }
func (p *Participant) made() string      { return string(p.SID) }
func (m *Message) made() string          { return string(m.SID) }
func (u *User) made() string             { return string(u.SID) }
func (r *Role) made() string             { return string(r.SID) }
func (s *Service) made() string          { return string(s.SID) }
func (w *ScopedWebhook) made() string    { return string(w.SID) }
func (a *Address) made() string          { return string(a.SID) }
func (c *Credential) made() string       { return string(c.SID) }
