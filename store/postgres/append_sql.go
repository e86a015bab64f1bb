package postgres

// Locking is a statement of its own: what is looked at afterwards is as it was when the lock was had, or newer (rule R6). Which
// rows it got is kept in a setting of the transaction, for the next statement to read: that one is sent before this is answered.

const (
	lockFree = `SELECT set_config('parley.locked', coalesce(string_agg(l.conversation, ' '), ''), true) FROM (
		SELECT h.conversation FROM head h WHERE h.conversation = ANY ($1::text[]) ORDER BY h.conversation FOR UPDATE SKIP LOCKED) l`
	lockWaiting = `SELECT set_config('parley.locked', coalesce(string_agg(l.conversation, ' '), ''), true) FROM (
		SELECT h.conversation FROM head h WHERE h.conversation = ANY ($1::text[]) ORDER BY h.conversation FOR UPDATE) l`
)

// add adds messages. The first step brings each draft together with what it is judged by: all look-ups are by key and within
// the draft's conversation, or of its author. Where the account acts, its author may be somebody who is in, by identity or by
// address; a receipt is expected of each non-chat participant but the author. place is the draft's place among those of its conversation. The second step takes
// those that qualify, up to the first of a conversation that does not, so that no number is given in vain (rule R7). What it
// returns of a draft is its verdict and, where it is taken, what the conversation gave it.
const add = `
WITH moment AS MATERIALIZED (SELECT ` + clock + ` AS ms),
seen AS MATERIALIZED (
	SELECT d.*, c.sid IS NOT NULL AS known,
		d.conversation IN (SELECT unnest(string_to_array(current_setting('parley.locked', true), ' '))) AS mine,
		h.revision, h.last_index, h.last_time, coalesce(p.sid, a.sid, '') AS participant, h.non_chat - a.n AS expected,
		row_number() OVER (PARTITION BY d.conversation ORDER BY d.n) AS place,
		d.nonce = '' OR x.nonce IS NULL AND row_number() OVER (PARTITION BY d.conversation, d.author, d.nonce ORDER BY d.n) = 1 AS fresh,
		coalesce(c.state = 'active' AND NOT h.deleted AND c.service = d.service AND (d.name = '' OR c.unique_name = d.name), false) AS open,
		d.identity = '' OR coalesce(p.sid IS NOT NULL AND NOT coalesce(u.barred, false)
			AND (strpos(pr.permissions, ' sendMessage ') > 0 OR strpos(ur.permissions, ' sendMessage ') > 0), false) AS allowed
	FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
		$10::bigint[], $11::text[]) WITH ORDINALITY
		AS d(conversation, service, name, identity, sid, author, body, subject, attributes, reply_to, nonce, n)
	LEFT JOIN conversation c ON c.sid = d.conversation
	LEFT JOIN head h ON h.conversation = d.conversation
	LEFT JOIN nonce x ON x.conversation = d.conversation AND x.nonce = d.nonce AND x.author = d.author AND d.nonce <> ''
	LEFT JOIN participant p ON p.conversation = d.conversation AND p.gone = '' AND p.identity <> ''
		AND p.identity = CASE d.identity WHEN '' THEN d.author ELSE d.identity END
	CROSS JOIN LATERAL (SELECT count(*)::integer AS n, (array_agg(q.sid ORDER BY q.created_rev))[1] AS sid FROM participant q WHERE d.identity = '' AND h.non_chat > 0
		AND q.conversation = d.conversation AND q.address = d.author AND q.gone = '' AND q.address <> '') a
	LEFT JOIN users u ON u.service = d.service AND u.identity = d.identity AND d.identity <> ''
	LEFT JOIN role pr ON pr.sid = p.role AND pr.service = d.service
	LEFT JOIN role ur ON ur.sid = u.role AND ur.service = d.service
), judged AS MATERIALIZED (
	SELECT s.*, m.ms, greatest(s.last_time, m.ms) AS at,
		bool_and(s.mine AND s.open AND s.allowed AND s.fresh AND s.reply_to >= -1 AND s.reply_to < s.last_index + s.place)
			OVER (PARTITION BY s.conversation ORDER BY s.n) AS taken
	FROM seen s, moment m
), put AS (
	INSERT INTO message (conversation, removed, idx, sid, author, participant, body, subject, attributes, reply_to, nonce,
		reactions, created, updated, updated_by, created_rev, changed_rev, expected)
	SELECT conversation, 0, last_index + place, sid, author, participant, body, subject, attributes, reply_to, nonce,
		'', at, at, '', revision + place, revision + place, expected FROM judged WHERE taken ORDER BY n
), used AS (
	INSERT INTO nonce (conversation, nonce, author, idx)
	SELECT conversation, nonce, author, last_index + place FROM judged WHERE taken AND nonce <> '' ORDER BY n
), moved AS (
	UPDATE head h SET revision = h.revision + k.n, last_index = h.last_index + k.n, last_live = h.last_index + k.n,
		last_time = k.at, messages = h.messages + k.n, activity = greatest(h.activity, k.at), touched = greatest(h.touched, k.ms)
	FROM (SELECT conversation, count(*) AS n, max(at) AS at, max(ms) AS ms FROM judged WHERE taken GROUP BY conversation) k
	WHERE h.conversation = k.conversation
)
SELECT n, CASE WHEN taken THEN 2 WHEN mine OR NOT known THEN 1 ELSE 0 END,
	coalesce(last_index + place, 0), coalesce(revision + place, 0), participant, coalesce(at, 0), coalesce(expected, 0)
FROM judged`
