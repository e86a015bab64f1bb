package wire

import (
	"strconv"
	"time"
)

// CloseCode is why a websocket ends (RFC 6455, section 7.4; from 4000 on Parley's own).
type CloseCode int

// The close codes.
const (
	CloseGoodbye      CloseCode = 1000
	CloseStopping     CloseCode = 1001 // the hub stops
	CloseFraming      CloseCode = 1002
	CloseBinary       CloseCode = 1003 // a binary frame
	CloseUTF8         CloseCode = 1007
	CloseBadFrames    CloseCode = 1008 // 10 frames of malformed JSON in a minute
	CloseTooBig       CloseCode = 1009 // a text frame over frame_bytes
	CloseInternal     CloseCode = 1011
	CloseDraining     CloseCode = 1012 // reason: WaitReason
	CloseFull         CloseCode = 1013 // reason: WaitReason
	CloseToken        CloseCode = 4401 // missing, invalid or expired
	CloseBarred       CloseCode = 4403 // identity erased or barred
	CloseNoConnect    CloseCode = 4408 // no connect within 10 s
	CloseConnectTwice CloseCode = 4409
	CloseRefused      CloseCode = 4429 // 1,000 refused requests in a minute
)

// Advice is what a client should do after a close.
type Advice uint8

// The advice. Whoever reconnects backs off from 1 s doubling to 2 min, with jitter 0.2.
const (
	Reconnect Advice = iota // and resume
	Stop                    // as asked, or it would only happen again
	Fix                     // the client is at fault: reconnecting does not help before that is mended
	Renew                   // get a new token, then reconnect
	BackOff                 // reconnect, but slow down
)

type closing struct {
	reason string
	advice Advice
}

var closings = map[CloseCode]closing{
	CloseGoodbye:      {"goodbye", Stop},
	CloseStopping:     {"the hub stops", Reconnect},
	CloseFraming:      {"protocol error", Fix},
	CloseBinary:       {"binary frames are not accepted", Fix},
	CloseUTF8:         {"text is not UTF-8", Fix},
	CloseBadFrames:    {"too many malformed frames", Stop},
	CloseTooBig:       {"frame too big", Fix},
	CloseInternal:     {"internal error", Reconnect},
	CloseDraining:     {"", Reconnect},
	CloseFull:         {"", Reconnect},
	CloseToken:        {"token missing, invalid or expired", Renew},
	CloseBarred:       {"identity erased or barred", Stop},
	CloseNoConnect:    {"no connect in time", Reconnect},
	CloseConnectTwice: {"connect was called twice", Fix},
	CloseRefused:      {"too many refused requests", BackOff},
}

// Reason is the text that goes with the code, at most 123 bytes. For draining and full it is "": theirs is
// WaitReason.
func (c CloseCode) Reason() string { return closings[c].reason }

// Advice is what a client should do after this code. Codes that are not Parley's, as when a proxy ends a
// connection or none was received (1005, 1006), are a reason to reconnect.
func (c CloseCode) Advice() Advice { return closings[c].advice }

// Reconnect reports whether a client should come back by itself: at once, slower, or with a new token.
func (c CloseCode) Reconnect() bool {
	a := c.Advice()
	return a != Stop && a != Fix
}

// WaitReason is the reason of CloseDraining and CloseFull: the seconds to wait before reconnecting, rounded
// up. Clients add jitter.
func WaitReason(d time.Duration) string { return strconv.FormatInt(wholeSeconds(d), 10) }

// ParseWaitReason reads a WaitReason; ok is false where the reason is something else.
func ParseWaitReason(reason string) (d time.Duration, ok bool) {
	n, err := strconv.ParseUint(reason, 10, 31)
	return time.Duration(n) * time.Second, err == nil
}
