package bench

import (
	"bytes"
	"fmt"
	"testing"
)

// TestScan: deliveries are found in frames of one message and of many, and bodies that look like messages are not taken for some.
func TestScan(t *testing.T) {
	event := func(index int64, body string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","method":"messageAdded","params":{"conversation_sid":"CH%032d","revision":%d,"message":{"sid":"IM","index":%d,"author":"ann","body":%q}}}`,
			1, index+7, index, body)
	}
	due := "0000000000000042"
	frames := map[string][]int64{
		event(3, due+"x"): {3},
		"[" + event(3, due) + "," + event(4, due+`{"jsonrpc":"2.0","method":"messageAdded"`) + "," + event(5, due) + "]": {3, 4, 5},
		`{"jsonrpc":"2.0","method":"typing","params":{}}`:                                                                nil,
		"": nil,
	}
	for frame, want := range frames {
		var got []int64
		err := each([]byte(frame), func(m []byte) error {
			if !bytes.HasPrefix(m, addedHead) {
				return nil
			}
			a, ok := parseAdded(m[len(addedHead):])
			if !ok || a.due != 42 || a.revision != a.index+7 {
				t.Errorf("%s: %+v", m, a)
			}
			got = append(got, a.index)
			return nil
		})
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v %v, want %v", frame, got, err, want)
		}
	}
	for _, bad := range []string{"", "CH", fmt.Sprintf(`CH%032d","revision":1,"message":{"index":1,"body":"1"`, 1)} {
		if _, ok := parseAdded([]byte(bad)); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestFrames: a frame of any length is parsed as the RFC has it, whole or not; and a client's is masked.
func TestFrames(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536, 70000} {
		payload := bytes.Repeat([]byte("p"), n)
		masked := clientFrame(opText, payload)
		head := len(masked) - n - 4
		key := masked[head : head+4]
		server := append([]byte(nil), masked[:head]...)
		server[1] &= 0x7f
		for i, b := range masked[head+4:] {
			server = append(server, b^key[i&3])
		}
		f, size, err := parseFrame(append(server, 0x81))
		if err != nil || size != len(server) || f.op != opText || !bytes.Equal(f.payload, payload) {
			t.Errorf("%d bytes: %d %d %v", n, f.op, size, err)
		}
		for cut := range min(len(server), 20) {
			if _, size, err := parseFrame(server[:cut]); err != nil || size != 0 && size <= cut {
				t.Errorf("%d of %d bytes: %d %v", cut, n, size, err)
			}
		}
		if _, _, err := parseFrame(masked); err == nil {
			t.Error("a masked frame of a server was taken")
		}
	}
}
