package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/store/storetest"
)

// londonDay is what happens on a day of the week that TestUndoRestores plays, and how many entries the run after it may at
// least write.
type londonDay struct {
	at     string
	what   string
	space  string // a patch of the world
	remap  bool   // whoever holds a pass may come in at night too, from now on
	writes int
}

// A week of london; the clocks change on its last night but one.
var londonWeek = []londonDay{
	{at: "2026-10-20T10:05:00Z", what: "somebody joins, somebody leaves, somebody stays longer", writes: 6, space: `
officernd:
  members: [{_id: new-1, name: Nia New, email: nia@new.test, location: shoreditch, status: active}]
  memberships:
    - {_id: ms-new-1, name: Night owl, status: approved, plan: plan-night-owl, location: shoreditch, member: new-1, startDate: 2026-10-20, type: month_to_month, intervalLength: month, intervalCount: 1, price: 220}
    - {_id: ms-133, endDate: 2026-10-19}
    - {_id: ms-47, endDate: 2026-10-31}
`},
	{at: "2026-10-21T09:02:00Z", what: "a meeting moves, one is called off, one comes with a visitor, one runs longer", writes: 3, space: `
officernd:
  bookings:
    - {_id: bk-new-1, title: Client, resource: shoreditch-room-heron, location: shoreditch, timezone: Europe/London, member: nadia-pritchard, visitors: [visitor-47], start: 2026-10-21T16:00:00Z, end: 2026-10-21T17:00:00Z, seriesStart: 2026-10-21T16:00:00Z, seriesEnd: 2026-10-21T17:00:00Z, source: portal}
    - {_id: bk-1, isCancelled: true}
    - {_id: bk-65, start: 2026-10-22T08:30:00Z, end: 2026-10-22T09:45:00Z, seriesStart: 2026-10-22T08:30:00Z}
`},
	{at: "2026-10-22T14:00:00Z", what: "two are let in by hand, where one has no business", writes: 2, space: `
kisi:
  users: [{id: 9001, name: Mallory Moss, email: mallory@x.test, access_enabled: true}, {id: 9002, name: Ned Nobody, email: ned@x.test, access_enabled: true}]
  role_assignments:
    - {id: 99001, applies_to_type: Group, applies_to_id: 1001, assignee_type: User, assignee_id: 9001, role_id: group_basic}
    - {id: 99002, applies_to_type: Group, applies_to_id: 1001, assignee_type: User, assignee_id: 9002, role_id: group_basic, valid_until: 2026-12-01T00:00:00Z}
`},
	{at: "2026-10-23T08:30:00Z", what: "a pass opens the night too", remap: true, writes: 5},
	{at: "2026-10-26T09:05:00Z", what: "an office moves, after the clocks changed", writes: 3, space: `
officernd:
  assignments: [{_id: as-47, resource: shoreditch-office-2}]
`},
}

// TestUndoRestores plays a week of london and undoes every run of it, as `cardea undo RUN --apply` does. Each time the groups
// of the door system hold exactly what they held before the run, members and times, but for what is over: that is in the
// undo's own report, and nothing else. Then the undo is undone, and the week goes on as if nothing had been. At its end a run
// of the middle is undone, and the very first: what nobody changed since is as before it, and the rest is untouched.
func TestUndoRestores(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		days, whole := londonWeek[1:3], db == onSQLite && !storetest.Raced // on PostgreSQL less, for the time that it takes
		if storetest.Raced {
			days = londonWeek[2:3]
		}
		if whole {
			days, db = londonWeek, database{dsn: "sqlite:" + filepath.Join(quickDisk(t), "london.db")}
		}
		bubble(t, "2026-10-19T09:20:00Z", func(t *testing.T) {
			r := newRig(t, "london", db, nil)
			defer func() { r.shut() }()
			u := &unmade{rig: r}
			first := lived{before: u.places()}
			first.run = r.sync(desk.InStep).Doors[0].Run
			first.after = u.places()
			u.runs = append(u.runs, first)
			for i, d := range days {
				at(t, d.at)
				if i > 0 || !whole { // else most of what the run does is to give everybody the hours of the day
					r.settle(d.what, 3)
				}
				u.play(d)
			}
			if whole {
				u.middle(len(u.runs) / 2)
				u.middle(0)
			}
		})
	})
}

// unmade plays runs and undoes them.
type unmade struct {
	*rig

	runs []lived
}

// lived is a run, and the entries before and after it.
type lived struct {
	run           string
	before, after map[string]string
}

// play does what a day brings, one run, its undo, and the undo of that.
func (u *unmade) play(d londonDay) {
	u.t.Helper()
	ctx := context.Background()
	if d.space != "" {
		u.patch(d.space)
	}
	if d.remap {
		u.shut()
		passes := u.set.file.Integrations["shoreditch"].Mappings.Passes["*"]
		passes.Groups = append(slices.Clone(passes.Groups), config.Name{Text: "Shoreditch night"})
		u.open()
		u.sync(desk.Held) // the brake asks whether so many are meant
		holds, err := u.app.desk.Holds(ctx, "")
		if err != nil {
			u.t.Fatal(err)
		}
		if _, err := u.app.desk.Release(ctx, holds, "Ada"); err != nil {
			u.t.Fatal(err)
		}
		time.Sleep(time.Minute)
	}
	one := lived{before: u.places()}
	result, err := u.try(ctx)
	if err != nil || len(result.Doors) != 1 {
		u.t.Fatalf("%s: %v%s", d.what, err, brief(result))
	}
	if s := result.Standing(); s != desk.InStep && s != desk.Held {
		u.t.Fatalf("%s: standing %d: %s", d.what, s, brief(result))
	}
	one.run, one.after = result.Doors[0].Run, u.places()
	if n := len(changedPlaces(one.before, one.after)); n < d.writes {
		u.t.Fatalf("%s: %d entries changed, expected at least %d: %s", d.what, n, d.writes, brief(result))
	}
	u.runs = append(u.runs, one)
	time.Sleep(time.Minute)

	shown, err := u.app.desk.Undo(ctx, one.run)
	if err != nil {
		u.t.Fatal(err)
	}
	done := u.applyUndo(one.run, shown.Hash)
	u.restored(d.what, one.before, nil, done)
	time.Sleep(time.Minute)
	shown = u.undo(done.Run, desk.Pending)
	again := u.applyUndo(done.Run, shown.Hash)
	u.restored(d.what+", the undo undone", one.after, nil, again)
	time.Sleep(time.Minute)
}

// restored wants the groups to be as they were in these places (nil = in all), but for what the report says was left.
func (u *unmade) restored(what string, want map[string]string, of map[string]bool, done desk.Undoing) {
	u.t.Helper()
	left := map[string]string{}
	for _, l := range done.Left {
		switch l.Verb {
		case cardea.VerbCreate, cardea.VerbLink, cardea.VerbAdopt, cardea.VerbUpdate: // no entry
			continue
		default:
			left[l.GroupName+" "+strings.ToLower(l.Email)] = l.Why
		}
	}
	got := u.places()
	for _, place := range changedPlaces(want, got) {
		if of != nil && !of[place] {
			continue
		}
		switch why := left[place]; {
		case why == "":
			u.t.Errorf("%s: %s is %q, was %q before the run, and nothing is said of it", what, place, got[place], want[place])
		case !over(u.t, want[place]) && of == nil:
			u.t.Errorf("%s: %s is %q, was %q before the run, and could have been restored: %s", what, place, got[place], want[place], why)
		}
	}
	for place, why := range left {
		if got[place] == want[place] && of == nil && !over(u.t, want[place]) {
			u.t.Errorf("%s: %s is as before the run, and yet it is said to be left: %s", what, place, why)
		}
	}
}

// middle undoes a run after which others came.
func (u *unmade) middle(n int) {
	u.t.Helper()
	one, now := u.runs[n], u.places()
	touched := map[string]bool{}
	for _, place := range changedPlaces(one.before, one.after) {
		if now[place] == one.after[place] {
			touched[place] = true
		}
	}
	if len(touched) == 0 {
		u.t.Fatal("later runs changed everything that the run did")
	}
	shown, err := u.app.desk.Undo(context.Background(), one.run)
	if err != nil {
		u.t.Fatal(err)
	}
	done := u.applyUndo(one.run, shown.Hash)
	u.restored("an earlier run", one.before, touched, done)
	for _, place := range changedPlaces(now, u.places()) {
		if !touched[place] {
			u.t.Errorf("an earlier run: %s is %q, was %q, and the run left it otherwise", place, u.places()[place], now[place])
		}
	}
}

// places are the entries at the door, by group and e-mail, with their times. A place that is not there is "".
func (u *unmade) places() map[string]string {
	out := map[string]string{}
	for _, g := range u.vendors.Groups("kisi") {
		for _, e := range g.All {
			place := g.Name + " " + strings.ToLower(e.Email)
			if _, twice := out[place]; twice {
				u.t.Errorf("two entries: %s", place)
			}
			out[place] = fmt.Sprintf("from %s until %s", e.From, e.Until)
		}
	}
	return out
}

func changedPlaces(was, is map[string]string) []string {
	var out []string
	for place, times := range was {
		if is[place] != times {
			out = append(out, place)
		}
	}
	for place := range is {
		if _, had := was[place]; !had {
			out = append(out, place)
		}
	}
	slices.Sort(out)
	return out
}

// over says whether an entry's time is over: it gives nothing any more.
func over(t *testing.T, times string) bool {
	t.Helper()
	_, until, _ := strings.Cut(times, " until ")
	if until == "" {
		return false
	}
	end, err := time.Parse(time.RFC3339, until)
	if err != nil {
		t.Fatal(err)
	}
	return !time.Now().Before(end)
}
