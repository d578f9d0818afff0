package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

func (r *rig) take(t desk.Takeover) desk.Adopting {
	r.t.Helper()
	out, err := r.app.desk.Adopt(context.Background(), t, "Ada")
	if err != nil {
		r.t.Fatal(err)
	}
	if out.Applied != t.Apply {
		r.t.Fatalf("applied: %v: %s", out.Applied, brief(desk.Result{Doors: []desk.DoorRun{out.DoorRun}}))
	}
	return out
}

// TestOnlyAdoptedGroupsAreWritten takes two groups over, shown first, and gives one back.
func TestOnlyAdoptedGroupsAreWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, looksOn)
			defer r.shut()
			r.patch(byHand)
			r.sync(desk.InStep)
			before, n := r.inside(), r.writes()
			two := desk.Takeover{Integration: "london", Groups: []string{"Building", "first floor"}}
			shown := r.take(two)
			if s := r.sent(n); len(s) > 0 || shown.Standing() != desk.Pending {
				t.Fatalf("showing wrote %v, standing %d", s, shown.Standing())
			}
			for _, o := range shown.Operations {
				if o.GroupName != "" && o.GroupName != "Building" && o.GroupName != "First floor" {
					t.Errorf("shown: %s %s", o.Verb, o.GroupName)
				}
			}
			other := desk.Takeover{Integration: "london", Groups: []string{"Building"}, Hash: shown.Hash, Apply: true}
			if _, err := r.app.desk.Adopt(context.Background(), other, "Ada"); cardea.ClassOf(err) != cardea.NotFound {
				t.Errorf("the hash of other groups: %v", err)
			}
			two.Hash, two.Apply = shown.Hash, true
			done := r.take(two)
			if done.Standing() != desk.InStep {
				t.Errorf("standing %d: %s", done.Standing(), brief(desk.Result{Doors: []desk.DoorRun{done.DoorRun}}))
			}
			r.wantInside("after adopting", with(before, map[string][]string{"Building": atNine["Building"], "First floor": atNine["First floor"]}))
			for _, l := range r.ours() {
				if g, _, _ := strings.Cut(l, " "); g != "13" && g != "14" {
					t.Errorf("ours: %s", l)
				}
			}
			for _, o := range done.Operations {
				if (o.Verb == cardea.VerbAdd || o.Verb == cardea.VerbCreate) && o.New != nil && o.New.Mails != cardea.MailsNever ||
					o.Verb == cardea.VerbAdd && o.Mails != cardea.MailsNever {
					t.Errorf("a mail for %s: %q", o.Email, o.Mails)
				}
			}
			after := r.edges()
			r.sync(desk.InStep)
			if got := r.edges(); !slices.Equal(got, after) {
				t.Errorf("the run after it: %s", difference(got, after))
			}

			if _, err := r.app.desk.GiveBack(context.Background(), "", "Building", "Ada"); err != nil {
				t.Fatal(err)
			}
			n = r.writes()
			r.patch("officernd: {memberships: [{_id: ms-hana, endDate: 2026-11-20}]}")
			time.Sleep(time.Hour)
			r.sync(desk.InStep)
			in := r.inside()
			if !slices.Contains(in["Building"], "hana") || slices.Contains(in["First floor"], "hana") || len(r.sent(n)) != 1 {
				t.Errorf("Building %v, First floor %v, written %v", in["Building"], in["First floor"], r.sent(n))
			}
		})
	})
}

// TestAGroupThatWasGivenBackStaysObserved does it where groups become ours by themselves.
func TestAGroupThatWasGivenBackStaysObserved(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer r.shut()
		r.sync(desk.InStep)
		code, out, log := r.command(nil, (&adoptCmd{Undo: "General access"}).do)
		if code != exitInStep || !strings.Contains(out, "london") {
			t.Fatalf("exit code %d: %s%s", code, out, log)
		}
		r.patch(endsAndStarts)
		n := r.writes()
		for range 3 {
			time.Sleep(time.Hour)
			r.sync(desk.InStep)
		}
		if in := r.inside()["General access"]; !slices.Contains(in, "ana") || slices.Contains(in, "dan") {
			t.Errorf("General access %v, written %v", in, r.sent(n))
		}
		r.take(desk.Takeover{Integration: "london", Apply: true})
		if in := r.inside()["General access"]; slices.Contains(in, "ana") || !slices.Contains(in, "dan") {
			t.Errorf("taken over again: %v", in)
		}
	})
}

// TestStaffAreKeptByAWord puts them on the keep-list, where a file that names the group does not hide them.
func TestStaffAreKeptByAWord(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, looksOn, func(f *config.File) {
				f.Integrations["london"].Groups = map[string]*config.Group{"General access": {Mode: config.Choice{Text: "exclusive"}}}
			})
			defer r.shut()
			r.patch(byHand)
			out := r.take(desk.Takeover{Integration: "london", Groups: []string{"General access"}, KeepStaff: true, Apply: true})
			if len(out.Keep["11"]) != 2 || !out.Kept {
				t.Fatalf("offered: %v", out.Keep)
			}
			for _, i := range r.sync(desk.InStep).Doors[0].Issues {
				if i.Code == "staff-in-group" && i.Group == "11" {
					t.Errorf("still told: %s %s", i.Who, i.Text)
				}
			}
			o, err := r.app.desk.Observe(context.Background(), "london", false)
			if err != nil {
				t.Fatal(err)
			}
			if g := group(t, o.Groups, "General access"); !g.Ours || !g.Safe {
				t.Errorf("ours %v, safe %v: %v %v", g.Ours, g.Safe, emailsOf(g.Missing), emailsOf(g.Gone))
			}
		})
	})
}

// TestAdoptionGoesByModeUnlessSaid looks at an entry that a record explains: Gus in Building.
func TestAdoptionGoesByModeUnlessSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode      string
		all, none bool
		want      bool
	}{
		{"exclusive", false, false, true}, {"exclusive", false, true, false}, {"shared", false, false, false}, {"shared", true, false, true},
	} {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, onSQLite, looksOn, func(f *config.File) {
				f.Integrations["london"].Groups = map[string]*config.Group{"Building": {Mode: config.Choice{Text: c.mode}}}
			})
			defer r.shut()
			r.take(desk.Takeover{Integration: "london", Groups: []string{"Building"}, AdoptAll: c.all, AdoptNone: c.none, Apply: true})
			r.sync(desk.InStep)
			got := slices.ContainsFunc(r.ours(), func(s string) bool { return strings.HasPrefix(s, "13 5 ") })
			if got != c.want {
				t.Errorf("%s, all %v, none %v: ours %v", c.mode, c.all, c.none, got)
			}
		})
	}
}
