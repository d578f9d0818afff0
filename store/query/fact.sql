-- name: Collections :many
SELECT * FROM collection WHERE workspace_id = @workspace_id AND connection = @connection;

-- name: PutCollection :exec
INSERT INTO collection (workspace_id, connection, kind, grade, why, read_at, complete_at, suspect_since, records)
VALUES (@workspace_id, @connection, @kind, @grade, @why, @read_at, @complete_at, @suspect_since, @records)
ON CONFLICT (workspace_id, connection, kind) DO UPDATE SET
    grade = excluded.grade, why = excluded.why, read_at = excluded.read_at, complete_at = excluded.complete_at,
    suspect_since = excluded.suspect_since, records = excluded.records;

-- name: FactStates :many
SELECT id, hash, missing_since, gone_at, gone_cause, unsure FROM fact
WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind;

-- name: Facts :many
SELECT f.kind, f.id, f.body FROM json_each(@bulk) j CROSS JOIN fact f
WHERE f.workspace_id = @workspace_id AND f.connection = @connection AND f.kind = j.value ->> 'k' AND f.id = j.value ->> 'i';

-- name: FactsStanding :many
SELECT f.kind, f.id, f.body, f.gone_at, f.gone_cause, f.unsure FROM json_each(@bulk) j CROSS JOIN fact f
WHERE f.workspace_id = @workspace_id AND f.connection = @connection AND f.kind = j.value ->> 'k' AND f.id = j.value ->> 'i';

-- name: FactsOfKind :many
SELECT body FROM fact WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind AND gone_at = 0;

-- name: Directory :many
SELECT kind, id, body, gone_at, gone_cause, unsure FROM fact
WHERE workspace_id = @workspace_id AND connection = @connection;

-- name: DirectoryOfKinds :many
SELECT f.kind, f.id, f.body, f.gone_at, f.gone_cause, f.unsure FROM json_each(@bulk) j CROSS JOIN fact f
WHERE f.workspace_id = @workspace_id AND f.connection = @connection AND f.kind = j.key;

-- name: DirectoryOf :many
-- CROSS JOIN keeps SQLite to the order that is written: from the few to what they name, or what names them, by the two
-- indexes of fact_ref.
WITH RECURSIVE people (kind, id) AS (
    SELECT value ->> 'k', value ->> 'i' FROM json_each(@bulk)
), near (kind, id) AS (
    -- the team, and a visitor's host
    SELECT r.ref_kind, r.ref_id FROM people p CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.kind = p.kind AND r.id = p.id
      AND r.ref_kind IN ('team', 'person')
), payer (kind, id) AS (
    -- who pays for the team: what they hold lets it in
    SELECT r.ref_kind, r.ref_id FROM near n CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.kind = n.kind AND r.id = n.id
      AND n.kind = 'team' AND r.ref_kind = 'person'
), holder (kind, id) AS (
    SELECT kind, id FROM people UNION SELECT kind, id FROM near WHERE kind = 'team' UNION SELECT kind, id FROM payer
), held (kind, id) AS (
    SELECT r.kind, r.id FROM holder h CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.ref_kind = h.kind AND r.ref_id = h.id
      AND r.kind IN ('agreement', 'booking', 'pass')
), deal (kind, id) AS (
    -- a pass may name an agreement that its holder does not
    SELECT kind, id FROM held
    UNION
    SELECT r.ref_kind, r.ref_id FROM held h CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.kind = h.kind AND r.id = h.id
      AND r.ref_kind = 'agreement'
), root (kind, id) AS (
    SELECT kind, id FROM people
    UNION SELECT kind, id FROM near
    UNION SELECT kind, id FROM payer
    UNION SELECT kind, id FROM deal
    UNION
    SELECT r.kind, r.id FROM deal d CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.ref_kind = d.kind AND r.ref_id = d.id
      AND d.kind = 'agreement' AND r.kind = 'assignment'
), thing (kind, id) AS (
    SELECT r.ref_kind, r.ref_id FROM root x CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.kind = x.kind AND r.id = x.id
      AND r.ref_kind IN ('resource', 'floor', 'location', 'plan')
    UNION
    SELECT r.ref_kind, r.ref_id FROM thing t CROSS JOIN fact_ref r
    WHERE r.workspace_id = @workspace_id AND r.connection = @connection AND r.kind = t.kind AND r.id = t.id
      AND r.ref_kind IN ('resource', 'floor', 'location')
), wanted (kind, id) AS (
    SELECT kind, id FROM root UNION SELECT kind, id FROM thing
)
SELECT f.kind, f.id, f.body, f.gone_at, f.gone_cause, f.unsure FROM wanted k CROSS JOIN fact f
WHERE f.workspace_id = @workspace_id AND f.connection = @connection AND f.kind = k.kind AND f.id = k.id;

-- name: SearchPeople :many
-- Only people have a search text. replace() finds a part of it without LIKE's case rules and wildcards, and both engines
-- have it.
SELECT kind, id, search, gone_at FROM fact
WHERE workspace_id = @workspace_id AND connection = @connection AND search <> ''
  AND replace(search, CAST(@part AS TEXT), '') <> search;

-- name: AllPeople :many
SELECT kind, id, search, gone_at FROM fact
WHERE workspace_id = @workspace_id AND connection = @connection AND search <> '';

-- name: PutFacts :exec
INSERT INTO fact (
    workspace_id, connection, kind, id, body, hash, search, email_folded, missing_since, gone_at, gone_cause, unsure)
SELECT @workspace_id, @connection, value ->> 'k', value ->> 'i', value ->> 'b', value ->> 'h', value ->> 's', value ->> 'e',
    0, 0, '', FALSE
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, connection, kind, id) DO UPDATE SET
    body = excluded.body, hash = excluded.hash, search = excluded.search, email_folded = excluded.email_folded,
    missing_since = 0, gone_at = 0, gone_cause = '', unsure = FALSE;

-- name: DropRefs :exec
DELETE FROM fact_ref WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind
  AND id IN (SELECT key FROM json_each(@bulk));

-- name: PutRefs :exec
INSERT INTO fact_ref (workspace_id, connection, kind, id, ref_kind, ref_id)
SELECT @workspace_id, @connection, value ->> 'k', value ->> 'i', value ->> 'rk', value ->> 'ri' FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, connection, kind, id, ref_kind, ref_id) DO NOTHING;

-- name: FactsSeen :exec
UPDATE fact SET missing_since = 0, gone_at = 0, gone_cause = '', unsure = FALSE
WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind
  AND id IN (SELECT key FROM json_each(@bulk)) AND (missing_since <> 0 OR gone_at <> 0 OR unsure);

-- name: FactsMissing :exec
UPDATE fact SET missing_since = @since
WHERE workspace_id = @workspace_id AND connection = @connection AND kind = @kind
  AND id IN (SELECT key FROM json_each(@bulk)) AND missing_since = 0;

-- name: FactsUnsure :exec
UPDATE fact SET unsure = TRUE FROM json_each(@bulk) j
WHERE fact.workspace_id = @workspace_id AND fact.connection = @connection
  AND fact.kind = j.value ->> 'k' AND fact.id = j.value ->> 'i';

-- name: FactsGone :exec
UPDATE fact SET gone_at = CAST(j.value ->> 's' AS BIGINT), gone_cause = j.value ->> 'c', unsure = FALSE FROM json_each(@bulk) j
WHERE fact.workspace_id = @workspace_id AND fact.connection = @connection
  AND fact.kind = j.value ->> 'k' AND fact.id = j.value ->> 'i';

-- name: AddDirty :exec
-- The mark's number goes with the person: a run clears what was marked before it was claimed.
INSERT INTO dirty (workspace_id, unit, person, seq)
SELECT w.workspace_id, w.unit, j.key, w.seq FROM wake w CROSS JOIN json_each(@bulk) j
WHERE w.workspace_id = @workspace_id AND w.kind = 'keep' AND w.unit = @unit
ON CONFLICT (workspace_id, unit, person) DO UPDATE SET seq = excluded.seq;

-- name: Dirty :many
SELECT person FROM dirty WHERE workspace_id = @workspace_id AND unit = @unit;

-- name: DirtyMarks :many
SELECT person, seq FROM dirty WHERE workspace_id = @workspace_id AND unit = @unit;

-- name: ClearDirty :exec
DELETE FROM dirty WHERE workspace_id = @workspace_id AND unit = @unit AND seq <= @seq;
