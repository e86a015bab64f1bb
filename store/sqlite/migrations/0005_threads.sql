-- +goose Up
ALTER TABLE conversation ADD COLUMN messaging_service TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN email_address TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN email_name TEXT NOT NULL DEFAULT '';
-- Tombstones, which no list of a service walks over.
ALTER TABLE conversation ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
UPDATE conversation SET gone = 1 WHERE id IN (SELECT conversation FROM head WHERE deleted);
CREATE INDEX conversation_list ON conversation (service, created, id) WHERE gone = 0;
CREATE INDEX conversation_state ON conversation (service, state, created, id) WHERE gone = 0;

ALTER TABLE participant ADD COLUMN binding_name TEXT NOT NULL DEFAULT '';
ALTER TABLE participant ADD COLUMN binding_level TEXT NOT NULL DEFAULT '';
CREATE INDEX participant_address ON participant (address, conversation) WHERE gone = '' AND address <> '';

ALTER TABLE message ADD COLUMN content TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN content_variables TEXT NOT NULL DEFAULT '';
-- How many receipts are expected, and what those that came say: JSON, '' while there are none.
ALTER TABLE message ADD COLUMN expected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN delivery TEXT NOT NULL DEFAULT '';

CREATE TABLE receipt (
  conversation INTEGER NOT NULL, idx INTEGER NOT NULL, sid TEXT NOT NULL, participant TEXT NOT NULL, channel TEXT NOT NULL,
  status TEXT NOT NULL, error INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
  PRIMARY KEY (conversation, idx, sid)
) WITHOUT ROWID;
