package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

const minimal = "anchor: 2026-11-23\nofficernd:\n  org: acme\n"

func TestWorldRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, says string }{
		"top key":       {"anchor: 2026-11-23\nvendors: {}", "w.yaml:2: there is no \"vendors\""},
		"collection":    {minimal + "  people: []", "w.yaml:4: officernd has no \"people\""},
		"field":         {minimal + "  members:\n    - {_id: a, nmae: A}", `w.yaml:5: there is no field "nmae"`},
		"nearest":       {minimal + "  members:\n    - {_id: a, starDate: 2026-01-01}", `the nearest is "startDate"`},
		"nested field":  {minimal + "  bookings:\n    - recurrence: {rule: x}", `no field "rule"`},
		"bad date":      {minimal + "  members:\n    - {_id: a, startDate: soon}", "w.yaml:5: startDate: \"soon\" is not a date"},
		"bad bool":      {minimal + "  locations:\n    - {_id: a, isOpen: perhaps}", "isOpen must be true or false"},
		"no anchor":     {"name: x", "anchor is missing"},
		"not a Monday":  {"anchor: 2026-11-24", "must be a Monday"},
		"twice":         {"anchor: 2026-11-23\nanchor: 2026-11-23", "twice"},
		"speed":         {"anchor: 2026-11-23\nspeed: 0", "speed"},
		"not a mapping": {"- a", "a mapping is expected"},
		"client":        {minimal + "  clients: [{id: a}]", "needs id and secret"},
		"key":           {"anchor: 2026-11-23\nkisi: {keys: [{secret: a}]}", "a key has secret and user"},
		"kisi table":    {"anchor: 2026-11-23\nkisi: {doors: []}", "kisi has no \"doors\""},
		"itself":        {"anchor: 2026-11-23\ntemplates: 1\nofficernd: &a\n  members:\n    - properties: *a", "unfolds to too much"},
	} {
		_, err := sandbox.Parse("w.yaml", []byte(c.yaml))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestWorldRefusesReferencesToNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, says string }{
		"member":     {minimal + "  memberships:\n    - {_id: a, member: nobody}", `line 5: officernd.memberships: member names "nobody"`},
		"switch":     {minimal + "  switches: {limit_over: maybe}", "limit_over knows 400, clamp"},
		"no org":     {"anchor: 2026-11-23\nofficernd: {}", "needs org"},
		"kisi group": {"anchor: 2026-11-23\nkisi: {role_assignments: [{user_id: a, group_id: b}]}", "kisi.role_assignments"},
		"kisi key":   {"anchor: 2026-11-23\nkisi: {keys: [{secret: a, user: b}]}", `there is no "b" in users`},
		"duplicate":  {"anchor: 2026-11-23\nkisi: {users: [{id: 1, email: a@x.test}, {id: 2, email: A@x.test}]}", "is user 1 already"},
	} {
		w, err := sandbox.Parse("w.yaml", []byte(c.yaml))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := sandbox.New(w, sandbox.Options{Now: monday}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	// an ObjectId may dangle: that happens at the vendor
	r := small(t, minimal+"  memberships:\n    - {_id: a, member: ffffffffffffffffffffffff}", nil)
	_ = r
}

func TestShiftMovesWholeWeeks(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Load(tinyPath)
	if err != nil {
		t.Fatal(err)
	}
	// A Thursday thirty weeks later, in summer time.
	now := time.Date(2027, 6, 24, 9, 0, 0, 0, time.UTC)
	r := &rig{t: t, clock: now}
	if r.Server, err = sandbox.New(w, sandbox.Options{Now: r.now, Shift: true, Hook: r.receive}); err != nil {
		t.Fatal(err)
	}
	r.client = clientOf(r.Server)
	if got := r.one("memberships", "ms-cal")["endDate"]; got != "2027-06-21T00:00:00.000Z" {
		t.Errorf("a date moved to %v", got)
	}
	b := r.one("bookings", "bk-standup")
	// half past nine in London is half past eight in UTC now
	if b["start"] != "2027-06-21T08:30:00.000Z" || b["seriesEnd"] != "2027-06-25T09:00:00.000Z" {
		t.Errorf("the stand-up moved to %v, last %v", b["start"], b["seriesEnd"])
	}
	rec, _ := b["recurrence"].(map[string]any)
	if rec["rrule"] != "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270625T235959Z" {
		t.Errorf("rrule %v", rec["rrule"])
	}
	if ex, _ := rec["exdates"].([]any); len(ex) != 1 || ex[0] != "2027-06-23T08:30:00.000Z" {
		t.Errorf("exdates %v", rec["exdates"])
	}
	if got := r.one("passes", "ps-zoe")["validTo"]; got != "2027-06-13T00:00:00.000Z" {
		t.Errorf("validTo %v", got)
	}
	// a patch that names the anchor moves along, one that does not is literal
	r.patch("{anchor: 2026-11-23, officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-27}]}}")
	r.patch("officernd: {memberships: [{_id: ms-joe, endDate: 2026-11-27}]}")
	a, j := r.one("memberships", "ms-ana")["endDate"], r.one("memberships", "ms-joe")["endDate"]
	if a != "2027-06-25T00:00:00.000Z" || j != "2026-11-27T00:00:00.000Z" {
		t.Errorf("patched ends %v and %v", a, j)
	}
	// the world can be used again, unmoved
	again := rigUp(t, w, nil)
	if got := again.one("memberships", "ms-cal")["endDate"]; got != "2026-11-23T00:00:00.000Z" {
		t.Errorf("the world was changed: %v", got)
	}
}

func TestPatchMergesAndIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := tiny(t, nil)
	before := r.one("members", "ana")
	r.patch(`{"officernd": {"members": [{"_id": "ana", "phone": null, "company": "globex"}]}}`) // JSON is YAML
	after := r.one("members", "ana")
	if after["name"] != before["name"] || after["phone"] != nil || after["company"] != sandbox.ID("globex") ||
		after["modifiedAt"] == before["modifiedAt"] || after["createdAt"] != before["createdAt"] {
		t.Errorf("merged to %v", after)
	}
	for name, patch := range map[string]string{
		"unknown record": "officernd: {members: [{_id: ana, name: Changed}, {_id: ghost, delete: true}]}",
		"dangling":       "officernd: {members: [{_id: ana, name: Changed, company: ghost}]}",
		"kisi":           "kisi: {users: [{id: 5, name: Changed}, {id: 99, delete: true}]}",
		"speed":          "speed: 3",
		"other anchor":   "{anchor: 2026-11-30, officernd: {members: [{_id: ana, name: Changed}]}}",
	} {
		if err := r.Patch([]byte(patch)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if got := r.one("members", "ana")["name"]; got != before["name"] {
		t.Errorf("half a patch was taken: %v", got)
	}
	want(t, r.kisi("GET", "/users/5", ""), 200, "Gus Greene")
	want(t, r.must("PATCH", "/_sandbox/world", "kisi: {users: [{email: gus@x.test, name: Gustav}]}", nil), 200)
	want(t, r.kisi("GET", "/users/5", ""), 200, "Gustav")
	want(t, r.must("PATCH", "/_sandbox/world", "kisi: {nothing: []}", nil), 400, "patch:1")
	r.patch("kisi: {users: [{id: 5, delete: true}]}")
	if got := r.members("Building"); got != "" {
		t.Errorf("a deleted user still passes: %s", got)
	}
	if len(r.Writes("kisi")) != 0 {
		t.Error("a patch is no write of a client")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: x\ntemplates: {m: &m {location: l}}\n" + minimal +
		"  locations: [{_id: l, timezone: Europe/London}]\n  members: [{<<: *m, _id: a, status: former}]\n"))
	f.Add([]byte(minimal + "  bookings: [{start: 2026-11-23, end: 2026-11-24, recurrence: {rrule: 'FREQ=DAILY'}}]"))
	f.Add([]byte("anchor: 2026-11-23\nkisi: {users: [{email: a}], groups: [{name: g}], role_assignments: [{user_id: a, group_id: g}]}"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := sandbox.Parse("fuzz.yaml", data)
		if err != nil {
			return
		}
		s, err := sandbox.New(w, sandbox.Options{Now: monday, Shift: true})
		if err != nil {
			return
		}
		for _, g := range s.Groups("kisi") { // whatever was taken can be shown
			if g.ID == "" {
				t.Error("a group without an id")
			}
		}
	})
}
