-- +goose Up
-- How far the index of each conversation is. Its row is what locks the index.
CREATE TABLE search_position (conversation text COLLATE "C" PRIMARY KEY, revision bigint NOT NULL) WITH (fillfactor = 50);

-- The words of each message, made by package hub/words.
CREATE TABLE search (
  conversation text COLLATE "C", message text COLLATE "C", service text COLLATE "C" NOT NULL, words tsvector NOT NULL,
  PRIMARY KEY (conversation, message)
);
CREATE INDEX search_order ON search (service, message);
CREATE INDEX search_words ON search USING gin (words);
