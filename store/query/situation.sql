-- name: OpenSituations :many
SELECT group_id, subject, code, account, person, detail, does, held, since FROM situation
WHERE workspace_id = @workspace_id AND door = @door AND ended_at = 0;

-- name: SituationTimes :many
-- How often what stands now stood before, this time with it.
SELECT s.group_id, s.subject, s.code, COUNT(*) AS times FROM situation o JOIN situation s
    ON s.workspace_id = @workspace_id AND s.door = o.door AND s.group_id = o.group_id AND s.subject = o.subject AND s.code = o.code
WHERE o.workspace_id = @workspace_id AND o.door = @door AND o.ended_at = 0
GROUP BY s.group_id, s.subject, s.code;

-- name: RevertedSituations :many
SELECT group_id, account, code, ended_at FROM situation
WHERE workspace_id = @workspace_id AND door = @door AND ended = 'reverted' AND ended_at >= @since;

-- name: ContestedGroups :many
SELECT group_id, detail, since FROM situation
WHERE workspace_id = @workspace_id AND door = @door AND code = 'contested' AND ended_at = 0;

-- name: PutSituations :exec
INSERT INTO situation (
    workspace_id, door, group_id, subject, code, n, account, person, detail, does, held, since, ended_at, ended)
SELECT @workspace_id, @door, j.value ->> 'g', j.value ->> 's', j.value ->> 'c',
    1 + COALESCE((SELECT MAX(i.n) FROM situation i WHERE i.workspace_id = @workspace_id AND i.door = @door
        AND i.group_id = j.value ->> 'g' AND i.subject = j.value ->> 's' AND i.code = j.value ->> 'c'), 0),
    j.value ->> 'a', j.value ->> 'p', j.value ->> 'd', j.value ->> 'o', j.value ->> 'h', CAST(@since AS BIGINT),
    CAST(j.value ->> 'e' AS BIGINT), j.value ->> 'w'
FROM json_each(@bulk) j WHERE TRUE;

-- name: EndSituations :exec
UPDATE situation SET ended_at = CAST(@ended_at AS BIGINT), ended = j.value ->> 'w' FROM json_each(@bulk) j
WHERE situation.workspace_id = @workspace_id AND situation.door = @door AND situation.ended_at = 0
  AND situation.group_id = j.value ->> 'g' AND situation.subject = j.value ->> 's' AND situation.code = j.value ->> 'c';

-- name: TellSituations :exec
UPDATE situation SET person = j.value ->> 'p', detail = j.value ->> 'd', does = j.value ->> 'o', held = j.value ->> 'h'
FROM json_each(@bulk) j
WHERE situation.workspace_id = @workspace_id AND situation.door = @door AND situation.ended_at = 0
  AND situation.group_id = j.value ->> 'g' AND situation.subject = j.value ->> 's' AND situation.code = j.value ->> 'c';

-- name: EdgeCounts :many
SELECT group_id, COUNT(*) AS edges FROM edge WHERE workspace_id = @workspace_id AND door = @door GROUP BY group_id;

-- name: ClosedLedgerAt :many
SELECT g.group_id, g.account, g.person, g.put_at, g.ended_at, g.ended FROM json_each(@bulk) j CROSS JOIN ledger g
WHERE g.workspace_id = @workspace_id AND g.door = @door AND g.group_id = j.value ->> 'g' AND g.account = j.value ->> 'a'
  AND g.ended_at <> 0;

-- name: RenamedAccounts :many
SELECT id, known_name, known_email FROM account
WHERE workspace_id = @workspace_id AND door = @door AND known = TRUE AND (name <> known_name OR email <> known_email);

-- name: KnowAccounts :exec
UPDATE account SET known = TRUE, known_name = name, known_email = email
WHERE account.workspace_id = @workspace_id AND account.door = @door AND account.known = FALSE
  AND account.id IN (SELECT l.account FROM link l WHERE l.workspace_id = @workspace_id AND l.door = @door);

-- name: KnownGroups :many
SELECT id, known_name FROM door_group
WHERE workspace_id = @workspace_id AND door = @door AND known_name <> '' AND known_name <> name;

-- name: KnowGroups :exec
-- Of groups that were not known yet, and of those that the configuration calls by their new name.
UPDATE door_group SET known_name = name
WHERE door_group.workspace_id = @workspace_id AND door_group.door = @door AND door_group.known_name <> door_group.name
  AND door_group.id IN (SELECT key FROM json_each(@bulk))
  AND (door_group.known_name = '' OR door_group.id IN (SELECT r.id FROM resolved r WHERE r.workspace_id = @workspace_id AND r.kind = 'groups'
    AND LOWER(r.name) = LOWER(door_group.name)));
