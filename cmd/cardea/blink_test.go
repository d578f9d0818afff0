package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// hotdesks are twelve memberships of tiny that run at nine on Monday.
var hotdesks = []string{
	"ms-ana", "ms-cal", "ms-finn", "ms-uma-1", "ms-joe", "ms-nora", "ms-rita", "ms-dora", "ms-ines", "ms-initech", "ms-gus", "ms-hana",
}

func statusOf(ids []string, status string) string {
	var b strings.Builder
	b.WriteString("officernd:\n  memberships:\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "    - {_id: %s, status: %s}\n", id, status)
	}
	return b.String()
}

// TestAStatusThatBlinksForOneReadRemovesNobody lets most memberships say "not approved" for the time of one read: they are
// looked at again a minute later, and only what still says so is acted on.
func TestAStatusThatBlinksForOneReadRemovesNobody(t *testing.T) {
	t.Parallel()
	for _, stays := range []bool{false, true} {
		t.Run(fmt.Sprintf("stays=%v", stays), func(t *testing.T) {
			t.Parallel()
			bubble(t, "2026-11-23T08:25:00Z", func(t *testing.T) {
				r := tiny(t, onSQLite)
				defer r.shut()
				stop := r.serving()
				defer stop()
				at(t, "2026-11-23T09:05:00Z")
				r.wantInside("before", atNine)
				n := r.writes()
				r.patch(statusOf(hotdesks, "not_approved"))
				held := func() bool {
					o, err := r.app.desk.Overview(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					return o.Held > 0
				}
				for range 20 {
					if time.Sleep(time.Minute); held() {
						break
					}
				}
				if s := r.sent(n); len(s) > 0 || !held() {
					t.Fatalf("at %s one read took away %v (held %v)", time.Now().UTC().Format(time.TimeOnly), s, held())
				}
				if !stays {
					r.patch(statusOf(hotdesks, "approved"))
				}
				time.Sleep(90 * time.Second)
				if removed := len(r.sent(n)) > 0; removed != stays {
					t.Errorf("after the second read: %v", r.sent(n))
				}
			})
		})
	}
}

// TestAReadThatEndsAfterARunBeganIsActedOnAtOnce lets the door be kept while the space side is still being read: what that
// read brings must not wait for the next one.
func TestAReadThatEndsAfterARunBeganIsActedOnAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-11-23T08:25:00Z", func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		stop := r.serving()
		defer stop()
		at(t, "2026-11-23T09:05:00Z")
		r.patch(statusOf(hotdesks[:9], "not_approved")) // each is read by id before it counts, which takes a while
		at(t, "2026-11-23T09:12:00Z")
		r.wantInside("two minutes after the read", with(atNine, map[string][]string{
			"General access": {"abe", "cleo", "dora", "olga", "walt", "yann"}, "Night": {"dora"},
		}))
	})
}
