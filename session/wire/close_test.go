package wire_test

import (
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
)

func TestCloseCodes(t *testing.T) {
	again := map[wire.CloseCode]bool{
		1000: false, 1001: true, 1002: false, 1003: false, 1007: false, 1008: false, 1009: false, 1011: true,
		1012: true, 1013: true, 4401: true, 4403: false, 4408: true, 4409: false, 4429: true,
		1005: true, 1006: true, 1015: true,
	}
	for code, want := range again {
		if code.Reconnect() != want {
			t.Errorf("%d: reconnect is %v", code, !want)
		}
	}
	for code := wire.CloseGoodbye; code < 5000; code++ {
		if reason := code.Reason(); len(reason) > 123 {
			t.Errorf("%d: a reason of %d bytes does not fit a close frame", code, len(reason))
		}
	}
	if wire.CloseToken.Advice() != wire.Renew || wire.CloseRefused.Advice() != wire.BackOff {
		t.Error("wrong advice")
	}
}

// TestCloseCodesOfErrors holds the table of errors to known close codes.
func TestCloseCodesOfErrors(t *testing.T) {
	for _, code := range hub.Codes() {
		if closes := wire.CloseCode(code.Info().Close); closes != 0 && closes.Reason() == "" {
			t.Errorf("error %d closes with %d, which is not known", code, closes)
		}
	}
}

func TestWaitReason(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0", time.Millisecond: "1", 2 * time.Second: "2", 2001 * time.Millisecond: "3"} {
		reason := wire.WaitReason(d)
		if back, ok := wire.ParseWaitReason(reason); reason != want || !ok || back < d {
			t.Errorf("%v: %q, back %v", d, reason, back)
		}
	}
	for _, reason := range []string{"", "soon", "-1", "1.5", "99999999999"} {
		if _, ok := wire.ParseWaitReason(reason); ok {
			t.Errorf("%q is taken for seconds", reason)
		}
	}
}
