package bustest

import (
	"slices"
	"testing"

	"parley/hub"
)

// RunWhereabouts holds a bus that is a hub.Whereabouts too to what that promises.
func RunWhereabouts(t *testing.T, seats Seats) {
	t.Helper()
	t.Run("Whereabouts", func(t *testing.T) { whereabouts(t, seats) })
	t.Run("Goodbye", func(t *testing.T) { goodbye(t, seats) })
}

// Online waits until a hub finds users online or not.
func (d Desk) Online(t *testing.T, what string, users []hub.UserSID, want ...bool) {
	t.Helper()
	Eventually(t, what, func() bool {
		got, err := d.Bus.(hub.Whereabouts).Online(t.Context(), users)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Equal(got, want)
	})
}

func (d Desk) where() hub.Whereabouts { return d.Bus.(hub.Whereabouts) }

func whereabouts(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	users := []hub.UserSID{hub.NewUserSID(), hub.NewUserSID()}
	for _, d := range []Desk{a, b} {
		d.Online(t, "nobody is there", users, false, false)
	}
	a.where().Arrive(users[0])
	for _, d := range []Desk{a, b} {
		d.Online(t, "one came", users, true, false)
	}
	b.where().Arrive(users[0])
	b.where().Arrive(users[1])
	a.where().Depart(users[0])
	for _, d := range []Desk{a, b} {
		d.Online(t, "both are at the second hub", users, true, true)
	}
	b.where().Depart(users[0])
	for _, d := range []Desk{a, b} {
		d.Online(t, "one is there still", users, false, true)
	}
	a.Online(t, "nobody was asked for", nil)
}

// goodbye: who was at a hub that closed is gone, and there is no doubt because of it.
func goodbye(t *testing.T, seats Seats) {
	t.Helper()
	a, b := Sit(t, seats(t)), Sit(t, seats(t))
	user := []hub.UserSID{hub.NewUserSID()}
	a.where().Arrive(user[0])
	b.Online(t, "one came", user, true)
	a.Close()
	b.Online(t, "its hub went", user, false)
	if doubts := b.Doubts(); len(doubts) > 0 {
		t.Errorf("doubt where a hub said goodbye: %q", doubts)
	}
}
