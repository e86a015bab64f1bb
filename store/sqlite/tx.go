package sqlite

import (
	"errors"
	"time"

	"parley/hub"
)

// tx is one transaction of the writer. Heads are written once, at its end, however many messages it adds; what it knows of
// conversations and who is in them is kept for its length, since nobody else writes.
type tx struct {
	c     *connection
	now   time.Time
	heads map[int64]*hub.Head // to be written
	known map[hub.ConversationSID]*loaded
	wrote bool // by the op under way
}

// loaded is a conversation as this transaction has it.
type loaded struct {
	id int64
	c  hub.Conversation
}

// errRedo says that an op was refused after it had written.
var errRedo = errors.New("an op was refused after it wrote")

// run runs one op. What it answers is a failure of the transaction; the op's own is in its Err. One that is refused after
// it wrote takes the transaction with it, and everybody else runs again without it: that is rare, since commands decide
// before they write, and spares each a savepoint.
func (t *tx) run(op *hub.Op) error {
	t.wrote = false
	op.Err = op.Run(t)
	switch {
	case op.Err == nil:
		return nil
	case !domain(op.Err):
		return op.Err
	case t.wrote:
		return errRedo
	}
	return nil
}

// domain reports whether an error is a rule's refusal, not the database's failure.
func domain(err error) bool {
	return errors.As(err, new(*hub.Error)) || errors.As(err, new(*hub.NameTakenError)) || errors.As(err, new(*hub.PairTakenError))
}

// exec writes.
func (t *tx) exec(text string, args ...any) error {
	t.wrote = true
	return t.c.exec(lifelong, text, args...)
}

func (t *tx) flushHeads() error {
	for id, h := range t.heads {
		if err := t.writeHead(id, h); err != nil {
			return err
		}
		delete(t.heads, id)
	}
	return nil
}

// Now implements hub.ConversationTx.
func (t *tx) Now() time.Time { return t.now }
