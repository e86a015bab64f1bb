package hub

import (
	"encoding/hex"
	"reflect"
	"testing"
)

// a full packet, and how release 0.1 wrote it.
var (
	wholePacket = packet{
		kind: packetLeft, from: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, epoch: 9, service: "IS1", conversation: "CH2", revision: 300, user: "US3",
		userRevision: 4, participant: "MB5", identity: "ann", word: "removed", number: -1, time: 1700000000000, bytes: []byte(`{}`),
	}
	wholePayload = "01040102030405060708" + "00000009" + "03495331034348320355533303" + "4d423503616e6e0772656d6f766564" + "d80408" + "01" + "80a0abfef962" + "7b7d"
)

// TestPacket: what one hub writes another reads, also one of the release before (rule R25).
func TestPacket(t *testing.T) {
	if got := hex.EncodeToString(wholePacket.append(nil)); got != wholePayload {
		t.Errorf("the packet is %s, hubs of other releases expect %s", got, wholePayload)
	}
	payload, err := hex.DecodeString(wholePayload)
	if err != nil {
		t.Fatal(err)
	}
	p, err := parsePacket(payload)
	if err != nil || !reflect.DeepEqual(p, wholePacket) {
		t.Errorf("read back it is %+v, %v", p, err)
	}
	for n := range len(payload) - len(wholePacket.bytes) {
		if _, err := parsePacket(payload[:n]); err == nil {
			t.Errorf("the first %d bytes pass for a packet", n)
		}
	}
	payload[0]++
	if _, err := parsePacket(payload); err == nil {
		t.Error("a format that is not known passes for a packet")
	}
}

// FuzzPacket: no payload, whoever made it, does harm.
func FuzzPacket(f *testing.F) {
	f.Add(wholePacket.append(nil))
	f.Add([]byte{packetFormat})
	f.Fuzz(func(_ *testing.T, payload []byte) {
		h, _, _ := crowd(1)
		h.Heard(payload)
	})
}
