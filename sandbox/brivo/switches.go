package brivo

import "github.com/cardea-access/cardea/sandbox/twin"

// switches lists what vendors/brivo.md says twice or leaves open; the first value is the default. Where the default is not the
// less kind answer, the reason stands beside it.
func switches() []twin.Switch {
	return append(gatewaySwitches(), recordSwitches()...)
}

// gatewaySwitches are those of hosts, tokens and lists.
func gatewaySwitches() []twin.Switch {
	return []twin.Switch{
		{Name: "auth_api_key", Values: []string{"required", "optional"},
			About: "a token request without api-key: 403 Developer Inactive, or taken, as in 2017 (1)"},
		{Name: "token_query", Values: []string{"refuse", "accept"},
			About: "the grant's parameters in the URL with an empty body: refused, or taken, as in 2017 (1)"},
		{Name: "code_form", Values: []string{"full", "short"},
			About: "authorization_code without redirect_uri, client_id and client_secret in the form: 400 (docs), or taken (C8) (2.2)"},
		{Name: "callback", Values: []string{"post", "get"},
			About: "the browser comes back by POST with a query string (docs, here a 307), or by the ordinary 302 and GET (2.2)"},
		{Name: "old_refresh", Values: []string{"dies", "lives"},
			About: "a refresh token once used: dead, or good again; unknown (2.4)"},
		{Name: "refresh_slides", Values: []string{"no", "yes"},
			About: "the life of a refresh token: from the login, or from each refresh; unknown (2.4)"},
		{Name: "refresh_refused", Values: []string{"400", "401"}, About: "status of a dead code or refresh token; not found (2.4)"},
		{Name: "token_life", Values: []string{"application", "5"},
			About: "seconds an access token lives: the application's own (300), or 5, for tests of long reads (2.4)"},
		{Name: "token_calls", Values: []string{"counted", "free"},
			About: "token requests with an api-key count in the month's quota, or not, as no gateway was seen there in 2017 (1, 3.3)"},
		{Name: "over_qps_calls", Values: []string{"counted", "free"},
			About: "calls refused for speed count in the month's quota; unknown"},
		{Name: "quota_scope", Values: []string{"account", "key"},
			About: "the quota is the account's over all its keys, or each key's (3.3)"},
		{Name: "throttle_status", Values: []string{"403", "429"},
			About: "over qps and over rate: 403, or 429 as some tenants have it (3.3)"},
		{Name: "gateway_headers", Values: []string{"none", "full"},
			About: "X-Mashery-Error-Code, X-Error-Detail-Header and Retry-After on a refusal; generic, unproven for Brivo (3.3)"},
		{Name: "usage_headers", Values: []string{"none", "full"},
			About: "X-Packagekey-* and X-Plan-Quota-Reset; off by default there too (3.3)"},
		{Name: "page_size_over", Values: []string{"400", "clamp"}, About: "pageSize outside 1 to 100: unknown (1.1)"},
		{Name: "filter_case", Values: []string{"exact", "fold"}, About: "letter case in contains filters: unknown (1.2)"},
		{Name: "unknown_filter", Values: []string{"ignore", "400"},
			About: "a well-formed filter on a field that is not listed: everything comes, or 400; not found (1.2)"},
		{Name: "texts", Values: []string{"documented", "recorded"}, About: "messages of a 404: as documented, or as recorded (3.1)"},
		{Name: "unseen", Values: []string{"404", "403"},
			About: "a group that the administrator was not assigned, asked by id: looks like absence, or 403 (5)"},
	}
}

// recordSwitches are those of users, groups, passes and webhooks.
func recordSwitches() []twin.Switch {
	return []twin.Switch{
		{Name: "list_rows", Values: []string{"full", "thin"},
			About: "rows of GET /users: as documented today, or as in 2017 without e-mails and phones. " +
				"The documented row is the default: it is the newer of the two (4)"},
		{Name: "list_external_id", Values: []string{"shown", "hidden"},
			About: "externalId in rows of GET /users: seen in 2017 and in group rows, so shown by default (4)"},
		{Name: "undocumented_inputs", Values: []string{"ignore", "honour"},
			About: "suspended and customFields in POST, PUT and PATCH of a user: not listed as inputs (4)"},
		{Name: "duplicate_external_id", Values: []string{"400", "409"},
			About: "an externalId that another user has: unknown, 400 expected (4)"},
		{Name: "email_check", Values: []string{"400", "accept"}, About: "a malformed e-mail: unknown (12)"},
		{Name: "patch_null", Values: []string{"ignore", "clear", "400"},
			About: "null or an empty text in PATCH of a user; how to clear one field is unknown (4)"},
		{Name: "re_add", Values: []string{"400", "204"}, About: "PUT of a member that is one already: not stated (5)"},
		{Name: "remove_absent", Values: []string{"404", "204"}, About: "DELETE of a user that is no member: unknown (5)"},
		{Name: "seventeenth", Values: []string{"400", "412"}, About: "the 17th group by PUT: only the bulk call is described (12)"},
		{Name: "credential_created", Values: []string{"201", "200"}, About: "POST /credentials: recorded 201, documented 200 (6.1)"},
		{Name: "invitation_default", Values: []string{"pending", "all"},
			About: "invitations without a filter: pending only (newer docs), or all (6.2)"},
		{Name: "invitation_rows", Values: []string{"short", "full"},
			About: "rows of invitations: without credentialId, as documented, or with it, as one client expects (6.2)"},
		{Name: "reissue_expired", Values: []string{"409", "200"},
			About: "a new invitation while an expired one was not cancelled: 'cancel, then POST again, 409 otherwise', or taken (6.2)"},
		{Name: "second_pass", Values: []string{"409", "200"}, About: "an invitation for somebody who redeemed one: unknown (6.2)"},
		{Name: "pending_pass", Values: []string{"hidden", "listed"},
			About: "the credential of a pending invitation among a user's credentials; not found (6.2)"},
		{Name: "out_of_passes", Values: []string{"412", "400"},
			About: "no pass left for a plain invitation: 412 is documented for wallets (6.2)"},
		{Name: "hook_duplicates", Values: []string{"once", "twice"}, About: "each webhook delivered once or twice: unknown (7.3)"},
		{Name: "hook_drop", Values: []string{"none", "all"}, About: "webhooks lost on the way; retries are unknown (7.3)"},
		{Name: "hook_order", Values: []string{"kept", "reversed"}, About: "order of the webhooks of one change: unknown (7.3)"},
	}
}
