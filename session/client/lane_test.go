package client_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"parley/session/client"
)

// A message that may be accepted later is sent again after a while, with those behind it, in order.
func TestRefusedForNow(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"rate":        `{"status":429,"definite":true,"retry_after":2}`,
		"unavailable": `{"status":503,"definite":true}`,
		"indefinite":  `{"status":500,"definite":false}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := pipes(t)
				a, p := s.dial(greeting{})
				all := a.enqueue("CHa", "1", "2", "3")
				other := a.enqueue("CHb", "x")[0]
				sent := p.sends("1", "2", "3", "x")
				began := time.Now()
				p.fail(sent[0], 50074, data)
				synctest.Wait()
				all = append(all, a.enqueue("CHa", "4")...)
				p.reply(sent[3], `{"index":7}`)
				stored(t, other, 7)
				p.fail(sent[1], 50074, data)
				p.reply(sent[2], `{"index":0}`) // all the same
				stored(t, all[2], 0)
				again := p.sends("1", "2", "4")
				if waited := time.Since(began); waited < 800*time.Millisecond || waited > 3*time.Second {
					t.Errorf("sent again after %v", waited)
				}
				for i, c := range again {
					p.reply(c, fmt.Sprintf(`{"index":%d}`, i+1))
				}
				stored(t, all[0], 1)
				stored(t, all[1], 2)
				stored(t, all[3], 3)
			})
		})
	}
}

// A lane that waits is not forgotten over a reconnect, and goes in order there too.
func TestRefusedForNowThenCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		all := a.enqueue("CHa", "1", "2")
		sent := p.sends("1", "2")
		p.fail(sent[0], 50074, `{"status":429,"definite":true,"retry_after":15}`)
		synctest.Wait()
		p.cut()
		p, _ = s.greet(greeting{})
		began := time.Now()
		again := p.sends("1")
		if waited := time.Since(began); waited < 10*time.Second {
			t.Errorf("sent again after %v", waited)
		}
		p.reply(again[0], `{"index":0}`)
		p.reply(p.sends("2")[0], `{"index":1}`)
		stored(t, all[0], 0)
		stored(t, all[1], 1)
	})
}

// numbers are nonces.
func numbers(from, to int) (all []string) {
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

// What was on the wire goes first, then what had no room there.
func TestCutWithMoreWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		a.enqueue("CHa", numbers(0, 70)...)
		p.reply(p.sends(numbers(0, 64)...)[0], `{"index":0}`)
		p.sends("64")
		p.cut()
		p, _ = s.greet(greeting{})
		p.sends(numbers(1, 65)...)
	})
}

// A message that had no room on the wire stays behind one that is refused for now.
func TestRefusedWithMoreWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		a.enqueue("CHa", numbers(0, 70)...)
		for _, c := range p.sends(numbers(0, 64)...) {
			p.fail(c, 20503, `{"status":503,"definite":true}`)
		}
		p.sends(numbers(0, 64)...)
	})
}

// A lane waits until nothing of it is on the wire any more.
func TestRefusedWithMoreUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		a.enqueue("CHa", "1", "2")
		sent := p.sends("1", "2")
		p.fail(sent[0], 20503, `{"status":503,"definite":true}`)
		timer := time.NewTimer(10 * time.Second)
		<-timer.C
		synctest.Wait()
		if len(p.calls) != 0 {
			t.Fatalf("sent again before all was answered: %s", (<-p.calls).Params)
		}
		p.fail(sent[1], 20503, `{"status":503,"definite":true}`)
		p.sends("1", "2")
	})
}

func TestOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		one, err := a.Enqueue("CHa", client.Draft{Nonce: "1", Once: true})
		if err != nil {
			t.Fatal(err)
		}
		p.fail(p.sends("1")[0], 50074, `{"status":429,"definite":true,"retry_after":2}`)
		var e *client.Error
		if _, err := one.Wait(t.Context()); !errors.As(err, &e) || e.RetryAfter != 2*time.Second || !e.Definite {
			t.Errorf("refused with %+v", err)
		}
	})
}
