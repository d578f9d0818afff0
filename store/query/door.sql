-- name: NextDoorRead :one
INSERT INTO door_read (workspace_id, door, n, whole_at) VALUES (@workspace_id, @door, 1, 0)
ON CONFLICT (workspace_id, door) DO UPDATE SET n = door_read.n + 1 RETURNING n;

-- name: SetWholeRead :exec
UPDATE door_read SET whole_at = @whole_at WHERE workspace_id = @workspace_id AND door = @door;

-- name: WholeRead :many
SELECT whole_at FROM door_read WHERE workspace_id = @workspace_id AND door = @door;

-- name: PutGroups :exec
INSERT INTO door_group (workspace_id, door, id, name, place, unit, edges_at, seen_read)
SELECT @workspace_id, @door, value ->> 'i', value ->> 'n', value ->> 'p', value ->> 'u', 0, CAST(@seen_read AS BIGINT)
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, door, id) DO UPDATE SET
    name = excluded.name, place = excluded.place, unit = excluded.unit, seen_read = excluded.seen_read;

-- name: LostGroups :many
SELECT id FROM door_group WHERE workspace_id = @workspace_id AND door = @door AND seen_read <> @seen_read;

-- name: DropEdgesOfGroups :exec
DELETE FROM edge WHERE workspace_id = @workspace_id AND door = @door AND group_id IN (SELECT key FROM json_each(@bulk));

-- name: DropLostGroups :exec
DELETE FROM door_group WHERE workspace_id = @workspace_id AND door = @door AND seen_read <> @seen_read;

-- name: PutAccounts :exec
-- Whose row does not say staff stays what they were: that they are not any more, listings have to say twice.
INSERT INTO account (workspace_id, door, id, name, email, email_folded, external, shut, staff, phone, seen_read)
SELECT @workspace_id, @door, value ->> 'i', value ->> 'n', value ->> 'e', value ->> 'f', value ->> 'x',
    CAST(value ->> 's' AS BOOLEAN), value ->> 't', value ->> 'p', CAST(@seen_read AS BIGINT)
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, door, id) DO UPDATE SET
    name = excluded.name, email = excluded.email, email_folded = excluded.email_folded, external = excluded.external,
    shut = excluded.shut, phone = excluded.phone, seen_read = excluded.seen_read,
    staff = CASE WHEN excluded.staff = '' THEN account.staff ELSE excluded.staff END,
    unmarked_at = CASE WHEN excluded.staff = '' THEN account.unmarked_at ELSE 0 END;

-- name: EndStaff :exec
-- A second listing, long enough after the first, does not say it either.
UPDATE account SET staff = '', unmarked_at = 0
WHERE workspace_id = @workspace_id AND door = @door AND staff <> '' AND unmarked_at > 0
  AND unmarked_at <= CAST(@until AS BIGINT) AND id IN (SELECT key FROM json_each(@bulk));

-- name: DoubtStaff :exec
UPDATE account SET unmarked_at = CAST(@at AS BIGINT)
WHERE workspace_id = @workspace_id AND door = @door AND staff <> '' AND unmarked_at = 0
  AND id IN (SELECT key FROM json_each(@bulk));

-- name: LostAccounts :many
SELECT id FROM account WHERE workspace_id = @workspace_id AND door = @door AND seen_read <> @seen_read;

-- name: DropLostAccounts :exec
DELETE FROM account WHERE workspace_id = @workspace_id AND door = @door AND seen_read <> @seen_read;

-- name: PutEdges :exec
INSERT INTO edge (
    workspace_id, door, group_id, account, ref, valid_from, valid_until, alien, shut, guest, profile, time_group, seen_read)
SELECT @workspace_id, @door, value ->> 'g', value ->> 'a', value ->> 'r', CAST(value ->> 'f' AS BIGINT),
    CAST(value ->> 'u' AS BIGINT), value ->> 'x', CAST(value ->> 's' AS BOOLEAN), CAST(value ->> 'w' AS BOOLEAN),
    value ->> 'p', value ->> 't', CAST(@seen_read AS BIGINT)
FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, door, group_id, account) DO UPDATE SET
    ref = excluded.ref, valid_from = excluded.valid_from, valid_until = excluded.valid_until, alien = excluded.alien,
    shut = excluded.shut, guest = excluded.guest, profile = excluded.profile, time_group = excluded.time_group,
    seen_read = excluded.seen_read;

-- name: DropLostEdgesOfGroups :exec
DELETE FROM edge WHERE workspace_id = @workspace_id AND door = @door AND seen_read <> @seen_read
  AND group_id IN (SELECT key FROM json_each(@bulk));

-- name: DropLostEdgesOfAccounts :exec
-- What the same read saw is there, whatever its list of accounts lacks.
DELETE FROM edge WHERE workspace_id = @workspace_id AND door = @door AND seen_read <> @seen_read
  AND account IN (SELECT key FROM json_each(@bulk));

-- name: SetEdgesAt :exec
UPDATE door_group SET edges_at = @edges_at
WHERE workspace_id = @workspace_id AND door = @door AND id IN (SELECT key FROM json_each(@bulk));

-- name: DropEdge :exec
DELETE FROM edge WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id AND account = @account;

-- name: Groups :many
SELECT id, name, place, unit, edges_at FROM door_group WHERE workspace_id = @workspace_id AND door = @door;

-- name: Accounts :many
SELECT id, name, email, external, shut, staff, phone FROM account WHERE workspace_id = @workspace_id AND door = @door;

-- name: CountAccounts :one
SELECT COUNT(*) FROM account WHERE workspace_id = @workspace_id AND door = @door;

-- name: AccountsOf :many
SELECT a.id, a.name, a.email, a.external, a.shut, a.staff, a.phone FROM json_each(@bulk) j CROSS JOIN account a
WHERE a.workspace_id = @workspace_id AND a.door = @door AND a.id = j.key;

-- name: AccountIDsOfPeople :many
-- The accounts that may be these people's: linked, bearing their id, bearing the e-mail that the space side knows, in the
-- ledger for them, decided to be theirs, or linked to somebody with the same e-mail.
-- "external <> ''" is what the index of ids says.
SELECT l.account FROM json_each(@bulk) j CROSS JOIN link l
WHERE l.workspace_id = @workspace_id AND l.door = @door AND l.person = j.key
UNION
SELECT a.id FROM json_each(@bulk) j CROSS JOIN account a
WHERE a.workspace_id = @workspace_id AND a.door = @door AND a.external = j.key AND a.external <> ''
UNION
SELECT a.id FROM json_each(@bulk) j CROSS JOIN fact f CROSS JOIN account a
WHERE f.workspace_id = @workspace_id AND f.connection = j.value ->> 'c' AND f.kind = j.value ->> 'k' AND f.id = j.value ->> 'i'
  AND f.email_folded <> '' AND a.workspace_id = @workspace_id AND a.door = @door AND a.email_folded = f.email_folded
UNION
SELECT g.account FROM json_each(@bulk) j CROSS JOIN ledger g
WHERE g.workspace_id = @workspace_id AND g.door = @door AND g.person = j.key AND g.ended_at = 0
UNION
SELECT d.account FROM json_each(@bulk) j CROSS JOIN identity_decision d
WHERE d.workspace_id = @workspace_id AND d.door = @door AND d.person = j.key AND d.account <> '' AND d.undone_at = 0
UNION
SELECT l.account FROM json_each(@bulk) j CROSS JOIN fact f CROSS JOIN fact g CROSS JOIN link l
WHERE f.workspace_id = @workspace_id AND f.connection = j.value ->> 'c' AND f.kind = j.value ->> 'k' AND f.id = j.value ->> 'i'
  AND f.email_folded <> '' AND g.workspace_id = @workspace_id AND g.email_folded = f.email_folded AND g.email_folded <> ''
  AND l.workspace_id = @workspace_id AND l.door = @door AND l.person = g.connection || '/' || g.kind || ':' || g.id;

-- name: Edges :many
SELECT group_id, account, ref, valid_from, valid_until, alien, shut, guest, profile, time_group FROM edge
WHERE workspace_id = @workspace_id AND door = @door;

-- name: EdgesOf :many
SELECT e.group_id, e.account, e.ref, e.valid_from, e.valid_until, e.alien, e.shut, e.guest, e.profile, e.time_group
FROM json_each(@bulk) j CROSS JOIN edge e
WHERE e.workspace_id = @workspace_id AND e.door = @door AND e.account = j.key;

-- name: PutLink :exec
INSERT INTO link (workspace_id, door, person, account, how) VALUES (@workspace_id, @door, @person, @account, @how)
ON CONFLICT (workspace_id, door, person, account) DO UPDATE SET how = excluded.how;

-- name: Links :many
SELECT person, account, how FROM link WHERE workspace_id = @workspace_id AND door = @door;

-- name: LinksOf :many
SELECT l.person, l.account, l.how FROM json_each(@bulk) j CROSS JOIN link l
WHERE l.workspace_id = @workspace_id AND l.door = @door AND l.account = j.key;

-- name: OpenLedger :many
SELECT * FROM ledger WHERE workspace_id = @workspace_id AND door = @door AND ended_at = 0;

-- name: OpenLedgerOf :many
SELECT g.* FROM json_each(@bulk) j CROSS JOIN ledger g
WHERE g.workspace_id = @workspace_id AND g.door = @door AND g.account = j.key AND g.ended_at = 0;

-- name: AnyLedger :many
SELECT 1 AS one FROM ledger WHERE workspace_id = @workspace_id AND door = @door LIMIT 1;

-- name: LedgerHistory :many
SELECT * FROM ledger WHERE workspace_id = @workspace_id AND door = @door AND person = @person
  AND (group_id = @group_id OR CAST(@group_id AS TEXT) = '');

-- name: LastLedger :one
SELECT CAST(COALESCE(MAX(n), 0) AS BIGINT) AS n FROM ledger
WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id AND account = @account;

-- name: PutLedger :exec
INSERT INTO ledger (
    workspace_id, door, group_id, account, n, person, adopted, valid_from, valid_until, reasons, put_at, put_op,
    ended_at, ended, ended_op)
VALUES (
    @workspace_id, @door, @group_id, @account, @n, @person, @adopted, @valid_from, @valid_until, @reasons, @put_at, @put_op,
    0, '', '')
ON CONFLICT (workspace_id, door, group_id, account) WHERE ended_at = 0 DO UPDATE SET
    person = excluded.person, adopted = excluded.adopted, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
    reasons = excluded.reasons, put_at = excluded.put_at, put_op = excluded.put_op;

-- name: PutLedgerReasons :exec
UPDATE ledger SET reasons = j.value ->> 'r' FROM json_each(@bulk) j
WHERE ledger.workspace_id = @workspace_id AND ledger.door = @door AND ledger.ended_at = 0
  AND ledger.group_id = j.value ->> 'g' AND ledger.account = j.value ->> 'a';

-- name: CloseLedger :exec
UPDATE ledger SET ended_at = @ended_at, ended = @ended, ended_op = @ended_op
WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id AND account = @account AND ended_at = 0;

-- name: AddRemoval :exec
INSERT INTO removal (workspace_id, door, at, group_id, account) VALUES (@workspace_id, @door, @at, @group_id, @account)
ON CONFLICT (workspace_id, door, at, group_id, account) DO NOTHING;

-- name: Removals :many
SELECT at, group_id, account FROM removal WHERE workspace_id = @workspace_id AND door = @door AND at >= @since;

-- name: PutInStep :exec
INSERT INTO in_step (workspace_id, door, group_id, hour, edges)
SELECT @workspace_id, @door, key, CAST(@hour AS BIGINT), CAST(value ->> 'n' AS BIGINT) FROM json_each(@bulk) WHERE TRUE
ON CONFLICT (workspace_id, door, group_id, hour) DO UPDATE SET edges = excluded.edges WHERE in_step.edges < excluded.edges;

-- name: InStep :many
SELECT group_id, CAST(MAX(edges) AS BIGINT) AS edges FROM in_step
WHERE workspace_id = @workspace_id AND door = @door AND hour >= @hour GROUP BY group_id;
