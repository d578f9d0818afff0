package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// HoldChoice says which of the holds somebody was shown are meant. What is named narrows: a group and a person mean that
// person in that group.
type HoldChoice struct {
	All    bool     // everything that a person can release
	IDs    []string // these very holds, as they were shown
	Group  string   // name of a group, number of a unit, or id:ID
	Person string   // e-mail, or the id of a person or account
	Code   cardea.HoldCode
}

// Of picks out of holds what is meant and can be released, and beside it what is meant and cannot. Errors: Rejected when
// nothing is named, or all and something else; NotFound when a name fits nothing that waits.
func (c HoldChoice) Of(holds []Hold) (chosen, left []Hold, err error) {
	named := len(c.IDs) > 0 || c.Group != "" || c.Person != "" || c.Code != ""
	switch {
	case c.All == named:
		return nil, nil, cardea.Errorf(cardea.Rejected, "say what to release: an id that `cardea holds` shows, a group, a person or a "+
			"guard; or all, and nothing else beside it")
	case slices.ContainsFunc(c.IDs, func(id string) bool { return !slices.ContainsFunc(holds, func(h Hold) bool { return h.ID == id }) }):
		return nil, nil, cardea.Errorf(cardea.NotFound, "what was shown as %s waits no more, or not as it was shown: look again "+
			"with `cardea holds`", strings.Join(c.IDs, " or "))
	}
	for _, name := range []struct {
		one  string
		fits func(say.Operation) bool
		of   func(say.Operation) string
	}{
		{c.Group, c.inGroup, func(o say.Operation) string { return o.GroupName }},
		{c.Person, c.ofPerson, func(o say.Operation) string { return o.Email }},
	} {
		if name.one == "" {
			continue
		}
		var known []string
		found := false
		for _, h := range holds {
			for _, o := range h.Operations {
				found = found || name.fits(o)
				if text := name.of(o); text != "" && !slices.Contains(known, text) {
					known = append(known, text)
				}
			}
		}
		if !found {
			slices.Sort(known)
			return nil, nil, cardea.Errorf(cardea.NotFound, "nothing waits for %q%s", name.one, Nearest(name.one, known))
		}
	}
	if err := c.oneGroup(holds); err != nil {
		return nil, nil, err
	}
	for _, h := range holds {
		switch one, some := c.within(h); {
		case !some || h.Released:
		case h.Releasable:
			chosen = append(chosen, one)
		default:
			left = append(left, one)
		}
	}
	return chosen, left, nil
}

// oneGroup refuses a name that fits several groups.
func (c HoldChoice) oneGroup(holds []Hold) error {
	var fits []string
	for _, h := range holds {
		id := h.Door + " id:" + string(h.Group)
		if c.Group != "" && slices.ContainsFunc(h.Operations, c.inGroup) && !slices.Contains(fits, id) {
			fits = append(fits, id)
		}
	}
	if len(fits) > 1 {
		return cardea.Errorf(cardea.Rejected, "%q fits several groups: %s; name one by its id, and its door connection where the ids "+
			"are the same", c.Group, strings.Join(fits, ", "))
	}
	return nil
}

// within narrows a hold to what is meant of it. An account that is made is meant with the access that it is made for.
func (c HoldChoice) within(h Hold) (Hold, bool) {
	if c.Code != "" && h.Code != c.Code || len(c.IDs) > 0 && !slices.Contains(c.IDs, h.ID) {
		return h, false
	}
	inGroup := c.Group == "" || slices.ContainsFunc(h.Operations, c.inGroup)
	h.Operations = slices.DeleteFunc(slices.Clone(h.Operations), func(o say.Operation) bool {
		return !inGroup || c.Person != "" && !c.ofPerson(o)
	})
	if len(h.Operations) == 0 {
		return h, false
	}
	return h.tidy(), true
}

func (c HoldChoice) inGroup(o say.Operation) bool {
	if id, ok := strings.CutPrefix(c.Group, "id:"); ok {
		return string(o.Group) == id
	}
	same := func(name string) bool {
		return name != "" && strings.EqualFold(strings.TrimSpace(c.Group), strings.TrimSpace(name))
	}
	return same(o.GroupName) || o.Unit != nil && same(o.Unit.Number)
}

func (c HoldChoice) ofPerson(o say.Operation) bool {
	id := strings.TrimPrefix(c.Person, "id:")
	if id != "" && (string(o.Person) == id || string(o.Account) == id) {
		return true
	}
	wanted, ok := match.Fold(c.Person)
	has, known := match.Fold(o.Email)
	return ok && known && wanted == has
}

// Release releases exactly the operations of these holds, as somebody was shown them, with one audit line: their keys pass
// the guard that held them from now on, in whatever run still wants them. Whoever serves looks at once. It returns how many
// were released; what changed since it was shown is not among them. Conflict when nothing of it waits any more.
func (d *Desk) Release(ctx context.Context, shown []Hold, who string) (int, error) {
	var rs []store.Release
	for _, h := range shown {
		if !h.Releasable {
			return 0, cardea.Errorf(cardea.Rejected, "what waits because %s cannot be released. %s", h.Says, h.Mend)
		}
		i := slices.IndexFunc(rs, func(r store.Release) bool { return r.Door == h.Door })
		if i < 0 {
			i = len(rs)
			rs = append(rs, store.Release{Door: h.Door})
		}
		for _, o := range h.Operations {
			rs[i].Ops = append(rs[i].Ops, o.Operation)
		}
	}
	slices.SortFunc(rs, func(a, b store.Release) int { return strings.Compare(a.Door, b.Door) })
	return d.ws.ReleaseHeld(ctx, rs, who, d.now())
}
