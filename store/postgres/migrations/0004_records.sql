-- +goose Up
-- What is configured: one row for each thing. Its scope is the sid of a service or conversation, or nothing for the account.
CREATE TABLE record (
  scope text COLLATE "C", kind text COLLATE "C", sid text COLLATE "C", key text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL, label text COLLATE "C" NOT NULL, data text COLLATE "C" NOT NULL,
  created bigint NOT NULL, updated bigint NOT NULL, PRIMARY KEY (scope, kind, sid)
);
CREATE UNIQUE INDEX record_key ON record (scope, kind, key) WHERE key <> '';
CREATE INDEX record_owner ON record (scope, kind, owner, sid) WHERE owner <> '';
