// Package officernd reads an OfficeRnD Flex organisation through API v2 and checks its webhooks.
//
//	Read(scope) --> whole: one collection after another, 50 rows a page, to the vendor's own end mark
//	            --> keys:  GET by id; 404 "Item with Id" is the only word for "deleted"
//	            --> people: the person, their company, and what both hold, by filter
//	Verify(hook) --> keys to read again, never facts
//
// # What is known of each route
//
// D: documented by the vendor. C: seen in other clients or on its staging host. I: assumed here. Sections are those of
// vendors/officernd.md.
//
//	POST /oauth/token                     D 1.2  form, scopes asked for all or nothing; C five calls a minute
//	GET  /{collection}?$limit&$cursorNext D 1.3  C 51 is refused, C the cursor is absent at the end, D it is null there
//	GET  /{collection}/count              D 1.3  used for members, memberships, plans, resources, unfiltered;
//	                                             for bookings with the window's filters (I: that it heeds them)
//	GET  /locations /floors /plans        D 2    also by id
//	GET  /resources /resource-types       D 2    types say what can be booked and assigned; I a type that is not listed is
//	                                             what the vendor's system type of that name is
//	GET  /companies /members              D 2    also by id
//	GET  /memberships                     D 2    also by id; C filters member, company
//	GET  /assignments                     D 2    filters resource, membership; C the bulk listing may be refused, so that
//	                                             each membership or resource is asked; I an empty one is checked so
//	GET  /assignments/{id}                I      tried; where there is no such path the listing is searched, and a record that
//	                                             is not in it is not said to be deleted
//	GET  /bookings?seriesStart&seriesEnd  C 1.4  also by id (D); I a row without its lists of guests is read again by id;
//	                                             I a series without an end may have no seriesEnd, so that no filter finds it
//	GET  /visitors                        D 2    filter _id[$in] D; I by id, tried as with assignments
//	GET  /passes                          D 2    also by id; C filters member, company
//	GET  /checkins?start[$gte]            I 1.4  joined on pass (C); without the filter where it is refused
//	hooks                                 D 3    signature; C the list of events; I field names of the object are not
//	                                             trusted, only its id
//
// # Choices
//
// Visitors are listed whole and not by the bookings that name them: they have neither times nor hooks, and only a whole
// listing shows that one is gone. It costs one read for fifty visitors.
//
// A pass counts as used on the day its check-in began. Without the check-ins no pass is read at all, since a record that
// forgets today's use would end access.
//
// Dates decide of a pass. One without validTo that the vendor calls expired ended on its endDate, or is used up where it has none.
//
// A record that does not fit (a bad id or time, no holder, no resource) is noted as Bad with its key, and what was known of
// it stands. A listing whose pages overlap, do not join or hold other numbers of rows than they say is incomplete.
//
// A count that is larger than the listing makes the collection incomplete, a smaller one nothing: records come and go while
// pages are read. Where no count is given, the end mark stands alone.
package officernd
