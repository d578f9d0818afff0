package opentech

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// units are the units of the facility as listed once.
type units struct {
	at      time.Time
	list    []unit
	flaws   []flawed
	byGroup map[cardea.GroupID]unit
	byID    map[int64]unit
	twins   map[cardea.GroupID][]unit // of one number but for case and space: nobody can tell which is meant
}

// flawed is a row that cannot be used.
type flawed struct {
	raw json.RawMessage
	bad *object.Flaw
}

// listUnits reads the units anew.
func (s *System) listUnits(ctx context.Context) (*units, error) {
	path, err := s.under(ctx, "units")
	if err != nil {
		return nil, err
	}
	began, written := s.c.Now(), s.turns.written()
	rows, err := s.list(ctx, path)
	if err != nil {
		return nil, err
	}
	us := &units{at: began, byGroup: map[cardea.GroupID]unit{}, byID: map[int64]unit{}, twins: map[cardea.GroupID][]unit{}}
	for _, raw := range rows {
		u, bad := unitOf(raw)
		if bad != nil {
			us.flaws = append(us.flaws, flawed{raw, bad})
			continue
		}
		if _, twice := us.byID[u.id]; twice {
			continue
		}
		us.add(u)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.units, s.added = us, nil
	s.turns.seen(written)
	return us, nil
}

// viewAge is how old the list of units may be that a write on some groups begins with, while nothing was written to them
// since: filling a gate of thousands of units must not list them all for each tenant. Who stands on a unit is listed anew.
const viewAge = 30 * time.Second

// unitsFor returns the units, as listed lately when that tells of all these groups.
func (s *System) unitsFor(ctx context.Context, groups []cardea.GroupID) (*units, error) {
	s.mu.Lock()
	us := s.units
	s.mu.Unlock()
	if us == nil || len(groups) == 0 || s.c.Now().Sub(us.at) > viewAge {
		return s.listUnits(ctx)
	}
	for _, g := range groups {
		if _, there := us.byGroup[g]; !there && strings.HasPrefix(string(g), unitPrefix) || s.turns.wrote(g) {
			return s.listUnits(ctx)
		}
	}
	return us, nil
}

func groupsOf(es ...cardea.Edge) []cardea.GroupID {
	out := make([]cardea.GroupID, len(es))
	for i, e := range es {
		out[i] = e.Group
	}
	return out
}

func (us *units) add(u unit) {
	us.list, us.byID[u.id] = append(us.list, u), u
	g := u.group()
	if other, there := us.byGroup[g]; there {
		us.twins[g] = append(us.twins[g], other)
		delete(us.byGroup, g)
	}
	if len(us.twins[g]) > 0 {
		us.twins[g] = append(us.twins[g], u)
		return
	}
	us.byGroup[g] = u
}

// find returns the unit of a group. Errors: NotFound; Conflict when two units bear the number.
func (us *units) find(g cardea.GroupID) (unit, error) {
	if twins := us.twins[g]; len(twins) > 0 {
		return unit{}, cardea.Errorf(cardea.Conflict,
			"units %d and %d have the same number %q but for case and space: give one of them another number at OpenTech",
			twins[0].id, twins[1].id, trim(twins[0].number))
	}
	u, ok := us.byGroup[g]
	if !ok {
		for _, f := range us.flaws {
			for _, k := range f.bad.Who {
				if k == (cardea.Group{ID: g}).Key() {
					return unit{}, cardea.Errorf(cardea.Rejected, "the unit cannot be used: %s", f.bad.Why)
				}
			}
		}
		return unit{}, cardea.Errorf(cardea.NotFound, "the facility has no unit %q", strings.TrimPrefix(string(g), unitPrefix))
	}
	return u, nil
}

// spot is where visitors stand: on a unit, or on an access profile.
type spot struct {
	group   cardea.GroupID
	unit    unit  // of a unit
	profile int64 // of an access profile
}

func (at spot) isUnit() bool { return at.profile == 0 }

// view is what one write begins with, read when it begins.
type view struct {
	units  *units
	book   *book
	people *people
}

// look reads what a write on these groups begins with; without groups all of it anew.
func (s *System) look(ctx context.Context, groups ...cardea.GroupID) (*view, error) {
	b, err := s.recall(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.known(ctx, peopleAge)
	if err != nil {
		return nil, err
	}
	us, err := s.unitsFor(ctx, groups)
	if err != nil {
		return nil, err
	}
	return &view{units: us, book: b, people: p}, nil
}

// spotOf finds where a group is. Errors: NotFound, Conflict, Rejected.
func (s *System) spotOf(vw *view, g cardea.GroupID) (spot, error) {
	if strings.HasPrefix(string(g), unitPrefix) {
		u, err := vw.units.find(g)
		return spot{group: g, unit: u}, err
	}
	id, ok := profileID(g)
	switch {
	case !ok:
		return spot{}, cardea.Errorf(cardea.Rejected, "%q is neither a unit nor an access profile", g)
	case !s.c.PortalVisitors:
		return spot{}, cardea.Errorf(cardea.Rejected,
			"access profiles are groups only with portal_visitors: true in the connection's settings")
	}
	return spot{group: g, profile: id}, nil
}

func profileGroup(id int64) cardea.GroupID { return cardea.GroupID(profilePrefix + number(id)) }

func profileID(g cardea.GroupID) (int64, bool) {
	text, ok := strings.CutPrefix(string(g), profilePrefix)
	id, err := strconv.ParseInt(text, 10, 64)
	return id, ok && err == nil && id > 0 && number(id) == text
}

// crowd are the visitors of one spot. odd counts those that cannot be read: they are there, and nobody knows whose.
type crowd struct {
	visitors []visitor
	odd      int
}

// visitorsAt lists who stands on a spot.
func (s *System) visitorsAt(ctx context.Context, at spot) (crowd, error) {
	if !at.isUnit() {
		all, flaws, err := s.allVisitors(ctx)
		if err != nil {
			return crowd{}, err
		}
		c := crowd{odd: len(flaws)}
		for _, v := range all {
			if v.portal && v.unit == 0 && v.profile == at.profile {
				c.visitors = append(c.visitors, v)
			}
		}
		return c, nil
	}
	vs, flaws, err := s.onUnit(ctx, at.unit)
	return crowd{visitors: vs, odd: len(flaws)}, err
}

// visitorsOf reads rows. A visitor that is listed twice counts once.
func visitorsOf(rows []json.RawMessage) ([]visitor, []flawed) {
	var flaws []flawed
	out := make([]visitor, 0, len(rows))
	seen := make(map[int64]bool, len(rows))
	for _, raw := range rows {
		v, bad := visitorOf(raw)
		switch {
		case bad != nil:
			flaws = append(flaws, flawed{raw, bad})
		case !seen[v.id]:
			seen[v.id] = true
			out = append(out, v)
		}
	}
	return out, flaws
}

// turns lets one write at a time touch a group: two that run at once would each see the other's visitor still there, and a
// unit would never be vacated.
//
// It also remembers which groups had their turn since the units were listed.
type turns struct {
	mu    sync.Mutex
	of    map[cardea.GroupID]turn
	count int                    // turns that have ended
	since map[cardea.GroupID]int // the last of them, by group
}

// written returns how many turns have ended: a list that begins now shows them all.
func (t *turns) written() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// seen forgets the turns that a list shows.
func (t *turns) seen(count int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.since, func(_ cardea.GroupID, n int) bool { return n <= count })
}

// wrote says whether a group had a turn that the last list may not show.
func (t *turns) wrote(g cardea.GroupID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, did := t.since[g]
	return did
}

func (t *turns) end(groups []cardea.GroupID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since == nil {
		t.since = map[cardea.GroupID]int{}
	}
	t.count++
	for _, g := range groups {
		t.since[g] = t.count
	}
}

// take waits for the turns of all groups of the edges and returns how to end them. Groups are taken in their order, so
// that two calls never wait for each other.
func (t *turns) take(es ...cardea.Edge) func() {
	groups := groupsOf(es...)
	slices.Sort(groups)
	groups = slices.Compact(groups)
	var held []turn
	for _, g := range groups {
		one := t.lock(g)
		one <- struct{}{}
		held = append(held, one)
	}
	return func() {
		t.end(groups)
		for _, one := range held {
			<-one
		}
	}
}

// turn holds a value while somebody has it. It is no mutex: turns last as long as calls at the vendor, and virtual time stands
// still while anybody waits for a mutex.
type turn chan struct{}

func (t *turns) lock(g cardea.GroupID) turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[cardea.GroupID]turn{}
	}
	if t.of[g] == nil {
		t.of[g] = make(turn, 1)
	}
	return t.of[g]
}
