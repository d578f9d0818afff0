package main

import (
	"context"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
)

// A slip in a mapping must not open a door to everybody before somebody has looked.
func TestAMappingThatOpensADoorToManyWaits(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-10-19T09:20:00Z", func(t *testing.T) {
		r := newRig(t, "london", kept(t), nil)
		r.sync(desk.InStep)
		r.shut()
		night := "Shoreditch night"
		before, writes := len(r.members()[night]), r.writes()
		hot := r.set.file.Integrations["shoreditch"].Mappings.Plans["Hot desk"]
		hot.Groups = append(hot.Groups, config.Name{Text: night})
		r.open()
		defer r.shut()
		result := r.sync(desk.Held)
		if n := len(r.members()[night]); n != before || r.writes() != writes {
			t.Errorf("%d people had %s, %d have it now after %d writes", before, night, n, r.writes()-writes)
		}
		for _, o := range result.Doors[0].Operations {
			if o.Held == nil || o.Held.Code != cardea.HeldBrake {
				t.Errorf("only what the mapping brings is planned, and held by the brake: %s %s %+v", o.Verb, o.Cause, o.Held)
			}
		}
		if _, err := r.app.desk.Apply(context.Background(), result.Doors[0].Hash, nil, "test"); err != nil {
			t.Fatal(err)
		}
		if n := len(r.members()[night]); n <= before+25 {
			t.Errorf("released, %s has %d people, %d before", night, n, before)
		}
		r.sync(desk.InStep)
	})
}
