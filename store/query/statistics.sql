-- PostgreSQL alone: without statistics it takes every table for small, and compares each row with each.

-- name: AnalyzeFacts :exec
ANALYZE fact, fact_ref;

-- name: AnalyzeDoors :exec
ANALYZE account, edge;
