package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestKisiHooksThatComeTwiceBareOrNotAtAll takes an entry away by hand, with webhooks that are delivered twice, are signed in the
// other form, or are lost: it is put back, and once.
func TestKisiHooksThatComeTwiceBareOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		switches map[string]string
		within   time.Duration
	}{
		"as documented": {nil, 15 * time.Second},
		"twice":         {map[string]string{"kisi.hook_duplicates": "twice"}, 15 * time.Second},
		"signed bare":   {map[string]string{"kisi.signature": "bare"}, 15 * time.Second},
		"lost":          {map[string]string{"kisi.hook_drop": "all"}, 20 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := tiny(t, onSQLite)
				if err := r.vendors.SetSwitches(c.switches); err != nil {
					t.Fatal(err)
				}
				defer func() { r.shut() }()
				r.listening("kisi")
				stop := r.serving()
				defer stop()
				time.Sleep(10 * time.Minute)
				n := len(r.vendors.Writes("kisi"))
				r.dropEdge("General access", "ana@x.test")
				time.Sleep(c.within)
				if !r.in("General access", "ana") {
					t.Error("Ana's entry was not put back")
				}
				if w := r.writesTo("kisi", n, http.MethodPost, "/role_assignments"); len(w) != 1 {
					t.Errorf("it was put back %d times: %v", len(w), w)
				}
			})
		})
	}
}

// TestKisiManagerMadeBetweenListingsStays makes a manager of somebody, in place, and lets their membership end before anybody
// has read the door side again: who manages a group is not removed without a person's word.
func TestKisiManagerMadeBetweenListingsStays(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		r.listening("rnd")
		stop := r.serving()
		defer stop()
		time.Sleep(10 * time.Minute)
		ana, there := r.edge("General access", "ana@x.test")
		if !there {
			t.Fatal("Ana is not in")
		}
		r.patch(fmt.Sprintf("kisi: {role_assignments: [{id: %s, role_id: group_manager}]}", ana.ID))
		n := len(r.vendors.Writes("kisi"))
		r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
		time.Sleep(2 * time.Minute)
		if _, there := r.edge("General access", "ana@x.test"); !there {
			t.Errorf("a manager was removed: %v", r.vendors.Writes("kisi")[n:])
		}
		time.Sleep(time.Hour)
		if _, there := r.edge("General access", "ana@x.test"); !there {
			t.Errorf("a manager was removed later: %v", r.vendors.Writes("kisi")[n:])
		}
	})
}
