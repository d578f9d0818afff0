package saltoks

import "testing"

// FuzzFilter: whatever a $filter says, it is refused or can be asked of any record.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		"user/email eq 'a@b.c'", "contains(alias,'O''Ek') and not (blocked or use_pin eq false)", "substringof('a',alias)",
		"expires_at ge 2026-11-23T00:00:00Z", "id eq guid'11111111-1111-1111-1111-111111111111'", "alias ne null", "'", "((", "not not",
	} {
		f.Add(s, true)
	}
	records := []row{
		{}, {"alias": "a", "blocked": true, "user": row{"email": "a@b.c"}, "expires_at": "2026-11-23T09:00:00.000Z"},
		{"user": nil, "alias": 1.0},
	}
	f.Fuzz(func(t *testing.T, s string, old bool) {
		keep, err := parseFilter(s, userFields(), old, !old)
		if (keep == nil) == (err == nil) {
			t.Fatalf("a condition: %v, an error: %v", keep != nil, err)
		}
		for _, r := range records {
			if err == nil && keep(r) != keep(r) {
				t.Fatal("the same record, another answer")
			}
		}
	})
}
