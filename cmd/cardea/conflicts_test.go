package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// conflict is the only one that is open.
func (r *rig) conflict(kind cardea.ConflictKind) desk.Conflict {
	r.t.Helper()
	all, err := r.app.desk.Conflicts(r.t.Context())
	open := slices.DeleteFunc(all, func(c desk.Conflict) bool { return len(c.Decided) > 0 })
	if err != nil || len(open) != 1 || open[0].Kind != kind {
		r.t.Fatalf("want one conflict %s: %+v, %v", kind, open, err)
	}
	return open[0]
}

// TestALeaversAddressIsReused has a new person come with the address of somebody whose address changed. They are not let in
// with that account before somebody says so; what is decided shows first, is done, is not asked again, and can be undone.
func TestALeaversAddressIsReused(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := following(t, db, doorSide("scim"))
			defer r.shut()
			r.catchUp()
			before := r.passing("scim")["General access"]
			r.moves(map[string]string{"ana": "private@x.test"})
			kim := tenant("kim", "Kim Khan")
			kim.Email = "ana@x.test"
			r.house(kim, cardea.Agreement{ID: "hot-kim", Person: "kim", Plan: "hot", Location: "london", Approved: true,
				Start: date(t, "2026-09-01")})
			r.catchUp()
			if now := r.passing("scim")["General access"]; !slices.Equal(now, before) {
				t.Errorf("%v, before it was %v", now, before)
			}
			all, err := r.app.desk.Conflicts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, func(c desk.Conflict) bool { return c.Kind == cardea.ConflictTaken })
			if i < 0 || all[i].Since == 0 || all[i].Who[0].Name != "Kim Khan" || len(all[i].Which) != 1 || all[i].Does == "" {
				t.Fatalf("%+v", all)
			}
			give := mergeCmd{settling: settling{ID: all[i].ID, Note: "asked her", Yes: true}, Person: "kim@nowhere"}
			if code, out, log := r.command(nil, give.do); code != exitUsage || !strings.Contains(log, "fits") {
				t.Errorf("a person it is not about: %d %s%s", code, out, log)
			}
			give.Person = "Kim Khan"
			code, out, log := r.command(nil, give.do)
			if code != exitInStep || !strings.Contains(out, "Decided") || !strings.Contains(out, "is space/person:kim's") {
				t.Fatalf("%d %s%s", code, out, log)
			}
			if n, who, detail := r.audited("identity"); n < 2 || !strings.Contains(who, "olga") || !strings.Contains(detail, all[i].ID) {
				t.Errorf("%d audit lines, by %s: %s", n, who, detail)
			}
			r.catchUp()
			if now := r.passing("scim")["General access"]; len(now) != len(before)+1 || !slices.Contains(now, "private@x.test") {
				t.Errorf("Ana has no account of her own: %v", now)
			}
			_, out, _ = r.command(nil, (&conflictListCmd{}).do)
			if !strings.Contains(out, "settled") || strings.Contains(out, "account taken") || !strings.Contains(out, "asked her") {
				t.Errorf("the list: %s", out)
			}
			undo := unsettleCmd{settling{ID: all[i].ID, Yes: true}}
			if code, out, log := r.command(nil, undo.do); code != exitInStep || !strings.Contains(out, "taken back") {
				t.Errorf("undo: %d %s%s", code, out, log)
			}
			if code, _, log := r.command(nil, undo.do); code != exitUsage || !strings.Contains(log, "nothing is decided") {
				t.Errorf("undo again: %d %s", code, log)
			}
		})
	})
}

// TestPeopleOfOneAddressAreKeptApart shows who would lose access first, and asks; then the account stays with the one who was
// named, and nobody asks again.
func TestPeopleOfOneAddressAreKeptApart(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := following(t, kept(t), doorSide("scim"))
		defer r.shut()
		r.catchUp()
		kim := tenant("kim", "Kim Khan")
		kim.Email = "ana@x.test"
		r.house(kim)
		for _, id := range []string{"ana", "kim"} {
			r.house(cardea.Agreement{ID: "two-" + id, Person: id, Plan: "hot", Location: "london", Approved: true, Start: date(t, "2026-09-01")})
		}
		r.catchUp()
		before := r.passing("scim")["General access"]
		c := r.conflict(cardea.ConflictSameEmail)
		apart := apartCmd{settling: settling{ID: c.ID}, Person: "Kim Khan"}
		if code, out, log := r.command(nil, apart.do); code != exitInStep {
			t.Errorf("%d %s%s", code, out, log)
		}
		r.catchUp()
		if now := r.passing("scim")["General access"]; !slices.Equal(now, before) {
			t.Errorf("%v, before it was %v", now, before)
		}
		all, err := r.app.desk.Conflicts(t.Context())
		if err != nil || len(all) != 1 || len(all[0].Decided) == 0 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
