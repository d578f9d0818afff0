// Package saltoks is the connector to Salto KS, written from vendors/saltoks.md alone.
//
// A site of Salto KS is our door organisation, an access group our group, a site user our account, and a membership our edge; it
// has no dates, so that edges are put and taken away when their time comes. Groups, locks and time schedules are made by an
// administrator at Salto and only read. Nothing here deletes, suspends, subscribes or blocks a site user, and tags, PINs and keys
// are never touched.
//
// A person has two ids (vendors/saltoks.md 0.1): the platform id (user.id), which is our account id, because memberships speak of
// it; and the site user's own id, with which alone a site user is read. The second is remembered beside the first.
//
// What each route rests on: D documented, M measured by a third party, C seen in clients, I assumed by us (the marks of
// vendors/saltoks.md).
//
//	GET  {identity}/connect/authorize        D 1.3  code + PKCE S256; C for the parameters
//	POST {identity}/connect/token            D, M 1.3  form; authorization_code, refresh_token (a new one comes with each, C) and
//	                                         password; client id and secret as HTTP Basic, a public client sends its id alone;
//	                                         3600 s (M)
//	GET  /v1.2/sites, /v1.2/sites/{s}        M 2.1  {s} is the id, never the site_uid (M 0.2); seats bought and used; the owner
//	GET  /v1.2/me                            M 2.1  who we are, by platform id
//	GET  /v1.2/sites/{s}/roles               M 2.2  looked up by code: site_user
//	GET  /v1.2/sites/{s}/users               M 2.3  list; $filter=user/email eq '..' (C)
//	GET  /v1.2/sites/{s}/users/{su}          M 2.3
//	POST /v1.2/sites/{s}/users               C 2.3  names, alias, email, role_ids; e-mail = Salto invites (D); 2xx (I); on a site
//	                                         without a seat it succeeds and says subscription_state suspended (M for guests)
//	GET  .../access_groups                   C 2.4  list; GET .../{g} is I, so that single groups are read from the list
//	GET  .../access_groups/{g}/users         M 2.5  list of people by platform id
//	PATCH .../access_groups/{g}/users        D 2.5  {add_ids, remove_ids}: all of one group in one call; any 2xx (I)
//	GET  .../access_groups/{g}/locks         M 2.6  only Examine asks
//	GET  /v1.1/.../{g}/time_schedules        C 2.6  on v1.1; Examine and explain ask
//	GET  /v1.1/sites/{s}/entries             M 2.9  on v1.1 (405 on v1.2); continuation token in a header; Salto KS sends no
//	                                         webhooks (M), so that this log is polled
//
// Lists are {items, next_page_link, count} or bare arrays (M 1.7): both are read. A count comes when it is asked for.
package saltoks
