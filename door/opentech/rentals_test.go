package opentech_test

import (
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/opentech"
)

// whole goes through a rental: two move in, are locked and unlocked, one goes and comes back, their unit is renamed, they move
// out, somebody else moves in and out, and the unit goes.
func (l *life) whole() {
	t, ctx := l.t, l.t.Context()
	ann, ben := edge("unit:s-1", "ann"), guest("unit:s-1", "ben")
	const annIn, benIn = "unit:s-1/p:rnd/person:ann", "unit:s-1/p:rnd/person:ben"
	l.add("S-1")
	grant(t, l.s, ben, ann)
	l.want("granted", "S-1", "ann@x.test ben@x.test", annIn+"; "+benIn+" guest")
	is(t, "the unit", l.status(t, "S-1"), "Rented")
	grant(t, l.s, ann, ben)
	codes := l.codes("S-1")
	is(t, "codes", fmt.Sprint(strings.Count(codes, "@")), "2")

	well(t, l.s.Lock(ctx, []cardea.Edge{ann, ben})...)
	l.want("locked", "S-1", "", annIn+" shut; "+benIn+" shut guest")
	is(t, "the locked unit", l.status(t, "S-1"), "Delinquent")
	well(t, l.s.Lock(ctx, []cardea.Edge{ann, ben})...)
	well(t, l.s.Unlock(ctx, []cardea.Edge{ann, ben})...)
	well(t, l.s.Unlock(ctx, []cardea.Edge{ann, ben})...)
	l.want("unlocked", "S-1", "ann@x.test ben@x.test", annIn+"; "+benIn+" guest")
	is(t, "the unlocked unit", l.status(t, "S-1"), "Rented")
	well(t, l.s.Lock(ctx, []cardea.Edge{ben})...)
	l.want("one locked", "S-1", "ann@x.test", annIn+"; "+benIn+" shut guest")
	well(t, l.s.Unlock(ctx, []cardea.Edge{ben})...)

	revoke(t, l.s, ben)
	revoke(t, l.s, ben)
	l.want("one gone", "S-1", "ann@x.test", annIn)
	grant(t, l.s, ben)
	l.want("come back", "S-1", "ann@x.test ben@x.test", annIn+"; "+benIn+" guest")
	is(t, "codes of who came back", l.codes("S-1"), codes)

	number := l.renamed(codes)
	was := ann
	ann.Group, ben.Group = l.s.UnitGroup(number), l.s.UnitGroup(number)
	revoke(t, l.s, ann, ben)
	revoke(t, l.s, ann, ben)
	l.want("moved out", number, "", "")
	is(t, "the unit of those who moved out", l.status(t, number), "Vacant")

	cat := edge(string(ann.Group), "cat")
	if l.stuck(number) {
		_, errs := l.s.Grant(ctx, []cardea.Edge{cat})
		class(t, errs[0], cardea.Rejected)
		if !strings.Contains(fmt.Sprint(errs[0]), "moved out and may still count as the tenant") {
			t.Errorf("it does not say what to do: %v", errs[0])
		}
		well(t, l.s.DeleteUnit(ctx, ann.Group))
		return
	}
	grant(t, l.s, cat)
	grant(t, l.s, cat)
	l.want("let again", number, "cat@x.test", string(cat.Group)+"/p:rnd/person:cat")
	revoke(t, l.s, cat)
	grant(t, l.s, ann) // who lived here before
	l.want("back after all", number, "ann@x.test", string(ann.Group)+"/"+string(ann.Account))
	class(t, l.s.DeleteUnit(ctx, ann.Group), cardea.Conflict)
	revoke(t, l.s, ann)
	well(t, l.s.DeleteUnit(ctx, ann.Group), l.s.DeleteUnit(ctx, ann.Group), l.s.DeleteUnit(ctx, was.Group))
	is(t, "the unit in the end", l.status(t, number)+l.status(t, "S-1")+l.status(t, "S-2"), "")
	for _, e := range l.truth(t) {
		if strings.HasPrefix(string(e.Group), "unit:s-") {
			t.Errorf("%s is left", e.Key())
		}
	}
}

// stuck says whether nobody can rent a unit any more, whatever a client does: its tenant came by a move that left it Vacant, so
// that it cannot be vacated, may not be removed, and still counts as the one tenant that a unit may have.
func (l *life) stuck(number string) bool {
	return number == "S-2" && !l.is("move", "follow") && !l.is("second_tenant", "accept") && !l.is("remove_tenant", "accept")
}

// alone goes through a rental of one tenant whose unit is renamed, and who comes back after moving out.
func (l *life) alone() {
	t, ctx := l.t, l.t.Context()
	l.add("S-1")
	ann := edge("unit:s-1", "ann")
	grant(t, l.s, ann)
	codes, number := l.codes("S-1"), "S-2"
	g, err := l.s.RenameUnit(ctx, ann.Group, "S-2")
	if l.is("move", "refuse") {
		class(t, err, cardea.Rejected)
		number = "S-1"
		is(t, "the number that was refused", l.status(t, "S-2"), "")
	} else if err != nil || g.ID != "unit:s-2" {
		t.Fatalf("RenameUnit: %+v, %v", g, err)
	}
	ann.Group = l.s.UnitGroup(number)
	me := string(ann.Group) + "/" + string(ann.Account)
	l.want("renamed", number, "ann@x.test", me)
	is(t, "codes after the rename", l.codes(number), codes)
	l.code(ann)
	if err := l.s.Renew(ctx, ann.Account, ann.Group); err != nil || l.codes(number) == codes {
		t.Errorf("the code was not renewed: %v", err)
	}
	l.code(ann)
	well(t, l.s.Lock(ctx, []cardea.Edge{ann})...)
	l.want("locked", number, "", me+" shut")
	well(t, l.s.Unlock(ctx, []cardea.Edge{ann})...)
	l.want("unlocked", number, "ann@x.test", me)
	revoke(t, l.s, ann)
	l.want("moved out", number, "", "")
	if !l.stuck(number) {
		grant(t, l.s, ann)
		l.want("back", number, "ann@x.test", me)
		revoke(t, l.s, ann)
		l.want("moved out again", number, "", "")
	}
	well(t, l.s.DeleteUnit(ctx, ann.Group))
}

// code shows the code of who is alone on a unit: it is the one that the vendor has, also where it shows none.
func (l *life) code(e cardea.Edge) {
	l.t.Helper()
	shown, err := l.s.Show(l.t.Context(), e.Account, e.Group)
	if err != nil || e.Who.Email+" "+shown != l.codes(strings.ToUpper(strings.TrimPrefix(string(e.Group), "unit:"))) {
		l.t.Errorf("another code is shown than opens: %v", err)
	}
}

// byProfile goes through a membership of an access profile.
func (l *life) byProfile() {
	t, ctx := l.t, l.t.Context()
	l.s = l.connect(t, connection{memory: l.memory, profiles: true})
	ann, ben := edge("profile:42", "ann"), edge("profile:42", "ben")
	scope := cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{ann.Group}}
	want := func(when, passes, reads string) {
		t.Helper()
		is(t, when+", who passes", l.passes("profile:Gate"), passes)
		is(t, when+", what is read", edges(read(t, l.s, scope)), reads)
	}
	const annIn, benIn = "profile:42/p:rnd/person:ann", "profile:42/p:rnd/person:ben"
	grant(t, l.s, ann, ben)
	grant(t, l.s, ann, ben)
	want("granted", "ann@x.test ben@x.test", annIn+"; "+benIn)
	well(t, l.s.Lock(ctx, []cardea.Edge{ann})...)
	well(t, l.s.Lock(ctx, []cardea.Edge{ann})...)
	want("locked", "ben@x.test", annIn+" shut; "+benIn)
	well(t, l.s.Unlock(ctx, []cardea.Edge{ann})...)
	want("unlocked", "ann@x.test ben@x.test", annIn+"; "+benIn)
	revoke(t, l.s, ann)
	revoke(t, l.s, ann)
	want("revoked", "ben@x.test", benIn)
	grant(t, l.s, ann)
	want("back", "ann@x.test ben@x.test", annIn+"; "+benIn)
	revoke(t, l.s, ann, ben)
	want("all gone", "", "")
	if _, err := l.s.Examine(ctx); err != nil {
		t.Errorf("Examine: %v", err)
	}
}

// byHand goes through rentals of which the first is ended at the gate: what it leaves in lists is nobody's.
func (l *life) byHand() {
	t := l.t
	l.add("S-1")
	ann, ben, cat := edge("unit:s-1", "ann"), guest("unit:s-1", "ben"), edge("unit:s-1", "cat")
	grant(t, l.s, ann, ben)
	other := l.connect(t, connection{memory: newMemory(t)}) // never heard of them
	if err := l.server.Patch([]byte("opentech: {facilities: [{id: 7, units: [{unitNumber: S-1, status: Vacant}]}]}")); err != nil {
		t.Fatal(err)
	}
	l.want("vacated at the gate", "S-1", "", "")
	for _, s := range []*opentech.System{other, l.s} {
		grant(t, s, cat)
		grant(t, s, cat)
		got := edges(read(t, s, cardea.Scope{Kinds: []cardea.Kind{cardea.KindEdge}, Groups: []cardea.GroupID{cat.Group}}))
		is(t, "what is read", got, "unit:s-1/p:rnd/person:cat")
		is(t, "who passes", l.passes("S-1"), "cat@x.test")
		revoke(t, s, cat)
		is(t, "the unit", l.status(t, "S-1"), "Vacant")
	}
}

// renamed renames S-1 to S-2 with its people, and returns the number that it has then. Where the vendor moves nobody, or no
// guest, it is refused and everybody stays as they are.
func (l *life) renamed(codes string) string {
	t := l.t
	_, err := l.s.RenameUnit(t.Context(), "unit:s-1", "S-2")
	now, gone := "S-2", "S-1"
	if l.is("move", "refuse") || !l.is("guest_on_vacant", "accept") {
		class(t, err, cardea.Rejected)
		now, gone = gone, now
	} else if err != nil {
		t.Errorf("RenameUnit: %v", err)
	}
	is(t, "the number that is no more", l.status(t, gone), "")
	is(t, "codes after the rename", l.codes(now), codes)
	g := string(l.s.UnitGroup(now))
	l.want("renamed", now, "ann@x.test ben@x.test", g+"/p:rnd/person:ann; "+g+"/p:rnd/person:ben guest")
	is(t, "renames that are remembered", fmt.Sprint(l.memory.count("rename")), "0")
	return now
}
