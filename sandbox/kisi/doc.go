// Package kisi fakes the Kisi REST API for tests: strict where the fact sheet (vendors/kisi.md) is known, and of all readings
// the one least kind to a client where it is not; each such place is a switch (switches.go).
//
// Routes (the vendor prefix is already stripped). Known: D documented, C seen in clients. Assumed: I.
//
//	GET    /user                                2.1   D the caller with its organization
//	GET    /users, /users/{id}                  2.1   D filters, sorts, 50/100; C query is no exact match; I e-mail filter by case
//	POST   /users                               2.1   D fields, 200, 422; C 409 for a duplicate, without the other's id
//	PATCH  /users/{id}                          2.1   D 204, no e-mail; I metadata is replaced whole
//	DELETE /users/{id}                          2.1   D 204; I assignments go too
//	GET    /groups[/{id}], POST, PATCH, DELETE  2.2   D; I deleting a group takes its assignments, links and locks along
//	GET    /role_assignments[/{id}]             2.3   D both kinds of filters; I expired ones stay listed
//	POST   /role_assignments                    2.3   D both forms; C 409 for the same user and group; I other refusals are 422
//	PATCH  /role_assignments/{id}               2.3   D role_id, notify; I validity: a switch
//	DELETE /role_assignments/{id}               2.3   D 204
//	GET    /roles                               2.3   D group_basic, group_manager; I every other id
//	GET    /group_links, POST, DELETE           2.5   D; secrets only in the answer to POST; C GET by id: a switch
//	GET    /guests[/{id}], POST, DELETE         2.5b  D
//	GET    /team_memberships                    2.5b  D, of the world's teams; read only here
//	GET    /locks[/{id}], POST .../unlock       2.6   D; I which refusal comes first
//	GET    /group_locks, POST, DELETE           2.6   D group_id required in the list; I DELETE
//	GET    /places[/{id}]                       2.6   D list; C by id
//	GET    /organization, /organizations, /organizations/{domain}/public  2.6  D
//	GET    /integrations[/{id}], POST, PATCH, DELETE  2.10  D list and POST; I the rest
//
// Left out and answered 501: members, shares, invites, logins, cards, card_assignments, event_sets, presences, SCIM, and writes
// to locks, places and teams.
//
// Transport 1: D wrapped bodies, bare lists, 200 for a creating POST, 204 without a body for PATCH and DELETE, X-Collection-Range
// with an unclamped end, 5 requests a second per user. I: bodies of 401, 403, 404, 409 and 429; that an undocumented query
// parameter is ignored; that a key dies with its user or that user's organization role (D in words, I as 401).
//
// Webhooks 2.10: D payload, X-Signature; sent for users, role assignments, groups, links, guests and unlocks, whether by API, by
// patch or by both; I each once, off after ten failures in a row.
package kisi
