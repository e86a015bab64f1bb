-- +goose Up
ALTER TABLE conversation ADD COLUMN messaging_service text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN email_address text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN email_name text COLLATE "C" NOT NULL DEFAULT '';
-- Tombstones, which no list of a service walks over. What a hub of the release before deletes meanwhile is not marked: such
-- lists ask the head too.
ALTER TABLE conversation ADD COLUMN gone boolean NOT NULL DEFAULT false;
UPDATE conversation SET gone = true WHERE sid IN (SELECT conversation FROM head WHERE deleted);
CREATE INDEX conversation_list ON conversation (service, created, sid) WHERE NOT gone;
CREATE INDEX conversation_state ON conversation (service, state, created, sid) WHERE NOT gone;

ALTER TABLE participant ADD COLUMN binding_name text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE participant ADD COLUMN binding_level text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX participant_address ON participant (address, conversation, sid) WHERE gone = '' AND address <> '';

ALTER TABLE message ADD COLUMN content text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN content_variables text COLLATE "C" NOT NULL DEFAULT '';
-- How many receipts are expected, and what those that came say: JSON, '' while there are none.
ALTER TABLE message ADD COLUMN expected integer NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN delivery text COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE receipt (
  conversation text COLLATE "C", idx bigint, sid text COLLATE "C", participant text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL, error bigint NOT NULL, created bigint NOT NULL,
  updated bigint NOT NULL, PRIMARY KEY (conversation, idx, sid)
);
