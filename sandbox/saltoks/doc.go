// Package saltoks fakes the Salto KS Connect API and its identity server for tests: strict where the fact sheet
// (vendors/saltoks.md) is known, and of all readings the one least kind to a client where it is not; each such place is a
// switch (switches.go).
//
// Two hosts, here as sub-paths: /identity, and the API at the root. The sheet's marks: D documented, M measured on the accept
// environment, C seen in clients; I assumed, here or there.
//
//	GET  /identity/.well-known/openid-configuration  1.3  M that it is there, I its fields
//	GET  /identity/connect/authorize       1.3  D, C; S256 alone; I errors go back to a registered redirect_uri, others are pages
//	POST /identity/account/consent         -    I the page's form: request, username, password, decision=allow|deny; 302 back
//	POST /identity/connect/token           1.3  D, C code with PKCE, refresh, password behind a switch; M 3600, at+jwt,
//	                                            invalid_scope; I one refresh token at a time, 15 days; codes work once
//
//	v1.1 and v1.2 alike, but for entries and time schedules          1.2  M
//	GET  /me, /sites, /sites/{s}, .../subscription, .../me, .../roles  2.1, 2.2  M; I roles without the owner's
//	GET  .../users[/{su}]                  2.3  M; POST C, I 201; I names and role_ids are needed, an e-mail must look like one
//	PATCH .../users/{su}                   2.3  M for use_pin; I other fields, names and e-mail of people without a profile too
//	DELETE .../users/{su}                  2.3  M 202, 404 ten seconds later, the seat at once; D 2220 for a member of a pod
//	PATCH .../users/{su}/subscription      2.3  C; M 400/1101 for another field
//	POST .../guests                        2.3  M
//	PUT  .../users/{su}/pin, GET keys, activated_iqs  2.3  M; I activated_iqs is empty here
//	GET  .../access_groups[/{g}], POST, PATCH, DELETE  2.4  C list, M POST 200, C DELETE; I one, and rename
//	GET  .../access_groups/{g}/users       2.5  D, M by platform id, excluded; POST M; PATCH D; DELETE C
//	GET  .../access_groups/{g}/locks, POST, DELETE  2.6  M, C
//	GET  .../access_groups/{g}/time_schedules, POST, PATCH, DELETE  2.6  M POST 200, C the rest; v1.2 a switch
//	GET  .../locks[/{id}], .../iqs[/{id}]  2.7  M fields, I their usual values
//	GET  .../entries                       2.9  M v1.1 alone, fields; D continuation token, empty pages; I entries of 90 days
//
// Answered 501: locks/{id}/locking, entries/export, bulk PATCH of a group's locks, /v1/hub (event streaming, and with it
// incidents, which have no other route). Answered 403 with a v2 body: /v2. There are no webhooks (2.9).
//
// Transport 1.3 to 1.7: M 401 with an empty body and WWW-Authenticate, error bodies with ErrorCode; D $filter, $orderby,
// $skip, $top, $count, C $inlinecount unless the header that switches the conversion off is sent; I lists are in order of ids,
// 20 a page, at most 100; any shown field may be filtered and ordered by, another is 400/1102; $select and $expand are too;
// 415 for other content types; fields that a route does not know are ignored.
//
// Rights 1.3: I everybody of a site may read the site, its roles, its subscription and themselves; the rest needs site_admin
// (or the owner's role, whose code is made up) and a seat, else 403/2203. A site on which the caller is not is 404/2202. D
// when a site's subscription has lapsed, every write is 403/2212; D 2210 for a site that is not released, I on all but the
// open routes.
//
// Seats 2.3, 3: M a creation without a free one succeeds, suspended. I a refused subscribe is silent: a switch.
//
// What lags (0.5, 1.8): for a minute of Options.Now after a creation by API, group-add says 404/2202 and PIN 403/2203; a
// deleted user is there for ten seconds more, without a seat and without access. What the world made is known at once. Locks
// hear of a change without delay.
//
// A world's section (ids are GUIDs, or words that stand for one; a table's own):
//
//	saltoks:
//	  clients: [{id: cardea, secret: s, redirect_uris: ["http://localhost/back"], scopes: [user_api.full_access, offline_access]}]
//	  logins: [{username: olga@x.test, password: p}]        # of people with has_profile
//	  consents: [{refresh_token: t, client: cardea, username: olga@x.test}]   # given before the world began
//	  switches: {password_grant: allowed}
//	  sites:
//	    - id: london
//	      customer_reference: London        # also site_uid, time_zone, installation_state, subscription_valid, features, owner ...
//	      subscribed_user_amount: 10        # seats
//	      roles: [{id: cleaner, code: cleaner, customer_reference: Cleaner}]   # the usual ones are there
//	      iqs: [{id: iq, customer_reference: IQ}]
//	      locks: [{id: front, customer_reference: Front door, iq: iq}]
//	      users:
//	        - {id: olga, user: {first_name: Olga, last_name: Owner, email: olga@x.test, has_profile: true}, roles: [site_admin]}
//	        - {id: bo, user: {id: bo-ks, first_name: Bo, tag_number: "0042"}, pin: "123456", use_pin: true}
//	      access_groups:
//	        - {id: general, customer_reference: General, users: [bo], locks: [front], time_schedules: [always]}
//	      entries: [{lock: front, user: bo, utc_date_time: 2026-11-23T08:00:00Z}]
//
// A group's users are site users (id or e-mail); naming users, locks or time_schedules replaces them. A time schedule has a
// field for each weekday, start_time, end_time, start_date, end_date. People are shared by sites, by e-mail or by the id in
// user. To accept an invitation, patch the user with has_profile: true; what was sent stands in the world's records as
// invitations, and what a sync must leave alone as credentials.
package saltoks
