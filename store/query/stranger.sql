-- name: AccountsCalled :many
-- Accounts whose name or e-mail has a part, with whose they are: those that are linked to nobody first. replace() finds a part
-- of a text the same on both engines; names are kept as the vendor writes them, so the part comes in the ways it may be written.
SELECT a.id, a.name, a.email, CAST(COALESCE(l.person, '') AS TEXT) AS person
FROM account a LEFT JOIN link l ON l.workspace_id = @workspace_id AND l.door = a.door AND l.account = a.id
WHERE a.workspace_id = @workspace_id AND a.door = @door
  AND (replace(a.email_folded, CAST(@folded AS TEXT), '') <> a.email_folded
    OR replace(a.name, CAST(@folded AS TEXT), '') <> a.name
    OR replace(a.name, CAST(@typed AS TEXT), '') <> a.name
    OR replace(a.name, CAST(@titled AS TEXT), '') <> a.name)
ORDER BY CASE WHEN l.person IS NULL THEN 0 ELSE 1 END, a.id
LIMIT 200;
