-- +goose Up
ALTER TABLE service ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;

-- Deleted services of which something is still there, or may yet come. Of a clean one nothing was found.
CREATE TABLE service_purge (service TEXT PRIMARY KEY, since INTEGER NOT NULL, clean INTEGER NOT NULL) WITHOUT ROWID;

CREATE INDEX user_order ON user (service, sid);
CREATE INDEX conversation_service ON conversation (service);
