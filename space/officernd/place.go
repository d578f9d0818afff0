package officernd

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/cardea-access/cardea"
)

type location struct {
	own

	Name text `json:"name"`
	Zone text `json:"timezone"`
}

func (v location) record() cardea.Record {
	return cardea.Location{ID: v.id(), Name: string(v.Name), Zone: string(v.Zone)}
}

type floor struct {
	own

	Name     text `json:"name"`
	Number   text `json:"floor"`
	Location ref  `json:"location"`
}

func (v floor) record() cardea.Record {
	name := v.Name
	if name == "" {
		name = v.Number
	}
	return cardea.Floor{ID: v.id(), Name: string(name), Location: string(v.Location)}
}

type plan struct {
	own

	Name text `json:"name"`
}

func (v plan) record() cardea.Record {
	return cardea.Plan{ID: v.id(), Name: string(v.Name)}
}

type resource struct {
	own

	Name     text `json:"name"`
	Type     text `json:"type"`
	Location ref  `json:"location"`
	Floor    ref  `json:"floor"`
	Parents  refs `json:"parents"`
}

// record leaves out what the resource's type says of it; see kinds.add.
func (v resource) record() cardea.Record {
	return cardea.Resource{
		ID: v.id(), Name: string(v.Name), Type: string(v.Type),
		Location: string(v.Location), Floor: string(v.Floor), Parents: v.Parents.ids,
	}
}

// resourceType says what may be done with the resources of a type (vendors/officernd.md 2).
type resourceType struct {
	ID      ref  `json:"_id"`
	Type    text `json:"type"`
	Mode    text `json:"bookingMode"`
	Books   bool `json:"canBook"`
	Assigns bool `json:"canAssign"`
}

// kinds are the resource types by word and by id.
type kinds map[string]resourceType

// systemKinds are the types that every organisation has, for one whose type is not listed.
func systemKinds() kinds {
	return kinds{
		"meeting_room": {Books: true},
		"hotdesk":      {Books: true},
		"team_room":    {Assigns: true},
		"desk":         {Assigns: true},
		"desk_tr":      {Assigns: true},
	}
}

// apply tells a resource what its type says. One of a type that is not listed is neither assigned nor booked; where no
// type is listed at all, that is no word on it, and it cannot be understood.
func (k kinds) apply(r cardea.Resource) (cardea.Record, error) {
	t, known := k[r.Type]
	if !known && len(k) == len(systemKinds()) {
		return nil, errors.New("its type is not known: no resource types are listed")
	}
	r.Assignable, r.Bookable, r.ByDate = t.Assigns, t.Books, t.Mode == "date"
	if t.Type != "" {
		r.Type = string(t.Type) // the resource named the type by its id
	}
	return r, nil
}

// resourceKinds lists the resource types, once in a read. All must be readable: a type that is not would make rooms
// unbookable.
func (r *reader) resourceKinds(ctx context.Context) (kinds, error) {
	if r.kinds != nil {
		return r.kinds, nil
	}
	k := systemKinds()
	var bad error
	short := false
	err := r.s.list(ctx, "/resource-types", url.Values{}, func(rows []json.RawMessage, m cardea.Mark) {
		short = short || m.Short
		for _, row := range rows {
			var t resourceType
			if err := json.Unmarshal(row, &t); err != nil || t.ID == "" {
				bad = cardea.Errorf(cardea.Rejected, "a resource type cannot be read: %v", err)
				continue
			}
			k[string(t.ID)] = t
			if t.Type != "" {
				k[string(t.Type)] = t
			}
		}
	})
	switch {
	case err != nil:
		return nil, err
	case bad != nil:
		return nil, bad
	case short:
		return nil, cardea.Errorf(cardea.Retry, "/resource-types: a page held another number of rows than it said")
	}
	r.kinds = k
	return k, nil
}
