package opentech

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

// facility is one site (vendors/opentech-kinnovis.md 2.6). Routes take its id; people know its property number.
type facility struct {
	id       int64
	name     string
	property string
}

func facilityOf(raw json.RawMessage) (facility, bool) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return facility{}, false
	}
	id, ok := f.ID("id")
	out := facility{id: id}
	out.name, _ = f.Text("name")
	out.property, _ = f.Loose("propertyNumber")
	return out, ok
}

// place returns the facility of the connection, resolved once. Errors: NotFound when no facility bears the id or number,
// which is also what the vendor says of one that these credentials may not see; Rejected when two do.
func (s *System) place(ctx context.Context) (facility, error) {
	s.mu.Lock()
	known := s.facility
	s.mu.Unlock()
	if known.id != 0 {
		return known, nil
	}
	return s.resolve(ctx)
}

// resolve finds the facility anew.
func (s *System) resolve(ctx context.Context) (facility, error) {
	f, err := s.facilityCalled(ctx, s.c.Facility)
	if err != nil {
		return facility{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.facility = f
	return f, nil
}

func (s *System) facilityCalled(ctx context.Context, text string) (facility, error) {
	wanted, onlyID := strings.CutPrefix(text, "id:")
	wanted = trim(wanted)
	rows, err := s.list(ctx, "/facilities")
	if err != nil {
		return facility{}, err
	}
	var fits []facility
	for _, raw := range rows {
		f, ok := facilityOf(raw)
		if ok && (number(f.id) == wanted || !onlyID && f.property != "" && strings.EqualFold(trim(f.property), wanted)) {
			fits = append(fits, f)
		}
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return facility{}, cardea.Errorf(cardea.Rejected, "%s: facility %q is %s and %s: write id:%d or id:%d",
			s.client.Name(), wanted, titled(fits[0]), titled(fits[1]), fits[0].id, fits[1].id)
	case !onlyID:
		f, err := s.detail(ctx, wanted)
		if err == nil || cardea.ClassOf(err) != cardea.NotFound {
			return f, err
		}
	}
	return facility{}, cardea.Errorf(cardea.NotFound,
		"%s: facility %q is not there, or not visible to these credentials; check the id or property number and what the "+
			"account has granted the application", s.client.Name(), wanted)
}

// detail looks a property number up.
func (s *System) detail(ctx context.Context, property string) (facility, error) {
	var raw json.RawMessage
	_, err := s.client.Do(ctx, wire.Call{
		Class: wire.Read, Method: http.MethodGet, Path: "/facilities/detail",
		Query: url.Values{"propertyNumber": {property}}, Out: &raw,
	})
	if err != nil {
		return facility{}, err
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) == nil && len(many) == 1 {
		raw = many[0]
	}
	if f, ok := facilityOf(raw); ok {
		return f, nil
	}
	return facility{}, cardea.Errorf(cardea.NotFound, "%s: no facility has the property number %q", s.client.Name(), property)
}

// owner names the account that owns the facility; "" when the vendor does not say. It only decorates.
func (s *System) owner(ctx context.Context, id int64) string {
	rows, err := s.list(ctx, "/facilities/statuslist")
	if err != nil {
		return ""
	}
	for _, raw := range rows {
		var f object.Fields
		if json.Unmarshal(raw, &f) != nil {
			continue
		}
		if at, ok := f.ID("facilityId"); ok && at == id {
			who, _ := f.Text("accountName")
			return who
		}
	}
	return ""
}

func titled(f facility) string {
	return "the facility " + strconv.Quote(f.name) + " (id " + number(f.id) + ", property number " + f.property + ")"
}

// under is a path below the facility.
func (s *System) under(ctx context.Context, parts ...string) (string, error) {
	f, err := s.place(ctx)
	if err != nil {
		return "", err
	}
	return "/facilities/" + number(f.id) + "/" + strings.Join(parts, "/"), nil
}

// list reads a bare array. That the array closed is the vendor's only end marker: lists are neither paged nor counted
// (vendors/opentech-kinnovis.md 2.6), and a body that was cut off does not decode. Errors: Retry for anything else than an
// array.
func (s *System) list(ctx context.Context, path string) ([]json.RawMessage, error) {
	var raw json.RawMessage
	_, err := s.client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path, Out: &raw})
	if err != nil {
		return nil, s.absent(ctx, path, err)
	}
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil || rows == nil {
		return nil, cardea.Errorf(cardea.Retry, "%s: GET %s gave no list; it will be read again", s.client.Name(), path)
	}
	return rows, nil
}

// whole is the mark of a list that arrived: see list.
var whole = cardea.Mark{Ended: true}
