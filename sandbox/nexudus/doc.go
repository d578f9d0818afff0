// Package nexudus fakes the Nexudus REST API for tests: strict where the fact sheet (vendors/nexudus.md) is known, and of all
// readings the one least kind to a client where it is not; each such place is a switch (switches.go).
//
// Two hosts, here as sub-paths: /api is https://spaces.nexudus.com/api, /portal is https://{subdomain}.spaces.nexudus.com.
// Confidence is the sheet's: D documented, V a third party's docs, C seen in working clients, I assumed.
//
//	POST /api/token                     1.2  D form only, password (with totp) and refresh_token, client_id as a header, one
//	                                         refresh token for a client id, 15 days; D 401 invalid_grant; I 400 for the other errors,
//	                                         a second factor rules Basic out
//	GET  /api/{m}/{e}                   1.4  D envelope, page, size, orderBy, dir; 1.5 D filters (foreign keys without Id, paths by
//	                                         underscore, from_ and to_ inclusive); I unknown parameters are ignored, 400 for a date
//	                                         that is none
//	GET  /api/{m}/{e}/?id=[1,2]         1.3  D a bare array of full records; I in the order of ids, unknown ids left out
//	GET  /api/{m}/{e}/{id}              1.3  D a bare record; I 404 when there is none
//	POST, PUT /api/{m}/{e}, DELETE /{id}  1.3  D envelope; D PUT replaces, Id in the body; C 200 with WasSuccessful false; I
//	                                         unknown and read-only fields are ignored
//	GET  .../commands, POST .../runcommand  1.3  D forms; I one command, "Update access control" of coworkers, its key our own
//	GET  /api/utils/enums               1.3  D eWebhookAction only
//	POST /portal/api/public/checkin     2.13  D body and answer; I passwords are those of API users; C 429
//
// Entities by path (2.1; D or C, businesssettings and resourceaccessrules I): sys/businesses, businesssettings, floorplans,
// floorplandesks, webhooks, coworkeraccesscontrolaudits; spaces/coworkers, teams, resources, resourcetypes,
// resourceaccessrules, bookings, cancelledbookings, bookingvisitors, bookingnotes, visitors, checkins; billing/tariffs,
// tarifftimepasses, coworkercontracts, coworkerinvoices, timepasses, timepasstimeslots, coworkertimepasses, products,
// producttimepasses. Answered 501: sys/users, accesstokens and extraservices (paths disputed), coworkerinvoicelines,
// api/spaces/checkin.
//
// Lists 0.3: D collections are lost, and webhook descriptions; which other texts is I (entity.thin). D a deleted booking
// becomes a cancelledbookings row, from the API and from a patch alike. Not faked: repeat series on create, plan limits at
// check-in, PAYG, a product's or plan's minting of passes, automatic cancellation of bookings nobody comes to, opening hours
// (their names were not captured). The zone of a business is the world's `zones:`; the API does not tell it.
//
// Limits 1.7: D both tables, 409 with an empty body and Retry-After 1; I the scope. 401: D a bad token, a missing role, C a
// plain member.
//
// Webhooks 3: D one action and location each, an array of one record, upper-case hex HMAC over the ASCII of the body, switched
// off after failures; I after how many, that a success forgives none and switching on forgives all, no retry, deleted records
// in the form of GET by id, a coworker as record of the actions about check-in, that a coworker concerns each of their
// locations. Contract activation comes at local midnight of its start (V). AccessControlUpdate as in 3.4 and for nothing else,
// its record a coworker (C). What falls due in time is told when the next request, patch or Tick comes.
//
// Custom ACS 4.3 (pushed): D the two calls, headers, body and HTTPS only; I what is a person's state (entitle.go), that it is
// pushed whenever AccessControlUpdate is told, to everyone in the teams of a paying member too, and that the mapping stands in
// the items' AccessControlGroupId and AccessControlGroupIds (ids with commas, or names once the groups were fetched). A failed
// push is lost, and a row of coworkeraccesscontrolaudits.
//
// A world's section (ids are numbers, or words that stand for one):
//
//	nexudus:
//	  users: [{email: olga@x.test, password: sandbox-password}]   # totp: "123456"; roles: all | member | [Coworker-List, ...]
//	  webhook_secret: shared
//	  zones: {london: Europe/London}
//	  acs: [{business: london, groups_url: "https://c.test/acs/nx/groups", webhook_url: "https://c.test/acs/nx/push"}]
//	                                # groups_token, webhook_bearer
//	  switches: {dir: names}
//	  businesses: [{Id: london, Name: London}]
//	  coworkers: [{Id: ana, FullName: Ana Li, Email: ana@x.test, InvoicingBusinessId: london, Teams: [acme]}]
//	  teams: [{Id: acme, BusinessId: london, Name: Acme, PayingMemberId: ana, TeamMembers: [ana]}]
//	  coworkercontracts: [{Id: k1, CoworkerId: ana, IssuedById: london, TariffId: t1, StartDate: 2026-09-01, Desks: [d1]}]
//
// What is computed unless the world says it: a contract's Active, Cancelled, MainContract and InPausedPeriod, a desk's
// CoworkerId and Available, every joined field. Teams of a coworker and TeamMembers of a team are one relation and may be
// written on either side.
package nexudus
