-- +goose Up
-- What requests with an Idempotency-Key made, for as long as the key is remembered.
CREATE TABLE once (
  service TEXT NOT NULL, key TEXT NOT NULL, print TEXT NOT NULL, made TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (service, key)
) WITHOUT ROWID;
CREATE INDEX once_created ON once (created);
