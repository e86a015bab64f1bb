-- +goose Up
-- Files that were uploaded; their content is elsewhere. What a message carries stands in its row as well.
CREATE TABLE media (
  sid TEXT PRIMARY KEY, service TEXT NOT NULL, author TEXT NOT NULL, filename TEXT NOT NULL, content_type TEXT NOT NULL,
  category TEXT NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX media_loose ON media (state, updated) WHERE state <> 'attached';
CREATE INDEX media_conversation ON media (conversation) WHERE state = 'attached';
ALTER TABLE message ADD COLUMN media TEXT NOT NULL DEFAULT '';
