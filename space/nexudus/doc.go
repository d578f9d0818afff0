// Package nexudus reads a Nexudus account through its admin REST API and checks its webhooks.
//
//	Read(scope) --> whole: one collection after another, 500 rows a page, then the records by id, 100 in one question
//	            --> keys:  GET by id; 404 is the only word for "deleted", a cancelled-row the one for "cancelled"
//	            --> people: the person, their teams and who pays for them, and what all of these hold, by filter
//	Verify(hook) --> keys to read again, never facts
//	Install(url) --> a webhook for each action and location, the action in its address
//
// # What is known of each route
//
// D: documented by the vendor. C: seen in other clients. I: assumed here. Sections are those of vendors/nexudus.md. Everything
// is below /api.
//
//	POST /token                              D 1.2  form only, client_id as a header, refresh tokens of 15 days that rotate
//	GET  /{module}/{entities}?page&size      D 1.4  envelope; C size 1,000 works, no maximum is known
//	GET  /{module}/{entities}/{id}           D 1.3  the bare record; I an unknown id is 404 (no body is documented)
//	GET  /{module}/{entities}/?id=[1,2]      D 1.3  a bare list of whole records; I one that is refused is asked id by id
//	GET  ...?{Entity}_{Property}=            D 1.5  foreign keys without Id; I of Used, and that Booking can be asked by ToTime
//	GET  ...?from_{Entity}_{Field}=          D 1.5  inclusive; I the zone of a value, so that 26 hours more are asked for
//	GET  /sys/businesses                     D 2.2  locations; no zone's name is known, the operator says it
//	GET  /sys/floorplans /sys/floorplandesks D 2.7  floors, and what contracts are about
//	GET  /spaces/resources                   D 2.10 what is booked
//	GET  /billing/tariffs                    D 2.5  plans
//	GET  /spaces/teams                       C 2.4  paying member, shared passes; whole records only
//	GET  /spaces/coworkers                   D 2.3  whole records only: Teams is in no row
//	GET  /billing/coworkercontracts          D 2.6  whole records only: Desks is in no row
//	GET  /spaces/bookings                    D 2.11 whole records only: guests are in no row; one row for each occurrence
//	GET  /spaces/bookingvisitors             D 2.11 filter BookingVisitor_Booking (I), where a booking does not say its guests' ids
//	GET  /spaces/cancelledbookings           D 2.11 by CreatedOn; I OriginalBookingId is the booking's number
//	GET  /spaces/visitors                    D 2.12
//	GET  /billing/timepasses                 D 2.8  the types of passes
//	GET  /billing/timepasstimeslots          D 2.8  I of the two times only the clock counts, in the location's zone
//	GET  /billing/coworkertimepasses         D 2.8  those left, and those changed in the last 8 days; I counters
//	GET  /billing/tarifftimepasses           D 2.5  doctor alone
//	GET  /utils/enums?name=eWebhookAction    D 1.3  numbers of the actions
//	GET POST PUT DELETE /sys/webhooks        D 3.1  hooks install alone; PUT is whole and goes to the collection
//	hooks                                    D 3    signature over an ASCII-encoded body; I over the raw body as well
//
// # Choices
//
// A list in a row of a listing is unknown, not empty. Records whose lists are reasoned on are therefore always read by id, in
// questions for a hundred, and a record that lacks its list all the same is Bad.
//
// Offset paging has no snapshot: a row that comes twice, a total that changes on the way and fewer rows than it make the
// collection incomplete. What slips through between two pages when one record goes and another comes is left to the second
// complete reading that every absence needs.
//
// Floor-plan items and bookable resources are both resources. Items are called desk-ID, since the two may bear one number.
// Assignments have no record of their own: they are CONTRACT-ITEM, and a contract's whole record says which there are.
//
// 409 is the throttle. A write is done when the vendor's envelope says so, whatever the status.
package nexudus
