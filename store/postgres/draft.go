package postgres

import (
	"github.com/jackc/pgx/v5"

	"parley/hub"
)

// conversations are those that drafts go to, each once.
func conversations(drafts []*draft) []string {
	seen := map[hub.ConversationSID]bool{}
	var all []string
	for _, d := range drafts {
		if d.sid != "" && !seen[d.sid] {
			seen[d.sid] = true
			all = append(all, string(d.sid))
		}
	}
	return all
}

// arguments are the drafts as columns, in the order of the statement add.
func arguments(drafts []*draft) []any {
	var columns [10][]string
	for i := range columns {
		columns[i] = make([]string, len(drafts))
	}
	replies := make([]int64, len(drafts))
	for i, d := range drafts {
		m, named := d.append.Message, ""
		if d.at.ref.SID() == "" {
			named = string(d.at.ref)
		}
		for j, text := range [...]string{
			string(d.sid), string(d.at.service), named, d.append.Identity, string(m.SID), m.Author, m.Body, m.Subject,
			string(m.Attributes), m.Nonce,
		} {
			columns[j][i] = text
		}
		replies[i] = m.ReplyTo
	}
	args := make([]any, 0, 11)
	for _, c := range columns[:9] {
		args = append(args, c)
	}
	return append(args, replies, columns[9])
}

// scanVerdict reads what became of a draft and completes its message.
func scanVerdict(row pgx.Row, drafts []*draft) error {
	var n, index, created, at, expected int64
	var v verdict
	var participant hub.ParticipantSID
	if err := row.Scan(&n, &v, &index, &created, &participant, &at, &expected); err != nil {
		return err
	}
	d := drafts[n-1]
	if d.verdict = v; v != taken {
		return nil
	}
	m := d.append.Message
	m.Conversation, m.Index, m.Participant = d.sid, index, participant
	m.Created, m.Changed = hub.Revision(created), hub.Revision(created)
	m.DateCreated, m.DateUpdated = fromMillis(at), fromMillis(at)
	m.Delivery.Total = expected
	return nil
}
