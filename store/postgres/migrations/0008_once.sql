-- +goose Up
-- What requests with an Idempotency-Key made, for as long as the key is remembered.
CREATE TABLE once (
  service text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, print text COLLATE "C" NOT NULL,
  made text COLLATE "C" NOT NULL, created bigint NOT NULL,
  PRIMARY KEY (service, key)
);
CREATE INDEX once_created ON once (created);
