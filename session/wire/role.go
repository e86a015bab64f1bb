package wire

import (
	"time"

	"parley/hub"
)

// AppendRole appends a role for an answer.
func AppendRole(dst []byte, r *hub.Role) []byte {
	w := writer{buf: dst, answer: true}
	w.open()
	w.must("sid", string(r.SID))
	w.must("chat_service_sid", string(r.Service))
	w.must("friendly_name", r.FriendlyName)
	w.must("type", string(r.Type))
	texts(&w, "permissions", r.Permissions)
	w.time("date_created", r.DateCreated)
	w.time("date_updated", r.DateUpdated)
	w.close()
	return w.buf
}

// A Role as clients read it.
type Role struct {
	SID          hub.RoleSID      `json:"sid"`
	ServiceSID   hub.ServiceSID   `json:"chat_service_sid"`
	FriendlyName string           `json:"friendly_name"`
	Type         hub.RoleType     `json:"type"`
	Permissions  []hub.Permission `json:"permissions"`
	DateCreated  time.Time        `json:"date_created"`
	DateUpdated  time.Time        `json:"date_updated"`
}
