// Package officernd fakes the OfficeRnD Flex API for tests: strict where the fact sheet (vendors/officernd.md) is known,
// and of all readings the one least kind to a client where it is not; each such place is a switch (switches.go).
//
// Routes (the vendor prefix is already stripped). Known: D documented, C seen at the vendor by a third party. Assumed: I.
//
//	POST /oauth/token                          1.2  D grant, fields, 3600 s; C scope mandatory, whole request fails, 5 a minute;
//	                                                I error bodies (RFC 6749 form)
//	GET  /api/v1/organizations/{slug}          1.1  D _id, name, regionInfo.regionUrl; I that a v2 token opens it
//	GET  /api/v2/organizations/{slug}/...
//	     {collection}                          1.3, 1.4  C envelope, cursors, strict parameters; I order by _id
//	     {collection}/{id}                     1.3, 1.6  C bare object, 404 text, unknown parameters ignored; for assignments
//	                                                and visitors, where no such path is documented, a switch each
//	     {collection}/count                    1.3  C total, groups; memberships ignore every filter; unknown parameters ignored
//	     bookings/occurrences                  2    I parameters (start, end, resource, location) and answer
//	     checkins, checkins/visitors           2    D list; C POST checkins/{memberId}; D POST checkins/checkout/{memberId};
//	                                                I that a check-out uses up one pass, personal ones first
//	     webhooks                              3    D object, C POST answers one object with its secret; I PUT and DELETE
//
// Collections: locations, floors, resource-types, resources, plans, companies, members, memberships, assignments, bookings,
// visitors, passes, checkins, webhooks. Other writes the vendor has (POST /members ...) and other collections it has (credits,
// visits, fees ...) answer 501: nothing in the house uses them, and a silent 404 would look like the vendor's.
//
// Errors 1.6: C 401 for a bad token and for a missing scope alike; C 500 for a foreign organisation; C 404 `Item with Id (x)`;
// C 400 with a list of messages. I: the body of 429, and that no Retry-After comes with it.
//
// Webhooks 3: D signature and payload; C event names. Events come for members, companies, memberships and bookings (created,
// updated, removed) and passes (created, updated); for nothing else, and never because a date passed. occupancyslot events are
// left out. Each is sent once (I: the vendor's retries are unknown).
//
// Computed by the sandbox's clock unless the world file states them: membership.calculatedStatus, pass.status, member.status and
// company.status (2, status semantics), booking.seriesStart and seriesEnd.
package officernd
