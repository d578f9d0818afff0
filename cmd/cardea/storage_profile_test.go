package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// attributes returns what the gate shows of a unit's entries, as read back.
func (r *rig) attributes(group cardea.GroupID) []cardea.Attributes {
	r.t.Helper()
	state, err := r.app.store.In("default").DoorState(context.Background(), "door")
	if err != nil {
		r.t.Fatal(err)
	}
	var out []cardea.Attributes
	for _, e := range state.Edges {
		if e.Group == group {
			out = append(out, e.Attributes)
		}
	}
	return out
}

func TestUnitsBringTheirProfileAndTheirHours(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		special := unit(1)
		special.Attributes = cardea.Attributes{Profile: "Elephant room", TimeGroup: "Day"}
		records := append(site(0), special, unit(2), tenant("gil", "Gil Gomez"), tenant("ida", "Ida Ink"))
		records = append(records, rental(t, "r1", "gil", "u1")...)
		records = append(records, rental(t, "r2", "ida", "u2")...)
		r := storage(t, onSQLite, records)
		defer r.shut()
		r.sync(desk.InStep)
		want := []cardea.Attributes{{Profile: "Elephant room", TimeGroup: "Day"}}
		if got := r.attributes("unit:a-1"); !slices.Equal(got, want) {
			t.Errorf("A-1 has %v, want %v", got, want)
		}
		usual := []cardea.Attributes{{Profile: "All Access", TimeGroup: "24 Hour"}} // the gate's own defaults
		if got := r.attributes("unit:a-2"); !slices.Equal(got, usual) {
			t.Errorf("A-2 has %v, want %v", got, usual)
		}
		special.Profile = "Office 12"
		r.house(special)
		from := len(r.vendors.Writes("opentech"))
		r.sync(desk.InStep)
		want[0].Profile = "Office 12"
		if got := r.attributes("unit:a-1"); !slices.Equal(got, want) {
			t.Errorf("after the change A-1 has %v, want %v", got, want)
		}
		if n := len(r.vendors.Writes("opentech")) - from; n != 1 || r.gate(from, "/update") != 1 {
			t.Errorf("one update was to be sent: %v", r.vendors.Writes("opentech")[from:])
		}
		from = len(r.vendors.Writes("opentech"))
		r.sync(desk.InStep)
		if n := len(r.vendors.Writes("opentech")) - from; n != 0 {
			t.Errorf("a second sync wrote %d times", n)
		}
	})
}

// TestDoctorNamesUnitsWithoutALock asks doctor about a gate where units were made that nobody has paired with a lock.
func TestDoctorNamesUnitsWithoutALock(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := storage(t, onSQLite, site(2))
		defer r.shut()
		r.sync(desk.InStep)
		writes := len(r.vendors.Writes("opentech"))
		found, err := r.app.desk.Doctor(context.Background(), desk.Checkup{})
		if err != nil {
			t.Fatal(err)
		}
		said, err := json.Marshal(found)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"unit-without-lock", "A-1", "A-2", "North", "opens by access codes"} {
			if !strings.Contains(string(said), text) {
				t.Errorf("doctor does not say %q: %s", text, said)
			}
		}
		if n := len(r.vendors.Writes("opentech")) - writes; n != 0 {
			t.Errorf("doctor wrote %d times", n)
		}
	})
}
