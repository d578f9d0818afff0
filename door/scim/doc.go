// Package scim is the connector to any SCIM 2.0 service provider, written from RFC 7643 and RFC 7644 alone.
//
// A Group of SCIM is our group, a User our account, and a value of a group's "members" that is a user our edge. Nested groups,
// other resources and members of another server are foreign edges. A membership has no validity, so that there are no
// windows. Nothing here deletes or changes a user, or makes, renames or deletes a group.
//
// What each route rests on: R the RFC says so, H servers differ and this is how we cope, I assumed by us.
//
//	GET /ServiceProviderConfig   R 7644 4, 7643 5: patch, filter with maxResults, etag. 404, 405 or 501 (H): neither filters nor
//	                             versions, PATCH is tried. It names no tenant: host and path of base_url do (I)
//	GET /Me                      R 7644 3.11, optional: the user, a redirect to it, or nothing; refused here means not offered (H)
//	GET /Users, /Groups          R 7644 3.4.2: startIndex from 1, count, totalResults. startIndex and itemsPerPage of answers
//	                             are not looked at (H). Rows twice, another total, more rows than counted: incomplete (H)
//	GET /Users?filter=A eq "v"   R 7644 3.4.2.2: externalId, userName, emails.value; the value as JSON; every row is compared
//	                             again, and a filter that is refused or not heeded is given up for a list of everybody (H)
//	GET /Users/{id}              R 7644 3.4.1; 404 = there is no such user
//	GET /Groups?excludedAttributes=members    R 7644 3.9; refused (H): without it
//	GET /Groups/{id}?attributes=members       R 7644 3.9; refused, or without the members (H): without it. The ETag is taken along
//	POST /Users                  R 7644 3.3; 409 or scimType uniqueness = the userName is taken
//	PATCH /Groups/{id}           R 7644 3.5.2: add of path "members"; remove of path members[value eq "id"], or (H, Entra's form)
//	                             of path "members" with a value. Never a remove of path "members" alone, which empties the group.
//	                             200 and 204. If-Match where etag is supported (R 7644 3.14); 412 = read again, three times
//	PUT /Groups/{id}             R 7644 3.5.1: only where there is no PATCH and there are ETags
//
// Members (R 7643 2.5, 7; H): an attribute that is left out may be unassigned or not returned, and unknown is not empty. A list
// is believed where it shows members, never where it shows none. A group that shows none by its id either is empty once
// the server has shown members of any group by its id (I). Where it never has, the users' "groups" (R 7643 4.1.2) are
// turned around, direct ones only; where there are none of those, an explicit empty list is empty, and anything else is
// unknown, which fails the collection. Some servers answer an empty list for every group: the first member that is put into
// a group on a server that has not shown any is therefore looked for before another follows.
//
// Pages (H): a server may count the page in totalResults and send fewer rows than asked. Until it was seen to count more than
// one page, a list that seems to be over is looked behind once.
//
// Removals (H): servers are known that take the filter form only, that take the value form only, that answer well and do
// nothing, that empty the group on the value form, and that take out the wrong ones when several go in one request. The first
// removal goes alone, is read back, and whoever went without being asked for is put back; so is the first of several, and
// one whose answer was lost. Until then nobody is taken out of a group whose members cannot be seen. What was learnt holds
// as long as the System does.
package scim
