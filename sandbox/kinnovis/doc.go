// Package kinnovis fakes Kinnovis for tests. No public API of Kinnovis is known: not its host, authentication, routes, fields or
// webhooks (vendors/opentech-kinnovis.md 3.7). Everything below is the contract that the sheet assumes (6.6): Stora's
// public style (4.2) with Kinnovis' nouns. What the product does is known from its help articles and is kept: K. What is only
// likely, from the hiring challenge, is C. All else, every route among it, is assumed: A. Where the sheet leaves a thing open or
// says it twice there is a switch (switches.go), and its default is the answer least kind to a client; a move-in date is a date
// and has_access a switch by default, since the sheet calls them so.
//
//	POST   /oauth/token           A  client_credentials; client in the body or as Basic; 2 h; static access tokens need none
//	GET    /v1/locations[/{id}]   A  fields: K name, timezone, languages, size format, to-check time, auto-lock, grace; C the rest
//	GET    /v1/unit-types[/{id}]  A  fields: K booking_plans (free here); C the rest; filter location_id
//	GET    /v1/units[/{id}]       A  fields: K access_permissions, status to_check and vacant; C maintenance, blocked, measures;
//	                                 A occupied and reserved; filters location_id, unit_type_id, status, name
//	GET    /v1/customers[/{id}]   A  fields: K name, email, phone, balance; filter email
//	GET    /v1/bookings[/{id}]    A  fields: K customer, unit(s), move_in_date, move_out_date, has_access, plan, shared accesses;
//	                                 A status upcoming, active, ended, cancelled; filters customer_id, unit_id, status
//	GET    /v1/invoices[/{id}]    A  only with a switch; fields A
//	GET    /v1/webhooks[/{id}]    A  without their secrets
//	POST   /v1/webhooks           A  url, events (none = every one), enabled; 201 with the secret; Idempotency-Key, 24 h
//	PATCH  /v1/webhooks/{id}      A  200; url, events, enabled
//	DELETE /v1/webhooks/{id}      A  204
//
// Everywhere A: Bearer; scopes like public.unit:read; bodies of JSON only (415); a list stands under its name beside
// meta.pagination (count, page, pages, limit, next, prev, last), page and limit, 50 and at most 100; 10 requests a second, 60 a
// minute, 429 with RateLimit-Limit and RateLimit-Reset; 401, 403, 404 (no such record), 405, 409 (a key used twice), 422.
// Nothing but webhooks can be written: renting, switching and locking are done by staff, here by a patch of the world.
//
// Webhooks A: events unit.created, unit.updated, unit.deleted, booking.started, booking.ended, booking.updated, access.revoked,
// access.restored; nothing tells a new booking before it starts, and nothing a customer's new address. X-Kinnovis-Signature
// t=,v1= over time.body, X-Kinnovis-Request-Id, six retries after 1 and 5 minutes and longer, each signed anew. What time brings
// is told when the next request, patch or Tick comes.
//
// Time. K: access follows move-in and move-out dates; a date has no time of day, so the contract cannot say that a rental ends at
// noon. A: a day begins at the location's midnight. K: auto-lock (of a location, with a grace in days) locks the rental of an
// unpaid invoice and its shared accesses at 01:00 of the day after the grace, and undoes it on payment; A: a lock by staff
// stays when an invoice is paid. K: after move-out a unit is to be checked for some days. A change of unit takes hold on its date.
//
// Not faked: products, late fees, payment methods, revoking access for all bookings of a customer in one act, a restore by staff
// while auto-lock holds, and the pushing of units and codes to access systems.
//
// A world's section (ids are any words; the API makes prefixed ids, or numbers, of them):
//
//	kinnovis:
//	  tokens: [{secret: sandbox-token}]                           # scopes: all | [public.unit:read, ...]
//	  clients: [{id: cardea, secret: sandbox-secret, scopes: all}]
//	  webhook_secret: shared                                      # of webhooks without a secret
//	  switches: {dates: utc}
//	  locations: [{id: london, name: London, timezone: Europe/London, auto_lock: true, auto_lock_grace_days: 3, to_check_days: 2}]
//	  unit_types: [{id: small, location_id: london, name: Small, size: 4}]
//	  units: [{id: u1, location_id: london, unit_type_id: small, name: A-1, access_permissions: }]
//	  customers: [{id: ana, name: Ana Li, email: ana@x.test}]
//	  bookings:
//	    - {id: b1, customer_id: ana, unit_ids: [u1], move_in_date: 2026-09-01, shared_accesses: [{name: Bo, email: bo@x.test}]}
//	      # move_out_date, has_access, plan, cancelled_at (an instant), switch_date with switch_unit_ids, status (stands as is)
//	  invoices: [{id: i1, customer_id: ana, booking_id: b1, due_date: 2026-11-01}]   # paid_at, void, total
//	  webhooks: [{url: "https://c.test/hooks/kinnovis", events: [booking.started], secret: own}]
package kinnovis
