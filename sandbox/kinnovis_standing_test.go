package sandbox_test

import (
	"fmt"
	"testing"
	"time"
)

func (r kinRig) status(word string) string {
	r.t.Helper()
	b := r.booking(word)
	return fmt.Sprint(b["status"], " ", b["has_access"])
}

func TestKinnovisBookingsRunByTheDatesOfTheirLocation(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	r.patch("kinnovis: {bookings: [{id: k-cleo, has_access: null, move_out_date: 2026-11-27}]}")
	for _, c := range []struct{ at, london, paris string }{
		{"2026-11-24T22:59:50Z", "ended true", "upcoming true"},
		{"2026-11-24T23:00:00Z", "ended true", "active true"}, // midnight in Paris
		{"2026-11-26T22:59:50Z", "ended true", "active true"},
		{"2026-11-26T23:00:00Z", "ended true", "ended true"}, // the move-out date itself is no longer within
	} {
		r.until(c.at)
		if l, p := r.status("k-ben"), r.status("k-cleo"); l != c.london || p != c.paris {
			t.Errorf("%s: ben %s, cleo %s", c.at, l, p)
		}
	}
	in := kinnovisUp(t, "move_out_day", "in")
	for at, status := range map[string]string{"2026-11-23T09:00:00Z": "active true", "2026-11-24T00:00:00Z": "ended true"} {
		in = kinnovisUp(t, "move_out_day", "in")
		in.until(at)
		if got := in.status("k-ben"); got != status {
			t.Errorf("in, %s: %s", at, got)
		}
	}
	effective := kinnovisUp(t, "has_access", "effective")
	effective.patch("kinnovis: {bookings: [{id: k-cleo, has_access: true}]}")
	a, b, c := effective.status("k-ana"), effective.status("k-ben"), effective.status("k-cleo")
	if a != "active true" || b != "ended false" || c != "upcoming false" {
		t.Errorf("ana %s, ben %s, cleo %s", a, b, c)
	}
	effective.until("2026-11-25T00:00:00Z")
	if c := effective.status("k-cleo"); c != "active true" {
		t.Errorf("cleo %s", c)
	}
}

func TestKinnovisEndedBookingsMayBeGone(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t, "ended_bookings", "gone", "order", "oldest")
	if got := r.values("bookings", "status"); got != "active, upcoming" {
		t.Error(got)
	}
	want(t, r.get("bookings/"+r.id("bookings", "k-ben")), 404)
	r.patch("kinnovis: {bookings: [{id: k-ana, cancelled_at: 2026-11-23T09:30:00Z}]}")
	r.until("2026-11-23T09:40:00Z")
	if got := r.values("bookings", "status"); got != "upcoming" {
		t.Error(got)
	}
}

func TestKinnovisCancelsAtOnce(t *testing.T) {
	t.Parallel()
	for way, out := range map[string]string{"undated": "2026-12-31", "dated": "2026-11-24"} {
		r := kinnovisUp(t, "cancel", way)
		r.patch("kinnovis: {bookings: [{id: k-cleo, has_access: true, move_in_date: 2026-11-01, move_out_date: 2026-12-31, cancelled_at: 2026-11-23T23:30:00Z}]}")
		r.until("2026-11-23T23:29:50Z")
		if got := r.status("k-cleo"); got != "active true" {
			t.Errorf("%s, before: %s", way, got)
		}
		r.until("2026-11-23T23:30:00Z")
		b := r.booking("k-cleo")
		if b["status"] != "cancelled" || b["move_out_date"] != out { // half past midnight of the 24th in Paris
			t.Errorf("%s: %v", way, b)
		}
	}
}

func TestKinnovisUnitsAreTakenAndChecked(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t, "order", "oldest")
	r.patch("kinnovis: {bookings: [{id: k-cleo, move_out_date: 2026-11-26}]}")
	for _, c := range [][2]string{
		{"2026-11-23T09:00:30Z", "occupied, occupied, to_check, maintenance, reserved"},
		{"2026-11-24T23:00:00Z", "occupied, occupied, to_check, maintenance, occupied"},
		{"2026-11-25T00:00:00Z", "occupied, occupied, vacant, maintenance, occupied"},
		{"2026-11-25T23:00:00Z", "occupied, occupied, vacant, maintenance, vacant"}, // Paris checks nothing
	} {
		r.until(c[0])
		if got := r.values("units", "status"); got != c[1] {
			t.Errorf("%s: %s", c[0], got)
		}
	}
}

func TestKinnovisChangesTheUnitOnItsDate(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"hidden", "shown"} {
		r := kinnovisUp(t, "unit_switch", way)
		r.patch("kinnovis: {bookings: [{id: k-ana, switch_date: 2026-11-25, switch_unit_ids: [a3]}]}")
		a1, a2, a3 := r.id("units", "a1"), r.id("units", "a2"), r.id("units", "a3")
		r.until("2026-11-24T23:59:50Z")
		b := r.booking("k-ana")
		if fmt.Sprint(b["unit_ids"]) != fmt.Sprint([]string{a1, a2}) {
			t.Errorf("%s, before: %v", way, b)
		}
		if way == "shown" && (b["switch_date"] != "2026-11-25" || fmt.Sprint(b["switch_unit_ids"]) != "["+a3+"]") {
			t.Errorf("ahead: %v", b)
		}
		if _, told := b["switch_date"]; told != (way == "shown") {
			t.Errorf("%s tells %v", way, b)
		}
		r.sent()
		r.until("2026-11-25T00:00:00Z")
		if b = r.booking("k-ana"); fmt.Sprint(b["unit_ids"]) != "["+a3+"]" {
			t.Errorf("%s, then: %v", way, b)
		}
		if got := r.told("all"); got != "unit.updated unit.updated unit.updated booking.updated" {
			t.Errorf("told %q", got)
		}
	}
}

// Due on the 20th, three days of grace: locked at 01:00 of the 24th, back on payment.
func TestKinnovisAutoLocksWhoDoesNotPay(t *testing.T) {
	t.Parallel()
	r := kinnovisUp(t)
	for _, c := range [][2]string{{"2026-11-24T00:59:50Z", "active true"}, {"2026-11-24T01:00:00Z", "active false"}} {
		r.until(c[0])
		if got := r.status("k-ana"); got != c[1] {
			t.Errorf("%s: %s", c[0], got)
		}
	}
	if got := r.told("some"); got != "access.revoked" {
		t.Errorf("told %q", got)
	}
	r.patch("kinnovis: {invoices: [{id: i-ana, paid_at: 2026-11-24T12:00:00Z}]}") // a payment to come
	if got := r.status("k-ana"); got != "active false" {
		t.Errorf("before the payment: %s", got)
	}
	r.until("2026-11-24T12:00:00Z")
	if got := r.status("k-ana"); got != "active true" {
		t.Errorf("after the payment: %s", got)
	}
	if got := r.told("some"); got != "access.restored" {
		t.Errorf("told %q", got)
	}
	r.patch("kinnovis: {invoices: [{id: i-ana, paid_at: null}], bookings: [{id: k-ana, has_access: false}]}")
	r.patch("kinnovis: {invoices: [{id: i-ana, paid_at: 2026-11-24T12:00:00Z}]}")
	if got := r.status("k-ana"); got != "active false" {
		t.Errorf("a lock by staff went with the payment: %s", got)
	}
	for name, patch := range map[string]string{
		"void":  "{invoices: [{id: i-ana, void: true}]}",
		"off":   "{locations: [{id: london, auto_lock: false}]}",
		"grace": "{locations: [{id: london, auto_lock_grace_days: 30}]}",
		"other": "{invoices: [{id: i-ana, booking_id: null}]}", // of no rental: it does not count
		"paris": "{invoices: [{id: i-ana, booking_id: k-cleo}]}",
	} {
		s := kinnovisUp(t)
		s.patch("kinnovis: " + patch)
		s.until("2026-11-25T02:00:00Z")
		if got := s.status("k-ana"); got != "active true" {
			t.Errorf("%s: %s", name, got)
		}
	}
	summer := kinnovisUp(t)
	summer.patch("kinnovis: {invoices: [{id: i-ana, due_date: 2026-06-01}]}")
	summer.wait(time.Second)
	if got := summer.status("k-ana"); got != "active false" {
		t.Errorf("long past: %s", got)
	}
}
