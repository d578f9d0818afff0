// Package brivo is the connector to Brivo Access, written from vendors/brivo.md alone.
//
// A group of Brivo is our access group, a user our account, and a membership our edge; it has no dates, so that edges are put
// and taken away when their time comes. Nothing here deletes, suspends or reinstates a user, and cards, PINs and passes that we
// did not issue are never changed.
//
// What each route rests on: D documented, R recorded in 2017, C seen in clients, I assumed by us (the marks of vendors/brivo.md).
//
//	POST {auth}/oauth/token                  D 2.2-2.4  form; password, authorization_code, refresh_token; Basic header, and api-key
//	                                         beside it; 300 s (D), 60 and 59 in older texts: what the answer says counts
//	GET  {auth}/oauth/authorize              D 2.2  response_type, client_id, state; that they stand in the query is I
//	GET  /administrators/whoami              D 8  who we are: proves key, token and identity
//	GET  /accounts                           D 8  the account behind the administrator; that the list of a plain administrator holds
//	                                         exactly one is I
//	GET  /administrators                     D 8  page of 100; who administers is staff by e-mail address (I: users and
//	                                         administrators are two lists, and nothing but the address joins them)
//	GET  /users                              D 4, R  page of 100 by offset, {data,offset,pageSize,count}; rows may be shorter than a
//	                                         single GET (D 1, R): those are read by id. There is no filter for e-mail or externalId
//	GET  /users/{id}                         D 4
//	GET  /users/{externalId}/external        D 4  404 = nobody has it
//	POST /users                              D 4, R  200; not idempotent: looked up by externalId before and after
//	PATCH /users/{id}                        D 4  omitted fields stay; arrays are replaced whole (I), so that they are sent whole
//	GET  /groups, /groups/{id}               D 5  page of 100
//	GET  /groups/{id}/users                  D 5  page of 100
//	GET  /users/{id}/groups                  D 4  {data,count} without pages; groups that the administrator may not see are left out;
//	                                         asked before an addition that could be one too many, and to read entries back
//	PUT  /groups/{id}/users/{userId}         D 5  204; again counts as done (I)
//	DELETE /groups/{id}/users/{userId}       D 5  204; 404 counts as done (U in the sheet)
//	POST /users/{id}/groups                  D 4  {addGroups,removeGroups}: all of one user's in one call; skips what is so already, and
//	                                         does nothing at all where more than 16 would come of it
//	GET  /groups/{id}/access/access-points   D 5  doors and schedules of a group; only Examine asks
//	GET  /schedules/{id}, /sites             D 5  only Examine asks; which schedule is the built-in 24x7 one is told by its name (I)
//	POST, GET, DELETE .../digital-invitations D 6.2  Mobile Pass; 409 = one is pending; status filter on the list
//	GET  /credentials/digital/allotment      D 6.2  only Examine asks
//	GET, DELETE /users/{id}/credentials      D 4  a redeemed pass of ours goes with passes_after: remove
//	GET, POST, DELETE /event-subscriptions   D 7.2  one subscription for audit events; one criterion AUDIT = 1
//
// The gateway in front answers in HTML: 403 Developer Inactive is a bad api-key (D), 403 Over Qps and Over Rate are its limits
// (T, its headers too), 596 is a wrong path or verb (D). Texts of errors are never compared: the sheet has two for most.
package brivo
