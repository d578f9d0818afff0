// Package brivo fakes the Brivo Access REST API for tests: strict where the fact sheet (vendors/brivo.md) is known, and of all
// readings the one least kind to a client where it is not; each such place is a switch (switches.go). Nothing of the sheet was
// tried against a live account. Its marks: D documented, R recorded in 2017, C seen in clients, T told by third parties, I
// inferred; A is assumed here.
//
// Hosts (the vendor prefix is already stripped): /oauth/... is the auth host, /v1/api/... the api host; both may also stand below
// /auth and /api. A request that names a real host (api.eu.brivo.com) is held to it: A the other host answers 596, the other
// region knows neither application (401) nor key (403).
//
//	GET, POST /oauth/authorize  2.2  D login, consent, code; T both pages; A the pages' fields, a code lives a minute and once, the
//	                                 callback's POST is a 307
//	POST /oauth/token           2.3  D password, authorization_code, refresh_token; forms only; Administrator ID, never the e-mail;
//	                                 300 s; R scope, jti; A dead codes and refresh tokens are 400 invalid_grant, the wrong kind of
//	                                 application 401 invalid_client
//	GET /oauth/token_key        2.4  D exists; A its body
//
// Below /v1/api the order is I: 596 for an unknown path or verb, key (403 HTML), speed, quota, token (401), rights (403), 404.
//
//	GET /users                  4    D page, filters; R order by last name; A ties stay in the order of ids
//	POST /users, GET, PUT, PATCH, DELETE /users/{id}  4  D 200, full replace, 204; A cards of a deleted user go back to the bank,
//	                                 passes end
//	GET /users/{externalId}/external                  4  D
//	GET, PUT /users/{id}/suspended                    4  D; memberships stay
//	POST /users/{id}/revoke-credentials               4  D suspended only; A its body
//	GET, POST /users/{id}/groups                      4  D bulk, sixteen groups, all or nothing; A an unknown group is 404, and
//	                                 refuses the whole
//	GET, PUT, DELETE /users/{id}/custom-fields[/{id}] 4  D
//	GET, PUT, DELETE /users/{id}/credentials[/{id}]   4, 6  D; R a card stays in the bank; A the PIN's id is the user's
//	GET, POST, DELETE /users/{id}/credentials/digital-invitations  6.2  D; A pending passes count in the allotment
//	GET, POST /groups, GET, PUT, DELETE /groups/{id}  5  D 35 characters, 204, 412
//	GET /groups/{id}/users, PUT, DELETE .../{userId}  5  D page, 204; repeated ones are switches
//	GET, PUT, DELETE /groups/{id}/access/access-points[/{id}]  5  D; A DELETE is 204
//	GET /sites[/{id}[/groups|/access-points]]         5  D
//	GET /access-points[/{id}[/groups]], POST .../activate, .../unlock  5  D; A not activatable is 400
//	GET, POST, PUT, DELETE /schedules[/{id}]          5  D 32 characters, 412 in use; A the built-in one is called Always Access,
//	                                 and that it is locked is 412 too
//	GET, POST /credentials, GET, DELETE /credentials/{id}, GET .../user, /formats, /digital/allotment  6  D, R; A the pass's format
//	GET /pass, /users/credentials/digital             6.2  D for a holder's own token: 403 access_denied
//	GET, POST /event-subscriptions, GET, PUT, DELETE .../{id}  7.2  D
//	GET /events/access, /audit, /events/counts/...    7.1  D; A camera filters nothing
//	GET, POST, PUT, DELETE /administrators[/{id}|/whoami]  8  D; A bodies of writes, canCreateAdmins is needed for them
//	GET /accounts[/{id}[/features|/settings]|/summary]     8  D; A bodies
//	GET, POST /applications, GET, DELETE .../{id}, GET /applications/authorized  2.1  D
//	GET, POST, PUT, DELETE /custom-fields[/{id}]      8  D; A bodies of writes
//	GET /time                                         8  D; A its body
//
// Left out and answered 501: photos, batches (their bodies are not published), wallet passes, guests, device status, /sites/root
// and /activities.
//
// Limits 3.3: T calls a second and calls a month, as the world gives them to each key; A the month is the calendar's in UTC. A
// world's speed multiplies the calls of a second, never those of a month.
//
// Rights 5: D an assistant administrator sees only the groups it was assigned; A it may change their members and any user, delete
// nothing, and make no groups. A hidden group of the world is unseen by everybody and counts among the sixteen.
//
// Webhooks 7.3: D one event per POST, access events, or audit events with AUDIT 1; a failure is mailed to errorEmail. A no
// signature, no retry; numbers of audit events of users, and which of 4001 to 4004 is which; that any 2xx is taken, because the
// sandbox's deliverer does not tell 200 from 202.
package brivo
