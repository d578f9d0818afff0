package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// looksOn has london observe.
func looksOn(f *config.File) { f.Integrations["london"].Observe = true }

// annex adds an integration beside london that gives General access to night owls; london gives it to hot desks alone.
func annex(f *config.File) {
	london := f.Integrations["london"]
	other := *london
	other.Name = "annex"
	owl := *london.Mappings.Plans["Night owl"]
	owl.Groups = owl.Groups[:1]
	other.Mappings = config.Mappings{Plans: map[string]*config.Target{"Night owl": &owl}}
	mine := *london.Mappings.Plans["Night owl"]
	mine.Groups = mine.Groups[1:]
	london.Mappings.Plans["Night owl"] = &mine
	f.Integrations["annex"] = &other
}

// group finds a group's difference.
func group(t *testing.T, groups []desk.Difference, name string) desk.Difference {
	t.Helper()
	i := slices.IndexFunc(groups, func(g desk.Difference) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("%s is not among %d groups", name, len(groups))
	}
	return groups[i]
}

// emailsOf are the parts of the e-mails before the at, in lower case and sorted.
func emailsOf(es []desk.Entry) []string {
	out := []string{}
	for _, e := range es {
		name, _, _ := strings.Cut(strings.ToLower(e.Email), "@")
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func wantNames(t *testing.T, what string, got []desk.Entry, want ...string) {
	t.Helper()
	if n := emailsOf(got); !slices.Equal(n, append([]string{}, want...)) {
		t.Errorf("%s: %v, want %v", what, n, want)
	}
}

// TestObservingWritesNothing lets the world change beside the old bridge for three days.
func TestObservingWritesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, looksOn)
			defer r.shut()
			r.patch(byHand)
			edges, n := r.edges(), r.writes()
			held := 0
			for i := range 6 {
				if i == 2 {
					r.patch(endsAndStarts)
				}
				for _, o := range r.sync(desk.InStep).Doors[0].Operations {
					if o.Held != nil && o.Held.Code == cardea.HeldObserved {
						held++
					} else if o.Verb != cardea.VerbLink {
						t.Errorf("not held: %s %s %s", o.Verb, o.Email, o.GroupName)
					}
				}
				time.Sleep(12 * time.Hour)
			}
			if held == 0 {
				t.Error("nothing was reported")
			}
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written: %v", s)
			}
			if got := r.edges(); !slices.Equal(got, edges) {
				t.Errorf("the edges moved: %s", difference(got, edges))
			}
			if got := r.ours(); len(got) > 0 {
				t.Errorf("the ledger has %v", got)
			}
		})
	})
}

// TestAWriteOfAnObservingDoorIsRefused plants writes: no rule holds them, only the wire does.
func TestAWriteOfAnObservingDoorIsRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, looksOn)
			defer r.shut()
			r.sync(desk.InStep)
			n := r.writes()
			_, doors, err := connect(r.set.file, wiringOf(r))
			if err != nil {
				t.Fatal(err)
			}
			grant := func() error {
				_, errs := doors["kisi"].Door.Grant(context.Background(), []cardea.Edge{{Group: "13", Account: "2", Window: cardea.Forever}})
				return errs[0]
			}
			if err := grant(); err == nil || !strings.Contains(err.Error(), "read-only") {
				t.Errorf("a planted write: %v", err)
			}
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written: %v", s)
			}
			r.take(desk.Takeover{Integration: "london", Groups: []string{"Night"}, Apply: true})
			n = r.writes()
			if err := grant(); err != nil {
				t.Errorf("with a group taken over the wire is open: %v", err)
			}
			if s := r.sent(n); len(s) != 1 {
				t.Errorf("written: %v", s)
			}
		})
	})
}

// TestASpaceConnectionNeverWrites asks the wire of every space connection to write.
func TestASpaceConnectionNeverWrites(t *testing.T) {
	t.Parallel()
	w := wiring{now: time.Now}
	if w.ofSpace().client("rnd", nil).ReadOnly != true || w.client("kisi", nil).ReadOnly {
		t.Error("a space connection may write, or no door may")
	}
}

// wiringOf is the wiring of a rig's own connections.
func wiringOf(r *rig) wiring {
	kept := r.app.store.In("default")
	ins, err := integrations(r.set.file)
	if err != nil {
		r.t.Fatal(err)
	}
	return wiring{
		now: time.Now, transport: r.set.transport, slots: kept,
		shut: func(ctx context.Context, door string) error { return desk.Shut(ctx, kept, ins, door) },
	}
}

// TestDifferencesAreListedExactly compares the old bridge's leftovers with what Cardea would have.
func TestDifferencesAreListedExactly(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			if db == onSQLite {
				db = kept(t)
			}
			r := tiny(t, db, looksOn)
			defer r.shut()
			r.patch(byHand)
			if _, err := r.app.desk.Observe(context.Background(), "london", false); cardea.ClassOf(err) != cardea.Rejected {
				t.Fatalf("before anything was read: %v", err)
			}
			n := r.writes()
			o, err := r.app.desk.Observe(context.Background(), "london", true)
			if err != nil {
				t.Fatal(err)
			}
			general := group(t, o.Groups, "General access")
			wantNames(t, "missing", general.Missing,
				"abe", "ana", "cal", "cleo", "dora", "finn", "ines", "joe", "nora", "piet", "rita", "uma", "walt", "yann")
			wantNames(t, "gone", general.Gone, "kept", "mallory")
			wantNames(t, "staff", general.Staff, "olga", "stan")
			building := group(t, o.Groups, "Building")
			wantNames(t, "both", building.Both, "gus")
			wantNames(t, "missing in Building", building.Missing, "hana", "ivan", "jill", "tess")
			wantNames(t, "gone from Building", building.Gone, "mallory")
			if general.Safe || building.Safe || general.Ours || !group(t, o.Groups, "Evening").Safe {
				t.Errorf("safe: %v", o.Safe())
			}
			all := 0
			for _, g := range o.Groups {
				all += len(g.Both) + len(g.Missing) + len(g.Gone) + len(g.Kept) + len(g.Times)
			}
			if o.Agrees != 1 || o.Of != all || all < 30 {
				t.Errorf("agrees on %d of %d, and %d are listed", o.Agrees, o.Of, all)
			}
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("written: %v", s)
			}
			again, err := r.app.desk.Observe(context.Background(), "london", false)
			if err != nil || again.Agrees != o.Agrees || again.Of != o.Of {
				t.Errorf("from what was read: %d of %d, %v", again.Agrees, again.Of, err)
			}
			code, out, _ := r.command(nil, (&observeCmd{Integration: "london"}).do)
			if code != exitPending || !strings.Contains(out, "agrees on 1 of") || !strings.Contains(out, "Mallory Moss") {
				t.Errorf("exit code %d: %s", code, out)
			}
		})
	})
}

// TestAGroupOfTwoIsWrittenWhenNoneObserves has london look on beside annex.
func TestAGroupOfTwoIsWrittenWhenNoneObserves(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db, annex, looksOn, func(f *config.File) {
				own := *f.Integrations["annex"].Mappings.Plans["Night owl"]
				own.Groups = append(slices.Clone(own.Groups), f.Integrations["london"].Mappings.Plans["Evening"].Groups...)
				f.Integrations["annex"].Mappings.Plans["Night owl"] = &own
				delete(f.Integrations["london"].Mappings.Plans, "Evening")
			})
			defer r.shut()
			n := r.writes()
			r.sync(desk.InStep)
			in := r.inside()
			if !slices.Equal(in["Evening"], []string{"dora", "finn"}) || slices.Contains(in["General access"], "finn") || len(in["Night"]) > 0 {
				t.Errorf("Evening %v, General access %v, Night %v", in["Evening"], in["General access"], in["Night"])
			}
			if len(r.sent(n)) == 0 {
				t.Error("nothing was written")
			}
			for _, w := range r.vendors.Writes("kisi") {
				if w.Method != http.MethodPost {
					t.Errorf("%s %s", w.Method, w.Path)
				}
			}
		})
	})
}
