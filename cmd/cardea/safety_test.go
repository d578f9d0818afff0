package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// set lays YAML over the integration's settings.
func set(t *testing.T, text string) func(*config.File) {
	t.Helper()
	return func(f *config.File) {
		if err := yaml.Unmarshal([]byte(text), f.Integrations["london"]); err != nil {
			t.Fatal(err)
		}
	}
}

// byHand puts people into groups as somebody at the door system would.
const byHand = `
kisi:
  users:
    - {id: 901, name: Mallory Moss, email: mallory@x.test}
    - {id: 902, name: Kim Keep, email: kept@x.test}
    - {id: 903, name: Stan Staff, email: stan@x.test}
  role_assignments:
    - {id: 901, user_id: mallory@x.test, group_id: General access, role_id: group_basic}
    - {id: 902, user_id: mallory@x.test, group_id: Building, role_id: group_basic}
    - {id: 903, user_id: mallory@x.test, group_id: First floor, role_id: group_basic}
    - {id: 904, user_id: mallory@x.test, group_id: Cleaners, role_id: group_basic}
    - {id: 905, user_id: kept@x.test, group_id: General access, role_id: group_basic}
    - {id: 906, user_id: stan@x.test, group_id: General access, role_id: group_basic}
    - {id: 907, assignee_type: User, assignee_id: stan@x.test, applies_to_type: Organization, role_id: organization_administrator}
    - {id: 908, user_id: mallory@x.test, group_id: Second floor, role_id: group_basic}
`

// TestWhoWasPutInByHandIsGone lets one run pass: they are gone unless kept, staff, or in a group that is shared, watched or never mapped.
func TestWhoWasPutInByHandIsGone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, set(t, `{groups: {
				General access: {keep: [{account: kept@x.test, note: Kept for the test}]},
				Building: {mode: shared}, First floor: {mode: watch}}}`))
			defer r.shut()
			r.sync(desk.InStep)
			inside := with(r.inside(), nil)
			r.patch(byHand)
			n := r.writes()
			result := r.sync(desk.InStep)
			plus := func(g string, who ...string) []string { return slices.Concat(inside[g], who) }
			r.wantInside("after the run", with(inside, map[string][]string{
				"General access": plus("General access", "kept", "stan"), // kept, staff
				"Building":       plus("Building", "mallory"),            // shared
				"First floor":    plus("First floor", "mallory"),         // only watched
				"Cleaners":       plus("Cleaners", "mallory"),            // never mapped
			}))
			if s := slices.Sorted(slices.Values(r.sent(n))); !slices.Equal(s, []string{"DELETE /role_assignments/901", "DELETE /role_assignments/908"}) {
				t.Errorf("written: %v", s)
			}
			watched := false
			for _, o := range result.Doors[0].Operations {
				watched = watched || o.GroupName == "First floor" && o.Held != nil && o.Held.Code == cardea.HeldWatch
			}
			if !watched {
				t.Errorf("what is watched is not told: %s", brief(result))
			}
			r.sync(desk.InStep)
			if s := r.sent(n); len(s) != 2 {
				t.Errorf("written: %v", s)
			}
			oneEach(t, "after the run", r.users(), nil, r.vendors.Writes("kisi"))
		})
	})
}

// TestAStrayOfTheFirstRunIsAskedAbout has somebody in a group before Cardea ever was there.
func TestAStrayOfTheFirstRunIsAskedAbout(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.patch(byHand)
		result := r.sync(desk.Held)
		if who := r.inside()["General access"]; !slices.Contains(who, "mallory") || !slices.Contains(who, "ana") {
			t.Errorf("General access holds %v", who)
		}
		held := 0
		for _, o := range result.Doors[0].Operations {
			if o.Held != nil && o.Held.Code == cardea.HeldFirstStrays && o.Verb == cardea.VerbRemove {
				held++
			}
		}
		if held != 5 { // Mallory four times, and who will be kept
			t.Errorf("%d removals wait: %s", held, brief(result))
		}
	})
}

// crowd makes people with one kind of membership each, from n to m.
func crowd(kind, plan string, n, m int) string {
	var members, memberships strings.Builder
	for i := n; i < m; i++ {
		fmt.Fprintf(&members, "    - {_id: %s-%02d, name: %s %02d, email: %s-%02d@x.test, location: london}\n", kind, i, kind, i, kind, i)
		fmt.Fprintf(&memberships, "    - {_id: ms-%s-%02d, member: %s-%02d, plan: %s, name: %s, location: london, isPersonal: true, startDate: 2026-09-01}\n",
			kind, i, kind, i, plan, plan)
	}
	return "officernd:\n  members:\n" + members.String() + "  memberships:\n" + memberships.String()
}

// withdrawn takes memberships out of the world.
func withdrawn(kind string, is ...int) string {
	var b strings.Builder
	for _, i := range is {
		fmt.Fprintf(&b, "    - {_id: ms-%s-%02d, delete: true}\n", kind, i)
	}
	return "officernd:\n  memberships:\n" + b.String()
}

// hush has the vendor say 500 where it would say that a membership's id is gone: one that is not listed has vanished, and is
// not known to be deleted.
func (r *rig) hush() {
	r.tapped().after = func(_ int, req *http.Request, res *http.Response) (*http.Response, error) {
		if res.StatusCode == http.StatusNotFound && strings.Contains(req.URL.Path, "/memberships/") {
			res.StatusCode = http.StatusInternalServerError
			res.Body = io.NopCloser(strings.NewReader(`{"message":"Internal server error","statusCode":500}`))
		}
		return res, nil
	}
}

func names(kind string, n, m int) (out []string) {
	for i := n; i < m; i++ {
		out = append(out, fmt.Sprintf("%s-%02d", kind, i))
	}
	return out
}

// TestTheBrakeHoldsOneSliceOnly has a third of one group vanish from the list, while somebody else's membership ends.
func TestTheBrakeHoldsOneSliceOnly(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.hush()
		r.patch(crowd("owl", "night-owl", 0, 10)) // beside Dora and Finn in Night, and all the others in General access
		r.sync(desk.InStep)
		night := slices.Concat([]string{"dora", "finn"}, names("owl", 0, 10))
		r.wantInside("at first", map[string][]string{"Night": night})

		r.patch(withdrawn("owl", 0, 1, 2, 3))
		time.Sleep(16 * time.Minute)
		n := r.writes()
		r.sync(desk.InStep) // missing for the first time
		if s := removals(r.sent(n)); len(s) > 0 {
			t.Errorf("taken away at the first reading: %v", s)
		}
		r.patch("officernd: {members: [{_id: jill, status: former}], memberships: [{_id: ms-joe, endDate: 2026-11-20}]}")
		time.Sleep(16 * time.Minute)
		result := r.sync(desk.Held)
		r.wantInside("held", map[string][]string{"Night": night, "Office 12": {"hana", "ivan", "tess"}, "Building": {"gus", "hana", "ivan", "tess"}})
		held, other := 0, 0
		for _, o := range result.Doors[0].Operations {
			switch {
			case o.Held != nil && o.Held.Code == cardea.HeldBrake && o.GroupName == "Night" && o.Cause == cardea.CauseVanished:
				held++
			case o.Held != nil && o.GroupName == "Night":
				other++
			}
		}
		if held != 4 || other != 0 {
			t.Errorf("%d of Night wait for the brake, %d for something else: %s", held, other, brief(result))
		}
		if who := r.inside()["General access"]; slices.Contains(who, "joe") {
			t.Errorf("Joe's end, which is known, waited: %v", who)
		}
		// It does not release itself, and is told at every run.
		for range 3 {
			time.Sleep(16 * time.Minute)
			r.sync(desk.Held)
		}
		time.Sleep(25 * time.Hour)
		r.sync(desk.Held)
		if who := r.inside()["Night"]; len(who) != 12 {
			t.Errorf("a day later Night holds %v", who)
		}
	})
}

func removals(sent []string) []string {
	return slices.DeleteFunc(slices.Clone(sent), func(s string) bool { return !strings.HasPrefix(s, http.MethodDelete) })
}

// TestAStreamOfSingleRemovalsStopsAtTheBrake takes one membership away an hour: in no 24 hours do more go than could go at
// once.
func TestAStreamOfSingleRemovalsStopsAtTheBrake(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		const people = 28
		r := tiny(t, onSQLite, set(t, `{interval: 1h}`))
		defer r.shut()
		r.hush()
		r.patch(crowd("owl", "night-owl", 0, people))
		r.sync(desk.InStep)
		var gone []time.Time
		in, heldOnce := people+2, false
		for i := range 40 {
			if i < people {
				r.patch(withdrawn("owl", i))
			}
			time.Sleep(time.Hour)
			result, err := r.try(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			heldOnce = heldOnce || result.Standing() == desk.Held
			now := len(r.inside()["Night"])
			if now > in {
				t.Fatalf("%d came back", now-in)
			}
			for ; in > now; in-- {
				gone = append(gone, time.Now())
			}
		}
		if len(gone) < 3 || !heldOnce {
			t.Errorf("only %d went, and the brake was never seen: nothing is proved", len(gone))
		}
		for i, last := range gone {
			n := 0
			for _, at := range gone[:i+1] {
				if last.Sub(at) < 24*time.Hour {
					n++
				}
			}
			base := people + 2 - (i + 1 - n) // who was in when the day began
			if n > 10 || n >= 3 && n*100 > 20*base {
				t.Errorf("%d of %d went within a day", n, base)
			}
		}
	})
}

// TestApproveFirstWritesExactlyWhatWasShown previews, approves and applies.
func TestApproveFirstWritesExactlyWhatWasShown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, set(t, `{approve: first}`))
			defer r.shut()
			ctx := context.Background()
			r.sync(desk.Held)
			preview, err := r.app.desk.Preview(ctx, nil)
			if err != nil || preview.Standing() != desk.Held {
				t.Fatalf("standing %d, %v", preview.Standing(), err)
			}
			r.sync(desk.Held)
			if n := r.writes(); n != 0 {
				t.Fatalf("%d writes before anybody agreed", n)
			}
			if _, err := r.app.desk.Apply(ctx, strings.Repeat("0", 64), nil, "test"); cardea.ClassOf(err) != cardea.NotFound {
				t.Errorf("a changeset that nobody was shown: %v", err)
			}
			shown := map[cardea.OpKey]bool{}
			for _, o := range preview.Doors[0].Operations {
				shown[o.Key] = true
			}
			// Meanwhile Ana's membership ends and Dan's begins: neither was agreed to.
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}, {_id: ms-dan, startDate: 2026-11-20}]}")
			result, err := r.app.desk.Apply(ctx, preview.Doors[0].Hash, nil, "test")
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range result.Doors[0].Operations {
				if o.Verb.Writes() && o.State == "confirmed" && !shown[o.Key] {
					t.Errorf("nobody agreed to %s %s %s", o.Verb, o.PersonName, o.GroupName)
				}
			}
			general := slices.DeleteFunc(slices.Clone(atNine["General access"]), func(s string) bool { return s == "ana" })
			r.wantInside("what was shown and still holds", with(atNine, map[string][]string{"General access": general}))
			// The groups are ours now: what comes later goes by itself.
			r.sync(desk.InStep)
			r.wantInside("what came later", with(atNine, map[string][]string{"General access": append(general, "dan")}))
		})
	})
}

// TestAPreviewHasNoWriter builds the connections as preview does, and lets a run try.
func TestAPreviewHasNoWriter(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		r.shut()
		r.set.readOnly = true
		r.open()
		defer r.shut()
		preview, err := r.app.desk.Preview(context.Background(), nil)
		if err != nil || preview.Standing() != desk.Pending || len(preview.Doors[0].Operations) < 50 {
			t.Fatalf("standing %d, %v", preview.Standing(), err)
		}
		result, err := r.try(context.Background())
		if err == nil && result.Standing() == desk.InStep {
			t.Error("a run without a writer ended in step")
		}
		refused := 0
		for _, o := range result.Doors[0].Operations {
			if strings.Contains(o.Error, "read-only") {
				refused++
			}
		}
		if refused == 0 {
			t.Errorf("nothing was refused: %v %s", err, brief(result))
		}
		if n := r.writes(); n != 0 {
			t.Errorf("%d writes came through", n)
		}
		r.wantInside("nobody came in", map[string][]string{"General access": {"olga"}, "Building": {"gus"}, "Night": {}})
	})
}

// TestAMappingThatNeverResolvedIsRefused has a mistake in the file: nothing is written.
func TestAMappingThatNeverResolvedIsRefused(t *testing.T) {
	t.Parallel()
	for what, bad := range map[string]string{
		"a plan": `{mappings: {plans: {Hot dsek: [Night]}}}`, "a group": `{mappings: {plans: {Virtual office: [Nigth]}}}`,
		"a floor": `{mappings: {floors: {London/Floor 9: [Night]}}}`, "a bookable": `{mappings: {bookables: {Elefant: [Night]}}}`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := tiny(t, onSQLite, set(t, bad))
				defer r.shut()
				_, err := r.try(context.Background())
				if cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "tiny.cardea.yaml") {
					t.Errorf("not refused: %v", err)
				}
				if n := r.writes(); n != 0 {
					t.Errorf("%d writes", n)
				}
			})
		})
	}
}

// TestATargetThatIsGoneStopsItsMappingAlone renames one mapped group, and takes another and a mapped room away.
func TestATargetThatIsGoneStopsItsMappingAlone(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		r.patch("kisi: {groups: [{id: 13, name: The house}, {id: 12, delete: true}]}")
		r.patch("officernd: {resources: [{_id: day-room, delete: true}], memberships: [{_id: ms-gus, endDate: 2026-11-20}]}")
		if _, err := r.try(context.Background()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		result, err := r.try(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, i := range result.Doors[0].Issues {
			if i.Code == "renamed" || i.Code == "mapping-target-gone" {
				told = append(told, i.Code+" "+i.Text)
			}
		}
		slices.Sort(told)
		if len(told) != 3 || !strings.Contains(told[0]+told[1], "Night") || !strings.Contains(told[0]+told[1], "Day room") ||
			!strings.Contains(told[2], "The house") {
			t.Errorf("told: %q", told)
		}
		want := with(atNine, map[string][]string{"The house": {"hana", "ivan", "jill", "tess"}, "Second floor": {}})
		delete(want, "Building")
		delete(want, "Night")
		r.wantInside("the others go on", want)
	})
}
