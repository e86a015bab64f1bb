package wire

import (
	"math"
	"time"

	"parley/hub"
)

// Notice encodes what one user's sessions are told of their own place.
func (Encoder) Notice(dst []byte, n *hub.Notice) []byte {
	w := writer{buf: dst}
	w.notification(noticeName(n.Kind))
	if n.Kind != hub.NoticeResumed {
		w.position(n.Conversation, n.Revision, n.Replay)
	}
	if n.View != nil {
		w.key("conversation")
		w.view(n.View)
	}
	if n.Reason != "" {
		w.must("reason", string(n.Reason))
	}
	w.finish()
	return w.buf
}

func noticeName(kind hub.NoticeKind) string {
	switch kind {
	case hub.NoticeJoined:
		return EventConversationJoined
	case hub.NoticeLeft:
		return EventConversationLeft
	case hub.NoticeReset:
		return EventConversationReset
	case hub.NoticeReplayed:
		return EventConversationReplayed
	default:
		return EventResumed
	}
}

// AppendTokenAboutToExpire appends the notification that a token is about to expire.
func AppendTokenAboutToExpire(dst []byte, expires time.Time) []byte {
	w := writer{buf: dst}
	w.notification(EventTokenAboutToExpire)
	w.time("expires_at", expires)
	w.finish()
	return w.buf
}

// AppendServerDraining appends the notification that the client should move to another connection within
// some time, in seconds, rounded down.
func AppendServerDraining(dst []byte, within time.Duration) []byte {
	w := writer{buf: dst}
	w.notification(EventServerDraining)
	w.int("reconnect_within", int64(within/time.Second))
	w.finish()
	return w.buf
}

// wholeSeconds rounds up, so that nobody comes too early.
func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }
