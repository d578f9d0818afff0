// Package kinnovis reads a Kinnovis account through a contract that we made up: no public API of Kinnovis is known.
//
//	Read(scope) --> whole: one collection after another, 100 rows a page; a row that lacks what is reasoned on is read by its id
//	            --> keys:  GET by id; 404 means gone only while the same collection's listing answers
//	            --> people: the customer, and what all bookings say of them: as the one who booked, or by a shared access
//	Verify(hook) --> keys to read again, never facts
//
// # What is known of each route
//
// EVERY ROUTE IS ASSUMED. vendors/opentech-kinnovis.md 3.7 found no base URL, no authentication, no route, no webhook and no
// limit; its section 6.6 proposes the contract of a comparable system (4.2) with the nouns of Kinnovis (3.5). What operators can
// use today is the workbook import into a house connection (package sheet), which takes the onboarding sheets too.
//
//	GET /{version}/locations      assumed  3.5, 6.6  name, timezone
//	GET /{version}/unit-types     assumed  3.5, 6.6  name
//	GET /{version}/units          assumed  3.3, 6.6  name, location_id, access_permissions[]
//	GET /{version}/customers      assumed  3.5, 6.6  name, email, phone
//	GET /{version}/bookings       assumed  3.4, 6.6  customer_id, unit_id or units[], move_in_date, move_out_date, has_access, status
//	GET ...?page&limit            assumed  4.2       body keyed by the resource, meta.pagination {count, page, pages, next}
//	GET .../{id}                   assumed  4.2       the record, bare or keyed by its name; 404 for an unknown id
//	Authorization: Bearer         assumed  4.2       one static token of the account
//	429, RateLimit-Reset          assumed  4.2       10 calls a second and 60 a minute
//	hooks                         assumed  4.2, 6.6  t=..,v1=.. over "t.body"; unit.*, booking.*, access.revoked, access.restored
//
// What is seen, not assumed, is how the product behaves (help articles, sections 3.2 to 3.5): a unit's access permissions are the
// identifiers at the door system, several or none; access follows the dates of move-in and move-out; a switch "Has access" per
// booking; auto-lock, which shuts out the shared accesses too and lets go on payment; a booking may be moved to another unit from
// a date on.
//
// # Choices
//
// A unit's permissions and a booking's has_access are never guessed: a record that does not say them, also when it is read by its
// id, is Bad. An empty list, or null, is a unit without permissions: it opens the group of its own name.
//
// Dates decide. A status is compared with them and acts alone only where there is no move-out date, or the booking never became one.
//
// Assignments have no record of their own: they are BOOKING+UNIT, and a booking says which there are.
//
// No listing is asked for by a filter, since none is known: reading a customer walks all bookings.
package kinnovis
