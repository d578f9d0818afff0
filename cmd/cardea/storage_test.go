package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// storage is a storage site with no software but Cardea: units and rentals in house, an OpenTech facility at the gate.
func storage(t *testing.T, db database, records []cardea.Record) *rig {
	t.Helper()
	house := spaceSide("house")
	gate := doorSide("opentech")
	gate.connection = strings.Replace(gate.connection, ", portal_visitors: true", "", 1)
	r := pair(t, house, gate, db, "      units: {}\n")
	r.house(records...)
	return r
}

func unit(n int) cardea.Resource {
	return cardea.Resource{ID: fmt.Sprintf("u%d", n), Name: fmt.Sprintf("A-%d", n), Location: "london", Unit: true}
}

// rental is person n's rental of a unit, since September.
func rental(t *testing.T, id, person, unit string, guests ...string) []cardea.Record {
	t.Helper()
	start := date(t, "2026-09-01")
	return []cardea.Record{
		cardea.Agreement{ID: id, Person: person, Plan: "small", Location: "london", Approved: true, Start: start, Guests: guests},
		cardea.Assignment{ID: id, Agreement: id, Resource: unit, Start: start},
	}
}

func site(units int) []cardea.Record {
	out := []cardea.Record{cardea.Location{ID: "london", Name: "London", Zone: "Europe/London"}, cardea.Plan{ID: "small", Name: "Small"}}
	for n := range units {
		out = append(out, unit(n+1))
	}
	return out
}

// gate counts what the gate was sent, by the end of the path.
func (r *rig) gate(from int, action string) int {
	n := 0
	for _, w := range r.vendors.Writes("opentech")[from:] {
		if strings.HasSuffix(w.Path, action) {
			n++
		}
	}
	return n
}

func (r *rig) wantUnits(when string, want map[string]string) {
	r.t.Helper()
	got := r.units("opentech")
	for unit, members := range want {
		if there, ok := got[unit]; !ok || there != members {
			r.t.Errorf("%s: unit %s has %q (there: %v), want %q", when, unit, there, ok, members)
		}
	}
}

// TestStorageSiteIsKeptInStep lets people move in and out of a storage site that has no other software.
func TestStorageSiteIsKeptInStep(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			records := append(site(6), tenant("gil", "Gil Gomez"), tenant("hal", "Hal Hart"), tenant("ida", "Ida Ink"), tenant("jo", "Jo Jung"))
			records = append(records, rental(t, "r1", "gil", "u1", "hal")...)
			records = append(records, rental(t, "r2", "ida", "u2")...)
			r := storage(t, db, records)
			defer r.shut()
			stop := r.serving()
			defer func() { stop() }()
			time.Sleep(2 * time.Minute)
			r.wantUnits("two minutes after the start", map[string]string{
				"A-1": "gil@x.test hal@x.test", "A-2": "ida@x.test", "A-3": "", "A-6": "", "OLD-1": "",
			})
			r.uniqueCodes(3)

			// A rental is locked: the whole unit is. Unlocked, everybody passes again.
			from := len(r.vendors.Writes("opentech"))
			locked := rental(t, "r1", "gil", "u1", "hal")
			lock := locked[0].(cardea.Agreement)
			lock.Locked = true
			r.house(lock)
			time.Sleep(time.Minute)
			r.wantUnits("locked", map[string]string{"A-1": "", "A-2": "ida@x.test"})
			if n := r.gate(from, "/disable"); n != 1 {
				t.Errorf("one unit was to be disabled, and %d calls were: %v", n, r.vendors.Writes("opentech")[from:])
			}
			lock.Locked = false
			r.house(lock)
			time.Sleep(time.Minute)
			r.wantUnits("unlocked", map[string]string{"A-1": "gil@x.test hal@x.test"})

			// Ida moves out, Jo moves in on the same day: in this order.
			from = len(r.vendors.Writes("opentech"))
			out := rental(t, "r2", "ida", "u2")[0].(cardea.Agreement)
			out.End = date(t, "2026-11-22")
			in := rental(t, "r3", "jo", "u2")
			r.house(append(in, out)...)
			time.Sleep(2 * time.Minute)
			r.wantUnits("after the move", map[string]string{"A-2": "jo@x.test"})
			var paths []string
			for _, w := range r.vendors.Writes("opentech")[from:] {
				paths = append(paths, w.Path[strings.LastIndexByte(w.Path, '/')+1:])
			}
			if want := []string{"vacate", "visitors"}; !slices.Equal(paths, want) {
				t.Errorf("the gate was sent %v, want %v", paths, want)
			}

			// Who shares a unit no longer is disabled, the tenant stays.
			from = len(r.vendors.Writes("opentech"))
			r.house(rental(t, "r1", "gil", "u1")[0])
			time.Sleep(time.Minute)
			r.wantUnits("without the guest", map[string]string{"A-1": "gil@x.test"})
			if n := r.gate(from, "/vacate"); n != 0 {
				t.Error("a unit was vacated for a guest who went")
			}

			// A unit is renamed: it waits for a person, and nobody loses it meanwhile.
			from = len(r.vendors.Writes("opentech"))
			renamed := unit(1)
			renamed.Name = "B-1"
			r.house(renamed)
			time.Sleep(2 * time.Minute)
			r.wantUnits("before the rename is released", map[string]string{"A-1": "gil@x.test"})
			if n := len(r.vendors.Writes("opentech")) - from; n != 0 {
				t.Errorf("a rename that nobody released sent %v", r.vendors.Writes("opentech")[from:])
			}
			stop()
			stop = func() {}
			r.release()
			r.wantUnits("renamed", map[string]string{"B-1": "gil@x.test", "A-2": "jo@x.test"})
			if _, there := r.units("opentech")["A-1"]; there {
				t.Error("the old unit is still there")
			}
			r.sync(desk.InStep)
			before := len(r.vendors.Writes("opentech"))
			r.sync(desk.InStep)
			if n := len(r.vendors.Writes("opentech")) - before; n != 0 {
				t.Errorf("a second sync wrote %v", r.vendors.Writes("opentech")[before:])
			}

			// A unit goes: the gate's goes when a person says so.
			r.dropHouse(cardea.Key{Kind: cardea.KindResource, ID: "u6"})
			r.sync(desk.Held)
			r.wantUnits("before the deletion is released", map[string]string{"A-6": ""})
			r.release()
			if _, there := r.units("opentech")["A-6"]; there {
				t.Error("the deleted unit is still there")
			}
			r.sync(desk.InStep)
		})
	})
}

// release approves and applies what a preview shows, held operations too.
func (r *rig) release() {
	r.t.Helper()
	shown, err := r.app.desk.Preview(context.Background(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	result, err := r.app.desk.Apply(context.Background(), shown.Doors[0].Hash, nil, "test")
	if err != nil {
		r.t.Fatal(err)
	}
	if got := result.Standing(); got != desk.InStep {
		r.t.Errorf("after the release: %s", brief(result))
	}
}

// uniqueCodes wants this many codes, all different, each sealed.
func (r *rig) uniqueCodes(want int) {
	r.t.Helper()
	kept, err := r.app.store.In("default").Recall(context.Background(), "door", "visitor")
	if err != nil {
		r.t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, k := range kept {
		if k.Secret == "" || seen[k.Secret] || strings.Contains(k.Body, k.Secret) {
			r.t.Errorf("code of %s is missing, shown, or somebody else's too", k.ID)
		}
		seen[k.Secret] = true
	}
	if len(seen) != want {
		r.t.Errorf("%d codes, want %d", len(seen), want)
	}
}

// dropHouse takes records out of our own space system.
func (r *rig) dropHouse(keys ...cardea.Key) {
	r.t.Helper()
	if err := r.app.desk.SaveHouse(context.Background(), "space", nil, keys, "test"); err != nil {
		r.t.Fatal(err)
	}
}
