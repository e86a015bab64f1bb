-- +goose Up
-- What is configured: one row for each thing. Its scope is the sid of a service or conversation, or nothing for the account.
CREATE TABLE record (
  scope TEXT NOT NULL, kind TEXT NOT NULL, sid TEXT NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL, label TEXT NOT NULL,
  data TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, PRIMARY KEY (scope, kind, sid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX record_key ON record (scope, kind, key) WHERE key <> '';
CREATE INDEX record_owner ON record (scope, kind, owner, sid) WHERE owner <> '';
