package main

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestAHookAtOneNodeIsWorkForAny has two nodes on one database: a listing is under way at one of them when a hook comes to the other.
func TestAHookAtOneNodeIsWorkForAny(t *testing.T) {
	t.Parallel()
	db := database{storetest.DSN(t), storetest.Schema(t)}
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, db)
		defer func() { r.shut() }()
		r.listening("rnd")
		other, err := r.flags.assemble(context.Background(), r.term, r.set)
		if err != nil {
			t.Fatal(err)
		}
		defer other.shut()
		if err := other.desk.Connect(context.Background()); err != nil {
			t.Fatal(err)
		}
		there, err := other.desk.Start(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer there()
		time.Sleep(3 * time.Minute)
		r.fault("officernd", sandbox.Fault{Path: "*bookings*", Effect: sandbox.EffectSlow, DelayMS: 25000})
		time.Sleep(12*time.Minute + 10*time.Second) // the listing has begun at the other node
		here := r.serving()
		defer here()
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		time.Sleep(10 * time.Second)
		if r.in("General access", "ana") {
			t.Error("the hook waited for the other node")
		}
		r.clear()
		time.Sleep(2 * time.Minute)
		if r.in("General access", "ana") {
			t.Error("the other node's listing wrote over what the hook brought")
		}
	})
}

// TestAHookDuringALookIsNotLost changes the record again while it is being read.
func TestAHookDuringALookIsNotLost(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer func() { r.shut() }()
			r.listening("rnd")
			stop := r.serving()
			defer stop()
			time.Sleep(3 * time.Minute)
			// The vendor answers with what it knew when it was asked, ten seconds later.
			r.fault("officernd", sandbox.Fault{Path: "*assignments*", Effect: sandbox.EffectSlow, DelayMS: 10000, Times: 1})
			r.patch("officernd: {memberships: [{_id: ms-ana, name: Another}]}")
			time.Sleep(3 * time.Second) // the membership was read, what hangs on it is not here yet
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			time.Sleep(20 * time.Second)
			if r.in("General access", "ana") {
				t.Error("what changed during the look was lost")
			}
		})
	})
}

// TestADoorHookBringsBackWhatWasTakenByHand removes an entry at the vendor's: it is put back at once.
func TestADoorHookBringsBackWhatWasTakenByHand(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		count := r.counting()
		r.listening("kisi")
		stop := r.serving()
		defer stop()
		time.Sleep(10 * time.Minute)
		n := count.n()
		r.dropEdge("General access", "ana@x.test")
		if r.in("General access", "ana") {
			t.Fatal("Ana's entry was not taken away")
		}
		time.Sleep(15 * time.Second)
		if !r.in("General access", "ana") {
			t.Errorf("Ana's entry was not put back; asked %v", count.since(n, "kisi"))
		}
	})
}
