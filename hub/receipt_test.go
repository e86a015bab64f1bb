package hub_test

import (
	"slices"
	"strings"
	"testing"

	"parley/hub"
)

// outside adds somebody by address.
func (w *world) outside(ref hub.ConversationRef, address string) *hub.Participant {
	w.t.Helper()
	proxy := "+15550199"
	if strings.HasPrefix(address, "whatsapp:") {
		proxy = "whatsapp:" + proxy
	}
	return w.do(w.as(""), &hub.AddNonChatParticipant{Conversation: ref, ProxyAddress: proxy, Address: address}).(*hub.Participant)
}

// TestExpectedReceipts: a receipt is expected of each one outside who is in when a message is sent, but for its author.
func TestExpectedReceipts(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	send := func(who, author string) *hub.Message {
		return w.do(w.as(who), &hub.SendMessage{Conversation: ref, Author: author, Body: "x", ReplyTo: hub.NoIndex}).(*hub.Message)
	}
	if m := send("ann", ""); m.Delivery != (hub.Delivery{}) {
		t.Errorf("with nobody outside: %+v", m.Delivery)
	}
	phone, other := w.outside(ref, "+15550101"), w.outside(ref, "+15550102")
	bob, err := w.hub.Participant(t.Context(), w.as("ann"), ref, "bob")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who, author string
		by          hub.ParticipantSID
		total       int64
	}{{"", "", "", 2}, {"", "bob", bob.SID, 2}, {"bob", "", bob.SID, 2}, {"", "+15550101", phone.SID, 1}, {"", "+15550102", other.SID, 1}, {"", "+15550103", "", 2}} {
		if m := send(c.who, c.author); m.Delivery.Total != c.total || m.Participant != c.by {
			t.Errorf("%q as %q: %d receipts are expected, its participant is %s", c.who, c.author, m.Delivery.Total, m.Participant)
		}
	}
	w.do(w.as(""), &hub.RemoveParticipant{Conversation: ref, Participant: hub.ParticipantRef(phone.SID)})
	if m := send("ann", ""); m.Delivery.Total != 1 {
		t.Errorf("after one left %d are expected", m.Delivery.Total)
	}
}

// TestReceipts: what carriers say goes up only, is summed up in the message and told to all who are in.
func TestReceipts(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	phone, chat := w.outside(ref, "+15550101"), w.outside(ref, "whatsapp:+15550102")
	m := w.do(w.as("ann"), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex}).(*hub.Message)
	late := w.outside(ref, "+15550103")
	l, _ := w.listen("bob", nil)
	record := func(p *hub.Participant, status hub.ReceiptStatus, code int64) *hub.Receipt {
		return w.do(w.as(""), &hub.RecordReceipt{
			Conversation: ref, Message: hub.MessageRef{SID: m.SID}, Participant: p.SID, Status: status, ErrorCode: code, ChannelMessage: "SM1",
		}).(*hub.Receipt)
	}
	first := record(phone, hub.ReceiptSent, 0)
	for i, c := range []struct {
		to     *hub.Participant
		status hub.ReceiptStatus
		want   hub.Delivery
	}{
		{phone, hub.ReceiptSent, hub.Delivery{Total: 2, Sent: 1}},
		{chat, hub.ReceiptFailed, hub.Delivery{Total: 2, Sent: 1, Failed: 1}},
		{chat, hub.ReceiptSent, hub.Delivery{Total: 2, Sent: 1, Failed: 1}},
		{chat, hub.ReceiptRead, hub.Delivery{Total: 2, Sent: 2, Delivered: 1, Read: 1}},
		{phone, hub.ReceiptUndelivered, hub.Delivery{Total: 2, Sent: 2, Delivered: 1, Read: 1, Undelivered: 1}},
		{phone, hub.ReceiptFailed, hub.Delivery{Total: 2, Sent: 2, Delivered: 1, Read: 1, Undelivered: 1}},
		{phone, hub.ReceiptDelivered, hub.Delivery{Total: 2, Sent: 2, Delivered: 2, Read: 1}},
		{chat, hub.ReceiptDelivered, hub.Delivery{Total: 2, Sent: 2, Delivered: 2, Read: 1}},
	} {
		record(c.to, c.status, 30003)
		if got, err := w.hub.Message(t.Context(), w.as("bob"), ref, hub.MessageRef{SID: m.SID}); err != nil || got.Delivery != c.want {
			t.Errorf("step %d: %+v, %v", i, got.Delivery, err)
		}
	}
	// Of the eight, four changed what the message says, and so did the first.
	if notes := l.until("updates", has("messageUpdated", 5)); count(notes, "messageUpdated") != 5 {
		t.Errorf("%d updates were told", count(notes, "messageUpdated"))
	}
	page, err := w.hub.Receipts(t.Context(), w.as("bob"), ref, hub.MessageRef{SID: m.SID}, hub.PageQuery{Limit: 5})
	if err != nil || len(page.Receipts) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	at := slices.IndexFunc(page.Receipts, func(r *hub.Receipt) bool { return r.SID == first.SID })
	if r := page.Receipts[at]; r.Status != hub.ReceiptDelivered || r.ErrorCode != 30003 || r.ChannelMessage != "SM1" || !r.DateCreated.Equal(first.DateCreated) {
		t.Errorf("the first is %+v", r)
	}
	one, err := w.hub.Receipt(t.Context(), w.as(""), ref, hub.MessageRef{Index: 0}, first.SID)
	if err != nil || one.Message != m.SID {
		t.Errorf("%+v, %v", one, err)
	}
	if p, err := w.hub.Participant(t.Context(), w.as(""), ref, hub.ParticipantRef(chat.SID)); err != nil || p.Horizon != 0 {
		t.Errorf("what WhatsApp says is read is not read here: %+v, %v", p, err)
	}
	cmd := func(p hub.ParticipantSID, status hub.ReceiptStatus) *hub.RecordReceipt {
		return &hub.RecordReceipt{Conversation: ref, Message: hub.MessageRef{SID: m.SID}, Participant: p, Status: status}
	}
	w.refused(hub.CodeParticipantAbsent, w.as(""), cmd(late.SID, hub.ReceiptSent))
	w.refused(hub.CodeParticipantAbsent, w.as(""), cmd(hub.NewParticipantSID(), hub.ReceiptSent))
	w.refused(hub.CodeInvalidParams, w.as(""), cmd(phone.SID, "queued"))
	w.refused(hub.CodeForbidden, w.as("ann"), cmd(phone.SID, hub.ReceiptRead))
	// Who left since still gets them, who left before never does.
	w.do(w.as(""), &hub.RemoveParticipant{Conversation: ref, Participant: hub.ParticipantRef(phone.SID)})
	record(phone, hub.ReceiptRead, 0)
}
