package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// TestStorageSiteOfFiveThousandUnits fills a gate from nothing: every unit is made, every tenant is in, no code is given
// twice, and then nothing more is written.
func TestStorageSiteOfFiveThousandUnits(t *testing.T) {
	t.Parallel()
	const units, rentals = 5000, 4000
	bubble(t, morning, func(t *testing.T) {
		records := site(units)
		for n := 1; n <= rentals; n++ {
			id := fmt.Sprintf("p%d", n)
			records = append(records, tenant(id, fmt.Sprintf("Tenant %d", n)))
			records = append(records, rental(t, "r"+id, id, fmt.Sprintf("u%d", n))...)
		}
		r := storage(t, onSQLite, records)
		defer r.shut()
		stop := r.serving()
		defer stop()
		began := time.Now()
		for len(r.vendors.Writes("opentech")) < units+rentals && time.Since(began) < 24*time.Hour {
			time.Sleep(time.Minute)
		}
		time.Sleep(time.Minute)
		t.Logf("in step %s after the start, at the vendor's rate", time.Since(began))
		passing := 0
		for _, members := range r.units("opentech") {
			if members != "" {
				passing++
			}
		}
		if got := len(r.units("opentech")) - 1; got != units || passing != rentals {
			t.Fatalf("%d units with %d tenants, want %d and %d", got, passing, units, rentals)
		}
		r.uniqueCodes(rentals)
		from := len(r.vendors.Writes("opentech"))
		ended := rental(t, "rp1", "p1", "u1")[0].(cardea.Agreement) //nolint:forcetypeassert // made above
		ended.End = date(t, "2026-11-22")
		r.house(ended)
		time.Sleep(time.Hour)
		if n := len(r.vendors.Writes("opentech")) - from; n != 1 || r.gate(from, "/vacate") != 1 {
			t.Errorf("a move-out and an hour: %d calls: %v", n, r.vendors.Writes("opentech")[from:])
		}
	})
}
