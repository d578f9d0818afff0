package kinnovis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// The codes of what doctor finds.
const (
	issueAssumed  = "assumed-contract"
	issueUnmapped = "units-without-permissions"
	issueUnplaced = "bookings-without-unit"
	issueZoneless = "locations-without-zone"
	issueStranger = "shares-without-customer"
)

// Examine implements space.Examined: it says that the contract is made up, and looks for what an operator should mend at Kinnovis:
// units that nobody mapped, running bookings of no unit, locations without a timezone.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	out := []cardea.Issue{{Code: issueAssumed, Text: "no public API of Kinnovis is known, and this connection speaks one that was made " +
		"up: unless Kinnovis gave you this very contract, import its workbook into a house connection instead"}}
	var unmapped, unplaced, zoneless, strangers []string
	look := func(c collection, take func(raw []byte, rec cardea.Record)) error {
		r := s.reader(cardea.NewIntake(cardea.Scope{}, nil))
		return s.list(ctx, c, func(rows []json.RawMessage, _ cardea.Mark) error {
			for _, row := range rows {
				whole, gone, err := r.whole(ctx, c, string(idOf(row)), row)
				if err != nil {
					return err
				}
				if rec, bad := c.decode(whole); !gone && bad == nil {
					take(whole, rec)
				}
			}
			return nil
		})
	}
	err := look(locations, func(_ []byte, rec cardea.Record) {
		if l, ok := rec.(cardea.Location); ok && l.Zone == "" {
			zoneless = append(zoneless, l.Name)
		}
	})
	if err == nil {
		err = look(units, func(_ []byte, rec cardea.Record) {
			if u, ok := rec.(cardea.Resource); ok && len(u.Permissions) == 0 {
				unmapped = append(unmapped, u.Name)
			}
		})
	}
	if err == nil {
		now := cardea.At(s.now())
		err = look(bookings, func(raw []byte, rec cardea.Record) {
			a, ok := rec.(cardea.Agreement)
			var v booking
			if ok && json.Unmarshal(raw, &v) == nil && v.Shared.strangers > 0 && a.Approved && (!a.End.Set || now < a.End.At) {
				strangers = append(strangers, a.ID)
			}
			if stays, said := staysOf(raw); ok && said == nil && len(stays) == 0 && a.Approved && (!a.End.Set || now < a.End.At) {
				unplaced = append(unplaced, a.ID)
			}
		})
	}
	add := func(code string, found []string, format string) {
		if len(found) > 0 {
			out = append(out, cardea.Issue{Code: code, Text: fmt.Sprintf(format, len(found), some(found))})
		}
	}
	add(issueZoneless, zoneless, "%d locations have no timezone (%s): set it at Kinnovis, or in location_settings")
	add(issueUnmapped, unmapped, "%d units have no access permissions (%s): each opens the group of its own name; map them at Kinnovis, "+
		"or see that there are such groups")
	add(issueUnplaced, unplaced, "%d bookings are of no unit (%s): nobody gets access by them until they are given one")
	add(issueStranger, strangers, "%d bookings are shared with somebody who is no customer (%s): only customers get access; make them "+
		"customers at Kinnovis")
	return out, err
}

// some names a few.
func some(all []string) string {
	const most = 5
	all = slices.Sorted(slices.Values(all))
	if len(all) > most {
		return strings.Join(all[:most], ", ") + ", ..."
	}
	return strings.Join(all, ", ")
}
