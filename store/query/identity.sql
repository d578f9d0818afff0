-- name: Decisions :many
SELECT id, door, conflict, together, person, account, other, note, by_whom, at, undone_at, undone_by FROM identity_decision
WHERE workspace_id = @workspace_id AND door = @door;

-- name: PutDecision :exec
INSERT INTO identity_decision (
    workspace_id, door, id, conflict, together, person, account, other, note, by_whom, at, undone_at, undone_by)
VALUES (
    @workspace_id, @door, @id, @conflict, @together, @person, @account, @other, @note, @by_whom, @at, 0, '');

-- name: UndoDecisions :execrows
UPDATE identity_decision SET undone_at = @at, undone_by = @by_whom
WHERE workspace_id = @workspace_id AND door = @door AND conflict = @conflict AND undone_at = 0;
