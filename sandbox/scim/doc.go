// Package scim fakes a SCIM 2.0 server for tests, out of RFC 7643 and RFC 7644: strict where they say MUST, and where they leave
// a choice, or where servers in the field are known to differ, a switch (switches.go) whose default is the answer least kind to a
// client. The base URL is http://host/scim/v2; faults and the log see paths that begin with /v2.
//
// Routes. Known: R = the RFCs say so (P is RFC 7644, the protocol; S is RFC 7643, the schema), H = a documented habit of servers.
// Assumed: I.
//
//	GET    /v2/ServiceProviderConfig    R P4, S5; 403 with a filter P4. H claims more than is done (switch config). I needs a token
//	GET    /v2/ResourceTypes[/{id}]     R P4, S6. I needs a token
//	GET    /v2/Schemas[/{urn}]          R P4, S7. I needs a token
//	GET    /v2/Me                       R P3.11: 501 when not offered, else the token's user. I GET only
//	GET    /v2/Users, /v2/Groups        R P3.4.2 filter, paging from 1, count=0, fewer than count, totals; P3.9 attributes,
//	                                    excludedAttributes. I an unknown attribute in a filter is 400 invalidFilter; `ne` is the
//	                                    opposite of `eq`; rows come in the order they were made; attributes together with
//	                                    excludedAttributes is 400; a filter on members sees those that lists do not show
//	GET    /v2/Users/{id}, /Groups/{id} R P3.4.1; P3.14 ETag, 304
//	POST   /v2/Users, /v2/Groups        R P3.3: 201, Location, readOnly ignored; 409 uniqueness. I unknown schema 400 invalidValue;
//	                                    two groups may have one displayName
//	PUT    /v2/Users/{id}, /Groups/{id} R P3.5.1: 200 with the whole; what the body leaves out may be cleared (switch put_omitted)
//	PATCH  /v2/Users/{id}, /Groups/{id} R P3.5.2: all operations or none, 200 or 204, 200 when attributes are asked for; remove
//	                                    without a path is noTarget; a bare remove of members removes them all; H members in the
//	                                    value of a remove, what a server that expects the other form does (switches remove_form,
//	                                    remove_other). I add and replace on members[...] are invalidPath
//	DELETE /v2/Users/{id}, /Groups/{id} R P3.6: 204, then 404
//
// Left out and answered 501: /Bulk, /.search, queries on the base, PATCH and the like on /Me, sorting.
//
// Transport. R: Bearer or Basic, 401 with WWW-Authenticate (P2); application/scim+json (P3.1, P8.1); errors P3.12 with the status
// as a text; ETags are weak and a version of the record (P3.14). I: 5 requests a second for each token, 429 with Retry-After;
// 403 for a write with a token that is no admin's; 415 and 406; a body is at most 1 MiB (413).
//
// Nested groups are members of type Group (S4.2), and whoever is in one may pass; a world file writes them `group:NAME`.
//
// Habits come from what maintainers and vendors wrote: AWS IAM Identity Center never lists members and refuses to remove or
// replace all of them; Entra ID removes members by `value` and writes "Add", "Remove"; several servers took the `value` form
// for a bare remove and emptied the group; some 409 on a member added twice; some list it twice.
package scim
