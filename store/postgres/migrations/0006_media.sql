-- +goose Up
-- Files that were uploaded; their content is elsewhere. What a message carries stands in its row as well.
CREATE TABLE media (
  sid text COLLATE "C" PRIMARY KEY, service text COLLATE "C" NOT NULL, author text COLLATE "C" NOT NULL,
  filename text COLLATE "C" NOT NULL, content_type text COLLATE "C" NOT NULL, category text COLLATE "C" NOT NULL,
  size bigint NOT NULL, state text COLLATE "C" NOT NULL, conversation text COLLATE "C" NOT NULL,
  message text COLLATE "C" NOT NULL, created bigint NOT NULL, updated bigint NOT NULL
);
CREATE INDEX media_loose ON media (state, updated) WHERE state <> 'attached';
CREATE INDEX media_conversation ON media (conversation) WHERE state = 'attached';
ALTER TABLE message ADD COLUMN media text COLLATE "C" NOT NULL DEFAULT '';
