-- +goose NO TRANSACTION
-- Indexes of tables that may be large are made beside the hubs' work, which a transaction does not allow. Each statement may
-- be run again where one was cut short.

-- +goose Up
ALTER TABLE service ADD COLUMN IF NOT EXISTS deleted boolean NOT NULL DEFAULT false;

-- Deleted services of which something is still there, or may yet come. Of a clean one nothing was found.
CREATE TABLE IF NOT EXISTS service_purge (service text COLLATE "C" PRIMARY KEY, since bigint NOT NULL, clean boolean NOT NULL);

DROP INDEX CONCURRENTLY IF EXISTS users_order;
CREATE INDEX CONCURRENTLY users_order ON users (service, sid);

DROP INDEX CONCURRENTLY IF EXISTS conversation_service;
CREATE INDEX CONCURRENTLY conversation_service ON conversation (service, sid);
