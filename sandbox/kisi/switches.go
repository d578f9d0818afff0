package kisi

import "github.com/cardea-access/cardea/sandbox/twin"

// switches lists what vendors/kisi.md says twice or leaves open; the first value is the default.
func switches() []twin.Switch {
	return []twin.Switch{
		{Name: "duplicate", Values: []string{"409", "422"},
			About: "an e-mail or an edge that is there already: 409 (live) or 422 (docs) (1.5)"},
		{Name: "patch_validity", Values: []string{"ignore", "accept", "refuse"},
			About: "PATCH of valid_from and valid_until: answered 204 and ignored, taken, or 422; unproven (2.3)"},
		{Name: "limit_over", Values: []string{"400", "clamp"}, About: "limit above the maximum: undocumented (1.4)"},
		{Name: "offset_over", Values: []string{"400", "empty"}, About: "offset above 20000: undocumented (1.4)"},
		{Name: "empty_range", Values: []string{"star", "digits"},
			About: "X-Collection-Range of an empty list: */0 (client) or 0-9/0 (docs) (1.4)"},
		{Name: "email_filter", Values: []string{"exact", "fold"}, About: "users?email=: by letter case or not; undocumented (2.1)"},
		{Name: "email_case", Values: []string{"lower", "keep"}, About: "e-mail stored lower-cased or as sent; undocumented (2.1)"},
		{Name: "unknown_fields", Values: []string{"refuse", "ignore"},
			About: "fields outside the documented body: 422 or ignored; undocumented (6)"},
		{Name: "headers", Values: []string{"strict", "lenient"},
			About: "calls without Accept or Content-Type JSON: 406 and 400, or taken (1.1)"},
		{Name: "retry_after", Values: []string{"none", "seconds"}, About: "Retry-After on 429: not documented (1.3)"},
		{Name: "expired", Values: []string{"kept", "removed"},
			About: "assignments past valid_until: kept in lists or gone; not found (7.3)"},
		{Name: "group_link_get", Values: []string{"404", "200"}, About: "GET /group_links/{id}: not in the docs, seen live (2.5)"},
		{Name: "signature", Values: []string{"prefixed", "bare"},
			About: "X-Signature: sha256=<hex> (docs) or bare hex (one receiver) (2.10)"},
		{Name: "empty_enabled_events", Values: []string{"none", "all"},
			About: "an integration with an empty enabled_events: not found (7.6)"},
		{Name: "hook_duplicates", Values: []string{"once", "twice"},
			About: "each webhook delivered once or twice; duplicates can occur (2.10)"},
		{Name: "hook_drop", Values: []string{"none", "all"}, About: "webhooks lost on the way, as in the incident of June 2025 (2.10)"},
		{Name: "settle", Values: []string{"0", "30", "90"},
			About: "lists show assignments as they were so many seconds ago; the sheet knows of no delay"},
		{Name: "notify_default", Values: []string{"true", "false"},
			About: "notify of an assignment made without it: not documented (7.2)"},
	}
}
