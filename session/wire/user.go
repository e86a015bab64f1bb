package wire

import (
	"encoding/json"
	"time"

	"parley/hub"
)

// AppendUser appends a user for an answer.
func AppendUser(dst []byte, u *hub.UserView) []byte {
	w := writer{buf: dst, answer: true}
	w.user(u)
	return w.buf
}

func (w *writer) user(u *hub.UserView) {
	w.open()
	w.must("sid", string(u.SID))
	w.must("chat_service_sid", string(u.Service))
	w.text("role_sid", string(u.Role))
	w.must("identity", u.Identity)
	w.text("friendly_name", u.FriendlyName)
	w.attributes(u.Attributes)
	w.optBool("is_online", u.Online)
	w.optBool("is_notifiable", u.Notifiable)
	w.time("date_created", u.DateCreated)
	w.time("date_updated", u.DateUpdated)
	w.close()
}

// A User as clients read it. What is null or left out is zero or nil.
type User struct {
	SID          hub.UserSID     `json:"sid"`
	ServiceSID   hub.ServiceSID  `json:"chat_service_sid"`
	RoleSID      hub.RoleSID     `json:"role_sid"`
	Identity     string          `json:"identity"`
	FriendlyName string          `json:"friendly_name"`
	Attributes   json.RawMessage `json:"attributes"` // nil stands for {}
	IsOnline     *bool           `json:"is_online"`  // nil where the service keeps no reachability
	IsNotifiable *bool           `json:"is_notifiable"`
	DateCreated  time.Time       `json:"date_created"`
	DateUpdated  time.Time       `json:"date_updated"`
}
