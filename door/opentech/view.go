package opentech

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
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
	bad *flaw
}

// listUnits reads the units anew.
func (s *System) listUnits(ctx context.Context) (*units, error) {
	path, err := s.under(ctx, "units")
	if err != nil {
		return nil, err
	}
	rows, err := s.list(ctx, path)
	if err != nil {
		return nil, err
	}
	us := &units{at: s.c.Now(), byGroup: map[cardea.GroupID]unit{}, byID: map[int64]unit{}, twins: map[cardea.GroupID][]unit{}}
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
	return us, nil
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
			for _, k := range f.bad.who {
				if k == (cardea.Group{ID: g}).Key() {
					return unit{}, cardea.Errorf(cardea.Rejected, "the unit cannot be used: %s", f.bad.why)
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

func (s *System) look(ctx context.Context) (*view, error) {
	b, err := s.recall(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.known(ctx, peopleAge)
	if err != nil {
		return nil, err
	}
	us, err := s.listUnits(ctx)
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
type turns struct {
	mu sync.Mutex
	of map[cardea.GroupID]*sync.Mutex
}

// take waits for the turns of all groups of the edges and returns how to end them. Groups are taken in their order, so
// that two calls never wait for each other.
func (t *turns) take(es ...cardea.Edge) func() {
	var groups []cardea.GroupID
	for _, e := range es {
		groups = append(groups, e.Group)
	}
	slices.Sort(groups)
	var held []*sync.Mutex
	for _, g := range slices.Compact(groups) {
		m := t.lock(g)
		m.Lock()
		held = append(held, m)
	}
	return func() {
		for _, m := range held {
			m.Unlock()
		}
	}
}

func (t *turns) lock(g cardea.GroupID) *sync.Mutex {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[cardea.GroupID]*sync.Mutex{}
	}
	if t.of[g] == nil {
		t.of[g] = &sync.Mutex{}
	}
	return t.of[g]
}
