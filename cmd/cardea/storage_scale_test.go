package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// TestALargeStorageSiteIsFilled fills a gate from nothing: every unit is made, every tenant is in, no code is given twice,
// and then nothing more is written. make soak does it with 5,000 units.
func TestALargeStorageSiteIsFilled(t *testing.T) {
	t.Parallel()
	fillGate(t, 500, 400)
}

func fillGate(t *testing.T, units, tenants int) {
	t.Helper()
	bubble(t, morning, func(t *testing.T) {
		r := storage(t, kept(t), site(0))
		defer r.shut()
		clerk := &office{tb: t, dir: t.TempDir()}
		var book, customers, rentals rows
		for n := 1; n <= units; n++ {
			book = append(book, []any{"London", fmt.Sprintf("A-%d", n), ""})
		}
		for n := 1; n <= tenants; n++ {
			id := fmt.Sprintf("C-%d", n)
			customers = append(customers, []any{id, "Ana", fmt.Sprintf("Lopez %d", n), fmt.Sprintf("ana%d@x.test", n)})
			rentals = append(rentals, []any{fmt.Sprintf("R-%d", n), fmt.Sprintf("A-%d", n), id, "", "2026-04-03", "", "no"})
		}
		imported := &importCmd{Files: []string{clerk.book("units.xlsx", book, customers, rentals)}, Yes: true}
		if err := imported.do(t.Context(), r.term, r.set); err != nil {
			t.Fatal(err)
		}
		stop := r.serving()
		defer stop()
		began := time.Now()
		for len(r.vendors.Writes("opentech")) < units+tenants && time.Since(began) < 24*time.Hour {
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
		if got := len(r.units("opentech")) - 1; got != units || passing != tenants {
			t.Fatalf("%d units with %d tenants, want %d and %d", got, passing, units, tenants)
		}
		r.uniqueCodes(tenants)
		from := len(r.vendors.Writes("opentech"))
		ended, err := r.app.desk.House(t.Context(), "space", cardea.KindAgreement)
		if err != nil {
			t.Fatal(err)
		}
		out := ended[0].(cardea.Agreement)
		out.End = date(t, "2026-11-22")
		r.house(out)
		time.Sleep(time.Hour)
		if n := len(r.vendors.Writes("opentech")) - from; n != 1 || r.gate(from, "/vacate") != 1 {
			t.Errorf("a move-out and an hour: %d calls: %v", n, r.vendors.Writes("opentech")[from:])
		}
	})
}
