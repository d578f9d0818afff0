package opentech

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// fewGroups are read unit by unit; of more, the whole list of visitors is as cheap.
const fewGroups = 3

// Read implements door.System. Each collection stands on its own: one that fails is ended with Fail. An error is returned
// only when the credentials are refused for all of them. Visitors are told apart by what is kept, so that nothing can be
// read without the memory.
func (s *System) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	r := &reading{s: s, ctx: ctx, want: narrowed(want)}
	if r.want.wants(cardea.KindGroup) {
		p := into.Open(cardea.KindGroup)
		p.End(r.readGroups(p))
	}
	if r.want.wants(cardea.KindAccount) {
		p := into.Open(cardea.KindAccount)
		p.End(r.readAccounts(p))
	}
	if r.want.wants(cardea.KindEdge) {
		p := into.Open(cardea.KindEdge)
		p.End(r.readEdges(p))
	}
	return into.Refused()
}

// wish is a scope, with single records taken apart. Empty sets of a kind that is wanted mean all.
type wish struct {
	kinds    map[cardea.Kind]bool
	groups   map[cardea.GroupID]bool // to be read themselves
	accounts map[cardea.AccountID]bool
	edges    map[cardea.Key]cardea.Edge // single edges
	on       map[cardea.GroupID]bool    // edges of these groups
	of       map[cardea.AccountID]bool  // edges of these accounts
}

func (w wish) wants(k cardea.Kind) bool { return w.kinds[k] }

func narrowed(want cardea.Scope) wish {
	w := wish{
		kinds: map[cardea.Kind]bool{}, groups: map[cardea.GroupID]bool{}, accounts: map[cardea.AccountID]bool{},
		edges: map[cardea.Key]cardea.Edge{}, on: map[cardea.GroupID]bool{}, of: map[cardea.AccountID]bool{},
	}
	for _, k := range want.Keys {
		switch k.Kind {
		case cardea.KindGroup:
			w.groups[cardea.GroupID(k.ID)] = true
		case cardea.KindAccount:
			w.accounts[cardea.AccountID(k.ID)] = true
		case cardea.KindEdge:
			g, a, ok := edgeOf(k.ID)
			if !ok {
				continue
			}
			w.edges[k] = cardea.Edge{Group: g, Account: a}
			w.on[g] = true
		default: // a space system's
			continue
		}
		w.kinds[k.Kind] = true
	}
	if len(want.Keys) > 0 {
		return w
	}
	for _, k := range []cardea.Kind{cardea.KindGroup, cardea.KindAccount, cardea.KindEdge} {
		w.kinds[k] = want.Wants(k)
	}
	for _, g := range want.Groups {
		w.on[g] = true
	}
	for _, a := range want.Accounts {
		w.of[a], w.accounts[a] = true, true
	}
	return w
}

// reading is one Read: units, notes and visitors are fetched once for all its collections.
type reading struct {
	s     *System
	ctx   context.Context //nolint:containedctx // it lives as long as one call
	want  wish
	seen  *view
	all   []visitor
	flaws []flawed
	got   bool
}

func (r *reading) view() (*view, error) {
	if r.seen != nil {
		return r.seen, nil
	}
	b, err := r.s.recall(r.ctx)
	if err != nil {
		return nil, err
	}
	p, err := r.s.known(r.ctx, 0)
	if err != nil {
		return nil, err
	}
	us, err := r.s.listUnits(r.ctx)
	if err != nil {
		return nil, err
	}
	r.seen = &view{units: us, book: b, people: p}
	return r.seen, nil
}

func (r *reading) visitors() ([]visitor, []flawed, error) {
	if r.got {
		return r.all, r.flaws, nil
	}
	var err error
	if r.all, r.flaws, err = r.s.allVisitors(r.ctx); err != nil {
		return nil, nil, err
	}
	r.got = true
	return r.all, r.flaws, nil
}

// readGroups reads units, and access profiles where these are groups. Units that nobody can tell apart are unusable.
func (r *reading) readGroups(p *cardea.Pages) error {
	vw, err := r.view()
	if err != nil {
		return err
	}
	asked := func(g cardea.GroupID) bool { return len(r.want.groups) == 0 || r.want.groups[g] }
	came := map[cardea.GroupID]bool{}
	var out []cardea.Record
	for _, u := range vw.units.list {
		g := u.shown()
		if !asked(g.ID) || came[g.ID] {
			continue
		}
		came[g.ID] = true
		if _, err := vw.units.find(g.ID); err != nil {
			p.Bad(nil, []cardea.Key{g.Key()}, err.Error())
			continue
		}
		out = append(out, g)
	}
	for _, f := range vw.units.flaws {
		f.bad.Note(p, f.raw)
		for _, k := range f.bad.Who {
			came[cardea.GroupID(k.ID)] = true
		}
	}
	if r.s.c.PortalVisitors {
		profiles, err := r.s.named(r.ctx, accessProfiles)
		if err != nil {
			return err
		}
		for _, x := range profiles.list {
			g := cardea.Group{ID: profileGroup(x.id), Name: profilePrefix + x.name}
			if asked(g.ID) && !came[g.ID] {
				came[g.ID] = true
				out = append(out, g)
			}
		}
	}
	p.Add(out, whole)
	for _, g := range slices.Sorted(maps.Keys(r.want.groups)) {
		if !came[g] {
			p.Missing(cardea.Group{ID: g}.Key())
		}
	}
	return nil
}

func (r *reading) readAccounts(p *cardea.Pages) error {
	vw, err := r.view()
	if err != nil {
		return err
	}
	vs, flaws, err := r.visitors()
	if err != nil {
		return err
	}
	for _, f := range flaws {
		own := object.Flaw{Why: f.bad.Why}
		if n := noteOfRow(f.raw, vw.book); n != nil {
			own.Who = []cardea.Key{cardea.Account{ID: n.Account}.Key()}
		}
		noted(p, &own, f.raw)
	}
	all := r.s.accountsOf(slices.Clone(vs), vw)
	var out []cardea.Record
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if len(r.want.accounts) == 0 || r.want.accounts[id] {
			out = append(out, all[id])
		}
	}
	p.Add(out, whole)
	for _, id := range slices.Sorted(maps.Keys(r.want.accounts)) {
		if _, there := all[id]; !there && len(flaws) == 0 {
			p.Missing(cardea.Account{ID: id}.Key())
		}
	}
	return nil
}

// noteOfRow finds whose visitor a broken row is, by our note of its id.
func noteOfRow(raw json.RawMessage, b *book) *note {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return nil
	}
	id, ok := f.ID("id")
	if !ok {
		return nil
	}
	return b.of[id]
}

// better orders visitors of one account on one group: what passes before what does not, then what we can change before
// what we cannot, then the older one.
func better(a, b cardea.Edge, va, vb visitor) int {
	rank := func(e cardea.Edge) int {
		switch {
		case e.Foreign != "":
			return 2
		case e.Shut:
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(va.id, vb.id))
}
