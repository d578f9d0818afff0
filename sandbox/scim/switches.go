package scim

import "github.com/cardea-access/cardea/sandbox/twin"

// switches lists what the RFCs leave open and what servers do differently; the first value is the default.
func switches() []twin.Switch {
	return append(memberSwitches(), []twin.Switch{
		{Name: "patch_answer", Values: []string{"bare", "204", "200"},
			About: "answer to PATCH: 200 without members, 204, or 200 with the whole resource (RFC 7644 3.5.2)"},
		{Name: "op_case", Values: []string{"exact", "any"}, About: "PATCH op: add only, or Add and ADD as well (3.5.2)"},
		{Name: "put_omitted", Values: []string{"clears", "keeps"},
			About: "PUT without an attribute, members too: cleared, or kept (3.5.1)"},
		{Name: "etag", Values: []string{"none", "offered"},
			About: "meta.version, ETag, If-Match and If-None-Match: not known, or honoured (3.14)"},
		{Name: "filter", Values: []string{"ignored", "501", "honoured"},
			About: "filter on lists: every row comes, 501, or those that match (3.4.2.2, optional)"},
		{Name: "sort", Values: []string{"400", "ignored"},
			About: "sortBy, which is not supported: 400, or ignored (3.4.2.3)"},
		{Name: "max_results", Values: []string{"100", "10", "1000"},
			About: "the most rows of a page, and a page without count (3.4.2.4)"},
		{Name: "count_over", Values: []string{"clamp", "400"},
			About: "count above the maximum: fewer rows, or 400 (3.4.2.4)"},
		{Name: "page", Values: []string{"shrinks", "full"},
			About: "pages of 3 and more hold a third fewer rows than asked for, though more follow, or all (3.4.2.4)"},
		{Name: "total", Values: []string{"changes", "steady", "page"},
			About: "totalResults: an estimate, one too many, until the page that reaches the end; true; or the rows of the page alone"},
		{Name: "empty_list", Values: []string{"absent", "list"},
			About: "Resources of a list without rows: absent (3.4.2: required if there are results), or []"},
		{Name: "user_name_case", Values: []string{"exact", "fold", "lower"},
			About: "userName: compared by letter case, not by it (RFC 7643 4.1.1), or stored in lower case"},
		{Name: "active", Values: []string{"string", "boolean"},
			About: `active shown and taken as "true" too, or as true only`},
		{Name: "ids", Values: []string{"number", "uuid", "word"},
			About: "ids: JSON numbers, UUIDs, or the words of the world file (RFC 7643 3.1 says text)"},
		{Name: "external_id", Values: []string{"dropped", "kept"},
			About: "externalId that a client sends: accepted and forgotten, or kept"},
		{Name: "required", Values: []string{"names", "user_name"},
			About: "a user needs userName, displayName, both names and an e-mail, or userName alone (RFC 7643 4.1)"},
		{Name: "unknown_attributes", Values: []string{"400", "ignored"},
			About: "attributes outside the schemas: invalidSyntax, or ignored"},
		{Name: "content_type", Values: []string{"scim", "json", "either"},
			About: "bodies must be application/scim+json, application/json, or may be either (RFC 7644 3.1); else 415"},
		{Name: "me", Values: []string{"501", "404", "offered"}, About: "GET /Me (3.11)"},
		{Name: "config", Values: []string{"boasts", "honest", "404"},
			About: "ServiceProviderConfig: claims filter and etag whatever the switches say, tells the truth, or is missing"},
	}...)
}

// memberSwitches are about who is in a group.
func memberSwitches() []twin.Switch {
	return []twin.Switch{
		{Name: "members", Values: []string{"asked", "listed", "users", "never"},
			About: "a group's members: with the group by its id but not in lists, in lists too, only as the users' groups, or " +
				"never (AWS)"},
		{Name: "list_attributes", Values: []string{"never", "honoured"},
			About: "members: asked, and a list with attributes=members: still without them, or with them"},
		{Name: "unasked", Values: []string{"empty", "absent"},
			About: "members where they are not shown: [] though there are some (AWS lists), or no attribute"},
		{Name: "empty_members", Values: []string{"absent", "list"}, About: "members of an empty group: no attribute, or []"},
		{Name: "user_groups", Values: []string{"absent", "shown"},
			About: "groups on users, when members is not `users` (RFC 7643 4.1.2)"},
		{Name: "remove_form", Values: []string{"filter", "value", "both"},
			About: `taking a member out: path members[value eq "x"] (RFC 7644 3.5.2.2), path members with a value (Entra ID), or both`},
		{Name: "remove_other", Values: []string{"all", "400", "ignored"},
			About: "the form of remove that remove_form does not take: EVERY member goes, 400, or nothing happens"},
		{Name: "bare_remove", Values: []string{"all", "400"},
			About: "remove with path members and no value, or an empty one: every member goes (3.5.2.2), or 400 (AWS)"},
		{Name: "replace_members", Values: []string{"replaces", "400"},
			About: "PATCH replace of members: those named are left (3.5.2.3), or 400 (AWS)"},
		{Name: "duplicate_add", Values: []string{"409", "ok", "twice"},
			About: "adding a member who is one: 409, no change (3.5.2.1), or listed twice"},
		{Name: "absent_remove", Values: []string{"404", "400", "204"},
			About: "removing one who is no member: 404 as if the group were gone, noTarget, or no change"},
		{Name: "unknown_member", Values: []string{"ignored", "400", "404"},
			About: "adding an id that is nobody: answered as done and left out, invalidValue, or 404"},
		{Name: "deleted_member", Values: []string{"stays", "goes"}, About: "a deleted user in a group: still named, or gone"},
	}
}
