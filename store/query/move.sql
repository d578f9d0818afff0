-- What names a group of a door connection, moved to another id. A row that is there already stays.

-- name: MoveDoorGroup :exec
UPDATE door_group SET id = @becomes
WHERE door_group.workspace_id = @workspace_id AND door_group.door = @door AND door_group.id = @was
  AND NOT EXISTS (SELECT 1 FROM door_group g WHERE g.workspace_id = @workspace_id AND g.door = @door AND g.id = @becomes);

-- name: DropDoorGroup :exec
DELETE FROM door_group WHERE workspace_id = @workspace_id AND door = @door AND id = @id;

-- name: MoveEdges :exec
UPDATE edge SET group_id = @becomes WHERE edge.workspace_id = @workspace_id AND edge.door = @door AND edge.group_id = @was
  AND NOT EXISTS (SELECT 1 FROM edge e WHERE e.workspace_id = @workspace_id AND e.door = @door AND e.group_id = @becomes
    AND e.account = edge.account);

-- name: DropDoubleLedger :exec
DELETE FROM ledger WHERE ledger.workspace_id = @workspace_id AND ledger.door = @door AND ledger.group_id = @was
  AND ledger.ended_at = 0 AND ledger.account IN (SELECT g.account FROM ledger g
    WHERE g.workspace_id = @workspace_id AND g.door = @door AND g.group_id = @becomes AND g.ended_at = 0);

-- name: MoveLedgerBehind :exec
-- Of accounts with rows in both: numbered on from those that are there.
UPDATE ledger SET group_id = @becomes, n = ledger.n + x.most
FROM (SELECT g.account, MAX(g.n) AS most FROM ledger g
    WHERE g.workspace_id = @workspace_id AND g.door = @door AND g.group_id = @becomes GROUP BY g.account) x
WHERE ledger.workspace_id = @workspace_id AND ledger.door = @door AND ledger.group_id = @was AND ledger.account = x.account;

-- name: MoveLedger :exec
UPDATE ledger SET group_id = @becomes WHERE workspace_id = @workspace_id AND door = @door AND group_id = @was;

-- name: MovePolicy :exec
UPDATE group_policy SET group_id = @becomes
WHERE group_policy.workspace_id = @workspace_id AND group_policy.door = @door AND group_policy.group_id = @was
  AND NOT EXISTS (SELECT 1 FROM group_policy p
    WHERE p.workspace_id = @workspace_id AND p.door = @door AND p.group_id = @becomes);

-- name: DropPolicy :exec
DELETE FROM group_policy WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id;

-- name: MoveRemovals :exec
UPDATE removal SET group_id = @becomes
WHERE removal.workspace_id = @workspace_id AND removal.door = @door AND removal.group_id = @was
  AND NOT EXISTS (SELECT 1 FROM removal r WHERE r.workspace_id = @workspace_id AND r.door = @door AND r.group_id = @becomes
    AND r.at = removal.at AND r.account = removal.account);

-- name: DropRemovals :exec
DELETE FROM removal WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id;

-- name: MoveInStep :exec
UPDATE in_step SET group_id = @becomes
WHERE in_step.workspace_id = @workspace_id AND in_step.door = @door AND in_step.group_id = @was
  AND NOT EXISTS (SELECT 1 FROM in_step s WHERE s.workspace_id = @workspace_id AND s.door = @door AND s.group_id = @becomes
    AND s.hour = in_step.hour);

-- name: DropInStep :exec
DELETE FROM in_step WHERE workspace_id = @workspace_id AND door = @door AND group_id = @group_id;

-- name: MoveResolvedGroup :exec
-- Names of groups that were resolved to it: the mapping follows the unit.
UPDATE resolved SET id = @becomes
WHERE resolved.workspace_id = @workspace_id AND resolved.kind = 'groups' AND resolved.id = @was
  AND resolved.integration IN (SELECT i.name FROM integration i WHERE i.workspace_id = @workspace_id AND i.door = @door);

-- name: MoveResolvedMark :exec
-- What led to it when its mappings were last settled: kept by the group's id in the place of a name.
UPDATE resolved SET name = @becomes
WHERE resolved.workspace_id = @workspace_id AND resolved.kind = 'mapping' AND resolved.name = @was
  AND resolved.integration IN (SELECT i.name FROM integration i WHERE i.workspace_id = @workspace_id AND i.door = @door)
  AND NOT EXISTS (SELECT 1 FROM resolved r WHERE r.workspace_id = @workspace_id AND r.integration = resolved.integration
    AND r.kind = 'mapping' AND r.name = @becomes);

-- name: DropResolvedMark :exec
DELETE FROM resolved WHERE resolved.workspace_id = @workspace_id AND resolved.kind = 'mapping' AND resolved.name = @was
  AND resolved.integration IN (SELECT i.name FROM integration i WHERE i.workspace_id = @workspace_id AND i.door = @door);

-- name: OpenBodies :many
SELECT changeset, key, body FROM operation
WHERE workspace_id = @workspace_id AND door = @door AND state IN ('waiting', 'held', 'sending', 'sent');

-- name: PutBodies :exec
UPDATE operation SET body = j.value ->> 'b' FROM json_each(@bulk) j
WHERE operation.workspace_id = @workspace_id AND operation.door = @door
  AND operation.changeset = j.value ->> 'c' AND operation.key = j.value ->> 'k';
