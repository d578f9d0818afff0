package opentech

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// The lists that a visitor's attributes come from, as they stand in paths: no hyphens (vendors/opentech-kinnovis.md 2.6).
const (
	accessProfiles = "accessprofiles"
	timeGroups     = "timegroups"
)

const namesAge = 5 * time.Minute

// names are the access profiles or time groups of the facility.
type names struct {
	at   time.Time
	list []named
}

type named struct {
	id   int64
	name string
}

// find looks for a name, as written or but for case, else for an id. 0 and false when nothing or more than one fits.
func (ns names) find(text string) (int64, bool) {
	for _, fits := range []func(named) bool{
		func(n named) bool { return n.name == text },
		func(n named) bool { return fold(n.name) == fold(text) },
		func(n named) bool { return number(n.id) == text },
	} {
		var found []int64
		for _, n := range ns.list {
			if fits(n) {
				found = append(found, n.id)
			}
		}
		if len(found) > 0 {
			return found[0], len(found) == 1
		}
	}
	return 0, false
}

func (ns names) String() string {
	var out []string
	for _, n := range ns.list {
		out = append(out, n.name+" ("+number(n.id)+")")
	}
	if len(out) == 0 {
		return "none at all"
	}
	return strings.Join(out, ", ")
}

// named reads access profiles or time groups.
func (s *System) named(ctx context.Context, route string) (names, error) {
	path, err := s.under(ctx, route)
	if err != nil {
		return names{}, err
	}
	rows, err := s.list(ctx, path)
	if err != nil {
		return names{}, err
	}
	out := names{at: s.c.Now()}
	for _, raw := range rows {
		var f object.Fields
		if json.Unmarshal(raw, &f) != nil {
			continue
		}
		id, ok := f.ID("id")
		name, _ := f.Text("name")
		if ok && trim(name) != "" {
			out.list = append(out.list, named{id, trim(name)})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lists == nil {
		s.lists = map[string]names{}
	}
	s.lists[route] = out
	return out, nil
}

// attribute turns a name or id into the id to send. nil leaves the field out, which means the vendor's default; 0 is sent as
// it is, because other clients do (vendors/opentech-kinnovis.md 2.6). Errors: Rejected, naming those there are.
func (s *System) attribute(ctx context.Context, route, text string) (*int64, error) {
	text = trim(text)
	if text == "" {
		return nil, nil //nolint:nilnil // nothing to send is no trouble
	}
	if text == "0" {
		return new(int64), nil
	}
	s.mu.Lock()
	had := s.lists[route]
	s.mu.Unlock()
	if !had.at.IsZero() && s.c.Now().Sub(had.at) < namesAge {
		if id, ok := had.find(text); ok {
			return &id, nil
		}
	}
	fresh, err := s.named(ctx, route)
	if err != nil {
		return nil, err
	}
	if id, ok := fresh.find(text); ok {
		return &id, nil
	}
	what := "access profile"
	if route == timeGroups {
		what = "time group"
	}
	return nil, cardea.Errorf(cardea.Rejected, "%s: no single %s is called %q: there are %s", s.client.Name(), what, text, fresh)
}

// attributes are those an edge asks for, else the connection's.
func (s *System) attributes(ctx context.Context, e cardea.Edge, at spot) (profile, timeGroup *int64, err error) {
	if at.isUnit() {
		want := e.Profile
		if want == "" {
			want = s.c.Profile
		}
		if profile, err = s.attribute(ctx, accessProfiles, want); err != nil {
			return nil, nil, err
		}
	} else {
		profile = &at.profile
	}
	want := e.TimeGroup
	if want == "" {
		want = s.c.TimeGroup
	}
	timeGroup, err = s.attribute(ctx, timeGroups, want)
	return profile, timeGroup, err
}

// update is the body of an update: what is nil stays as it is.
type update struct {
	UnitID    *int64  `json:"unitId,omitempty"`
	Code      string  `json:"accessCode,omitempty"`
	TimeGroup *int64  `json:"timeGroupId,omitempty"`
	Profile   *int64  `json:"accessProfileId,omitempty"`
	First     *string `json:"firstName,omitempty"`
	Last      *string `json:"lastName,omitempty"`
	Email     *string `json:"email,omitempty"`
	Phone     *string `json:"mobilePhoneNumber,omitempty"`
}

// Reprofile implements door.Profiled: an update of the visitor. Errors: NotFound when the account has no visitor there,
// Conflict when somebody locked it, Rejected for an attribute that is not there, naming those that are.
func (s *System) Reprofile(ctx context.Context, was, now cardea.Edge) (string, error) {
	if was.Key() != now.Key() {
		return "", cardea.Errorf(cardea.Rejected, "a change of attributes keeps account and group")
	}
	defer s.turns.take(now)()
	vw, err := s.look(ctx)
	if err != nil {
		return "", err
	}
	at, err := s.spotOf(vw, now.Group)
	if err != nil {
		return "", err
	}
	c, err := s.visitorsAt(ctx, at)
	if err != nil {
		return "", err
	}
	var mine []visitor
	for _, v := range c.of(now.Account, at, vw) {
		switch stands(v, at, vw.book) {
		case passes, shut:
			mine = append(mine, v)
		case lockedAtGate, unitAtGate:
			return "", cardea.Errorf(cardea.Conflict, "visitor %d of %s is locked at the gate and stays as it is", v.id, now.Group)
		case taken:
		}
	}
	if len(mine) == 0 {
		return "", cardea.Errorf(cardea.NotFound, "account %s has no visitor on %s", now.Account, now.Group)
	}
	var body update
	if at.isUnit() {
		body.Profile, err = s.attribute(ctx, accessProfiles, now.Profile)
	} else if now.Profile != "" {
		return "", cardea.Errorf(cardea.Rejected, "the access profile of %s is the group itself and cannot be another", now.Group)
	}
	if err != nil {
		return "", err
	}
	if body.TimeGroup, err = s.attribute(ctx, timeGroups, now.TimeGroup); err != nil {
		return "", err
	}
	for _, v := range mine {
		if err := s.reprofile(ctx, v, body); err != nil {
			return "", err
		}
	}
	return mine[0].ref(), nil
}

func (s *System) reprofile(ctx context.Context, v visitor, body update) error {
	if body.Profile != nil && *body.Profile == v.profile {
		body.Profile = nil
	}
	if body.TimeGroup != nil && *body.TimeGroup == v.timeGroup {
		body.TimeGroup = nil
	}
	if body == (update{}) {
		return nil
	}
	_, err := s.update(ctx, v.id, body)
	return err
}

// update changes single fields of a visitor.
func (s *System) update(ctx context.Context, id int64, body update) (wire.Answer, error) {
	path, err := s.under(ctx, "visitors", number(id), "update")
	if err != nil {
		return wire.Answer{}, err
	}
	ans, err := s.post(ctx, path, body)
	return ans, hide(err, body.Code)
}
