package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea/sandbox"
)

// Whatever staff and time do, whoever hears every event knows which bookings run and which are locked, without asking; and a
// booking that runs is never told to start again.
func TestKinnovisEventsAddUpToItsRecords(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Parse("halls.yaml", []byte(halls))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := kinRig{rigUp(t, w, map[string]string{
			"kinnovis.move_out_day": rapid.SampledFrom([]string{"out", "in"}).Draw(rt, "last day"),
			"kinnovis.hook_events":  rapid.SampledFrom([]string{"listed", "all"}).Draw(rt, "events"),
		})}
		running, locked := map[string]bool{}, map[string]bool{}
		now := func() (run, lock map[string]bool) {
			run, lock = map[string]bool{}, map[string]bool{}
			for _, b := range r.page("bookings?limit=100").Bookings {
				run[fmt.Sprint(b["id"])], lock[fmt.Sprint(b["id"])] = b["status"] == "active", b["has_access"] == false
			}
			return run, lock
		}
		running, locked = now()
		hear := func() {
			for _, h := range r.sent() {
				if h.url != "https://c.test/all" {
					continue
				}
				e := into[kinEvent](t, reply{body: string(h.body)}).Event
				id := fmt.Sprint(e.Data["booking_id"])
				switch e.Type {
				case "booking.started", "booking.ended":
					if running[id] == (e.Type == "booking.started") {
						rt.Fatalf("%s of %s, twice", e.Type, id)
					}
					running[id] = !running[id]
				case "access.revoked", "access.restored":
					if locked[id] == (e.Type == "access.revoked") {
						rt.Fatalf("%s of %s, twice", e.Type, id)
					}
					locked[id] = !locked[id]
				}
			}
		}
		day := rapid.Custom(func(t *rapid.T) string {
			return monday().AddDate(0, 0, rapid.IntRange(-5, 10).Draw(t, "day")).Format(time.DateOnly)
		})
		made := 3
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			word := rapid.SampledFrom([]string{"k-ana", "k-ben", "k-cleo"}).Draw(rt, "booking")
			patch := ""
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0:
				patch = fmt.Sprintf("{bookings: [{id: %s, move_in_date: 2026-09-01, move_out_date: %s}]}", word, day.Draw(rt, "out"))
			case 1:
				patch = fmt.Sprintf("{bookings: [{id: %s, move_in_date: %s, move_out_date: null}]}", word, day.Draw(rt, "in"))
			case 2:
				patch = fmt.Sprintf("{bookings: [{id: %s, has_access: %t}]}", word, rapid.Bool().Draw(rt, "open"))
			case 3:
				patch = fmt.Sprintf("{bookings: [{id: %s, cancelled_at: %sT10:00:00Z}]}", word, day.Draw(rt, "cancelled"))
			case 4:
				patch = fmt.Sprintf("{invoices: [{id: i-ana, booking_id: %s, due_date: %s, paid_at: %sT12:00:00Z}]}", word,
					day.Draw(rt, "due"), day.Draw(rt, "paid"))
			case 5:
				made++
				patch = fmt.Sprintf("{bookings: [{id: b-%d, customer_id: ben, unit_ids: [a3], move_in_date: %s}]}", made, day.Draw(rt, "in"))
			default:
				r.wait(time.Duration(rapid.IntRange(1, 80).Draw(rt, "hours")) * time.Hour)
			}
			if patch != "" {
				r.patch("kinnovis: " + patch)
			}
			hear()
			run, lock := now()
			hear() // what the time of asking brought
			for id := range run {
				if run[id] != running[id] || lock[id] != locked[id] {
					rt.Fatalf("%s: runs %t, told %t; locked %t, told %t", id, run[id], running[id], lock[id], locked[id])
				}
			}
		}
	})
}
