package officernd

import "github.com/cardea-access/cardea/sandbox/twin"

// switches lists what vendors/officernd.md says twice or leaves open; the first value is the default.
func switches() []twin.Switch {
	return []twin.Switch{
		{Name: "limit_over", Values: []string{"400", "clamp"}, About: "$limit above 50: refused (staging) or capped (docs) (1.3)"},
		{Name: "memberships_modified", Values: []string{"400", "accept"},
			About: "memberships filtered by createdAt or modifiedAt, or sorted: refused (staging) or taken (one client) (1.4)"},
		{Name: "memberships_status_plan", Values: []string{"400", "accept"},
			About: "memberships filtered by status or plan: claimed by a clone's docs only (1.4)"},
		{Name: "assignments_bulk", Values: []string{"refuse", "list"},
			About: "assignments listed without resource or membership: one client says it cannot be done (1.4)"},
		{Name: "assignment_by_id", Values: []string{"refuse", "answer"},
			About: "GET /assignments/{id}: the list is all that is documented (2)"},
		{Name: "visitor_by_id", Values: []string{"refuse", "answer"},
			About: "GET /visitors/{id}: the list with its filter _id[$in] is all that is documented (2)"},
		{Name: "empty_cursor", Values: []string{"absent", "null"},
			About: "no further page: cursor absent (staging) or null (docs example) (1.3)"},
		{Name: "retry_after", Values: []string{"none", "seconds"}, About: "Retry-After on 429, the token endpoint's too (1.5)"},
		{Name: "reset", Values: []string{"seconds", "epoch"}, About: "meaning of x-ratelimit-reset-*: not found (6.1)"},
		{Name: "membership_end", Values: []string{"utc", "zone"},
			About: "where the last day of a membership ends for calculatedStatus: UTC or the location's zone; not found (6.6)"},
		{Name: "hook_shape", Values: []string{"v1", "v2"},
			About: "field names of data.object in webhooks: not documented, examples look v1 (3)"},
		{Name: "hook_duplicates", Values: []string{"once", "twice"},
			About: "each webhook delivered once or twice; duplicates are possible (3)"},
		{Name: "cancel_event", Values: []string{"none", "updated"},
			About: "whether cancelling a booking fires booking.updated: not found (6.9)"},
		{Name: "checkin_consumes", Values: []string{"yes", "no"},
			About: "a check-out uses up a day pass: only with the member's Use Day Passes flag, which the API does not show (2)"},
		{Name: "open_series_end", Values: []string{"absent", "far"},
			About: "seriesEnd of a recurrence without an end, which filters by it then miss: not found (2)"},
	}
}
