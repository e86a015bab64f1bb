-- +goose Up
-- How far the index of each conversation is.
CREATE TABLE search_position (conversation INTEGER PRIMARY KEY, revision INTEGER NOT NULL);

-- Which message a row of the index is about. The id begins with the time that the message's sid begins with.
CREATE TABLE search_row (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, message TEXT NOT NULL);
CREATE UNIQUE INDEX search_message ON search_row (conversation, message);

-- The words of each message, made by package hub/words and parted by spaces, behind marks for its service and its
-- conversation. The tokenizer parts ASCII text at what is neither letter nor digit, and nothing else.
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3');
