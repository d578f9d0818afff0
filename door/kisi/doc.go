// Package kisi is the connector to Kisi, written from vendors/kisi.md alone.
//
// A group of Kisi is our group, a user our account, and a group_basic role assignment of a user our edge, with its native
// validity as the window. Members of a group that are teams or guests, and other roles, are foreign edges; group links are
// no edges at all. Nothing here deletes or changes a user.
//
// What each route rests on: D documented, C seen in use, I assumed by us (the tags of vendors/kisi.md).
//
//	GET /organization            D 2.6  id and name pin the tenant
//	GET /user                    D 2.1  the user behind the key; never touched
//	GET /users                   D 1.4, 2.1  limit 100 by offset up to 20000; X-Collection-Range, its end not clamped (D), and
//	                             "*/N" for no rows (C); email filter D, whether it is exact I: every answer is compared again;
//	                             query is fuzzy and returns other people (D/C)
//	GET /users/{id}              D 2.1  404 = there is no such user
//	POST /users                  D 2.1  200 with the object; e-mail taken = 409 (C 1.5) or 422 (D); send_emails left out means
//	                             that Kisi mails (D 3); metadata holds our id under "cardea_person" (D: flat, values to 500)
//	GET /groups, /groups/{id}    D 2.2  limit 250
//	GET /role_assignments        D 2.3  limit 250; applies_to_*, assignee_* and role_id filter D; an unknown user or group gives an
//	                             empty list (D for users, I for groups)
//	GET /role_assignments/{id}   D 2.3  before a right is taken away by its id, which it keeps when its role is changed
//	POST /role_assignments       D 2.3  applies_to/assignee form, 200; the older user_id/group_id form is not sent; the same
//	                             user in the same group = 409 (C 1.5); valid_from and valid_until on create D, never verified
//	                             live (C): the echo is compared
//	DELETE /role_assignments/ID  D 2.3  204 without a body; 404 counts as done (C 1.6)
//	GET /team_memberships        D 2.5b only when a team holds an administrative role; field names of the rows I
//	GET /locks, /group_links     D 2.6, 2.5  limit 250; only Examine asks
//
// PATCH /role_assignments is not used: its documented body is broken (2.3), so that a window changes by delete and create.
// Which role ids are administrative is not documented: whoever holds any role on the organisation or a place, or is a
// group_manager, is staff (I, the careful side); an edge with any role but group_basic is foreign. That Kisi keeps expired
// assignments is assumed (I 7.3); one that it removed by itself is simply not there any more. Limits: 5 calls a second for
// each user, without Retry-After (D 1.3).
package kisi
