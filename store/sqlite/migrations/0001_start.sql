-- +goose Up
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE service (
  sid TEXT PRIMARY KEY, name TEXT NOT NULL, user_role TEXT NOT NULL, creator_role TEXT NOT NULL,
  member_role TEXT NOT NULL, reachability INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL
);

CREATE TABLE role (
  sid TEXT PRIMARY KEY, service TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, permissions TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL
);
CREATE INDEX role_service ON role (service);

CREATE TABLE user (
  id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, service TEXT NOT NULL, identity TEXT NOT NULL, name TEXT NOT NULL,
  attributes TEXT NOT NULL, role TEXT NOT NULL, revision INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, UNIQUE (service, identity)
);

-- What of a conversation changes rarely. The integer key is what hot tables lead with.
CREATE TABLE conversation (
  id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, service TEXT NOT NULL, unique_name TEXT NOT NULL,
  friendly_name TEXT NOT NULL, attributes TEXT NOT NULL, state TEXT NOT NULL, state_updated INTEGER NOT NULL,
  timer_inactive INTEGER NOT NULL, timer_closed INTEGER NOT NULL, created_by TEXT NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, changed INTEGER NOT NULL
);

-- What every event changes: narrow, so that writing it is cheap.
CREATE TABLE head (
  conversation INTEGER PRIMARY KEY, revision INTEGER NOT NULL, last_index INTEGER NOT NULL, last_live INTEGER NOT NULL,
  last_time INTEGER NOT NULL, messages INTEGER NOT NULL, participants INTEGER NOT NULL, non_chat INTEGER NOT NULL,
  activity INTEGER NOT NULL, touched INTEGER NOT NULL, deadline INTEGER NOT NULL, deleted INTEGER NOT NULL
);
CREATE INDEX head_deadline ON head (deadline) WHERE deadline > 0;

-- Deleted conversations whose content is still there.
CREATE TABLE purge (conversation INTEGER PRIMARY KEY);

CREATE TABLE name (
  service TEXT NOT NULL, name TEXT NOT NULL, conversation INTEGER NOT NULL, PRIMARY KEY (service, name)
) WITHOUT ROWID;

-- The routing table of inbound messages: pairs of open conversations only.
CREATE TABLE pair (
  address TEXT NOT NULL, proxy TEXT NOT NULL, conversation INTEGER NOT NULL, participant TEXT NOT NULL,
  PRIMARY KEY (address, proxy)
) WITHOUT ROWID;
CREATE INDEX pair_conversation ON pair (conversation);

CREATE TABLE participant (
  id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, conversation INTEGER NOT NULL, user TEXT NOT NULL,
  identity TEXT NOT NULL, kind TEXT NOT NULL, address TEXT NOT NULL, proxy TEXT NOT NULL, attributes TEXT NOT NULL,
  role TEXT NOT NULL, notification TEXT NOT NULL, horizon INTEGER NOT NULL, horizon_time INTEGER NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, created_rev INTEGER NOT NULL, changed_rev INTEGER NOT NULL,
  gone TEXT NOT NULL
);
CREATE UNIQUE INDEX participant_in ON participant (conversation, identity) WHERE gone = '' AND identity <> '';
CREATE INDEX participant_identity ON participant (conversation, identity, id);
CREATE INDEX participant_changed ON participant (conversation, changed_rev);
CREATE INDEX participant_user ON participant (user, conversation) WHERE gone = '' AND user <> '';

CREATE TABLE message (
  id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, idx INTEGER NOT NULL, sid TEXT NOT NULL, author TEXT NOT NULL,
  participant TEXT NOT NULL, body TEXT NOT NULL, subject TEXT NOT NULL, attributes TEXT NOT NULL,
  reply_to INTEGER NOT NULL, nonce TEXT NOT NULL, reactions TEXT NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, updated_by TEXT NOT NULL, created_rev INTEGER NOT NULL, changed_rev INTEGER NOT NULL,
  removed INTEGER NOT NULL
);
-- Those that exist stand together and so do tombstones: the newest that exists is one step, and tombstones are counted alone.
CREATE UNIQUE INDEX message_place ON message (conversation, removed, idx);
CREATE UNIQUE INDEX message_sid ON message (sid);
CREATE INDEX message_changed ON message (conversation, changed_rev) WHERE changed_rev > created_rev;

CREATE TABLE nonce (
  conversation INTEGER NOT NULL, nonce TEXT NOT NULL, author TEXT NOT NULL, idx INTEGER NOT NULL,
  PRIMARY KEY (conversation, nonce, author)
) WITHOUT ROWID;

CREATE TABLE reaction (
  conversation INTEGER NOT NULL, idx INTEGER NOT NULL, name TEXT NOT NULL, identity TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (conversation, idx, name, identity)
) WITHOUT ROWID;
