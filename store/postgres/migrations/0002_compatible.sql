-- +goose Up
-- The oldest schema whose hubs can work with these tables. A migration that they cannot live with raises it, to its own
-- version; one that only adds leaves it alone (CONTRIBUTING.md).
INSERT INTO meta (key, value) VALUES ('compatible', '1');
