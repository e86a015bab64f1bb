-- +goose Up
-- Every table of a conversation's content leads with the conversation's sid, so that a conversation stays together wherever
-- rows are spread over machines. Text is compared byte by byte, whatever the database's own rules are. Times are
-- milliseconds, the zero time 0. There are no sequences and no foreign keys: see docs/scaling.md.
CREATE TABLE meta (key text COLLATE "C" PRIMARY KEY, value text NOT NULL);

CREATE TABLE service (
  sid text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, user_role text COLLATE "C" NOT NULL,
  creator_role text COLLATE "C" NOT NULL, member_role text COLLATE "C" NOT NULL, reachability boolean NOT NULL,
  created bigint NOT NULL, updated bigint NOT NULL
);

CREATE TABLE role (
  sid text COLLATE "C" PRIMARY KEY, service text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL, permissions text COLLATE "C" NOT NULL, created bigint NOT NULL, updated bigint NOT NULL
);
CREATE INDEX role_service ON role (service);

CREATE TABLE users (
  sid text COLLATE "C" PRIMARY KEY, service text COLLATE "C" NOT NULL, identity text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL, attributes text COLLATE "C" NOT NULL, role text COLLATE "C" NOT NULL,
  barred boolean NOT NULL, revision bigint NOT NULL, created bigint NOT NULL, updated bigint NOT NULL
);
CREATE UNIQUE INDEX users_identity ON users (service, identity);

-- What of a conversation changes rarely.
CREATE TABLE conversation (
  sid text COLLATE "C" PRIMARY KEY, service text COLLATE "C" NOT NULL, unique_name text COLLATE "C" NOT NULL,
  friendly_name text COLLATE "C" NOT NULL, attributes text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL,
  state_updated bigint NOT NULL, timer_inactive bigint NOT NULL, timer_closed bigint NOT NULL,
  created_by text COLLATE "C" NOT NULL, created bigint NOT NULL, updated bigint NOT NULL, changed bigint NOT NULL
);

-- What every event changes: narrow, so that writing it is cheap, with room for the next version beside the last. Its row is
-- what locks a conversation (rule R6).
CREATE TABLE head (
  conversation text COLLATE "C" PRIMARY KEY, revision bigint NOT NULL, last_index bigint NOT NULL, last_live bigint NOT NULL,
  last_time bigint NOT NULL, messages bigint NOT NULL, participants bigint NOT NULL, non_chat bigint NOT NULL,
  activity bigint NOT NULL, touched bigint NOT NULL, deadline bigint NOT NULL, deleted boolean NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX head_deadline ON head (deadline) WHERE deadline > 0;

-- Deleted conversations whose content is still there.
CREATE TABLE purge (conversation text COLLATE "C" PRIMARY KEY);

CREATE TABLE name (
  service text COLLATE "C", name text COLLATE "C", conversation text COLLATE "C" NOT NULL, PRIMARY KEY (service, name)
);

-- The routing table of inbound messages: pairs of open conversations only.
CREATE TABLE pair (
  address text COLLATE "C", proxy text COLLATE "C", conversation text COLLATE "C" NOT NULL,
  participant text COLLATE "C" NOT NULL, PRIMARY KEY (address, proxy)
);
CREATE INDEX pair_conversation ON pair (conversation);

CREATE TABLE participant (
  conversation text COLLATE "C", sid text COLLATE "C", user_sid text COLLATE "C" NOT NULL, identity text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL, address text COLLATE "C" NOT NULL, proxy text COLLATE "C" NOT NULL,
  attributes text COLLATE "C" NOT NULL, role text COLLATE "C" NOT NULL, notification text COLLATE "C" NOT NULL,
  horizon bigint NOT NULL, horizon_time bigint NOT NULL, created bigint NOT NULL, updated bigint NOT NULL,
  created_rev bigint NOT NULL, changed_rev bigint NOT NULL, gone text COLLATE "C" NOT NULL,
  PRIMARY KEY (conversation, sid)
);
CREATE UNIQUE INDEX participant_in ON participant (conversation, identity) WHERE gone = '' AND identity <> '';
CREATE INDEX participant_identity ON participant (conversation, identity, created_rev);
CREATE INDEX participant_order ON participant (conversation, created_rev) WHERE gone = '';
CREATE INDEX participant_changed ON participant (conversation, changed_rev);
CREATE INDEX participant_user ON participant (user_sid, conversation) WHERE gone = '' AND user_sid <> '';

-- Those that exist stand together and so do tombstones (removed = 1): the newest that exists is one step, and tombstones
-- are counted alone.
CREATE TABLE message (
  conversation text COLLATE "C", removed smallint, idx bigint, sid text COLLATE "C" NOT NULL, author text COLLATE "C" NOT NULL,
  participant text COLLATE "C" NOT NULL, body text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL,
  attributes text COLLATE "C" NOT NULL, reply_to bigint NOT NULL, nonce text COLLATE "C" NOT NULL,
  reactions text COLLATE "C" NOT NULL, created bigint NOT NULL, updated bigint NOT NULL,
  updated_by text COLLATE "C" NOT NULL, created_rev bigint NOT NULL, changed_rev bigint NOT NULL,
  PRIMARY KEY (conversation, removed, idx)
);
CREATE UNIQUE INDEX message_sid ON message (conversation, sid);
CREATE INDEX message_changed ON message (conversation, changed_rev) WHERE changed_rev > created_rev;

CREATE TABLE nonce (
  conversation text COLLATE "C", nonce text COLLATE "C", author text COLLATE "C", idx bigint NOT NULL,
  PRIMARY KEY (conversation, nonce, author)
);

CREATE TABLE reaction (
  conversation text COLLATE "C", idx bigint, name text COLLATE "C", identity text COLLATE "C", n bigint NOT NULL,
  PRIMARY KEY (conversation, idx, name, identity)
);

-- Transactions whose commit may have to be looked for (rule R9). The id begins with the time in milliseconds.
CREATE TABLE outcome (id text COLLATE "C" PRIMARY KEY, settled boolean NOT NULL);

-- Which hub does a job for all.
CREATE TABLE lease (job text COLLATE "C" PRIMARY KEY, holder text COLLATE "C" NOT NULL, expires bigint NOT NULL);
