package kinnovis

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

type booking struct {
	own

	Number   text   `json:"number"`
	Customer ref    `json:"customer_id"`
	Holder   ref    `json:"customer"`
	Location ref    `json:"location_id"`
	Type     ref    `json:"unit_type_id"`
	In       day    `json:"move_in_date"`
	Out      day    `json:"move_out_date"`
	Access   flag   `json:"has_access"`
	Auto     flag   `json:"auto_locked"`
	Status   text   `json:"status"`
	Shared   shared `json:"shared_accesses"`
}

// The words of a booking's status. None is documented: one that is not here is kept and means nothing.
var (
	never  = []string{"draft", "offer", "offered", "requested", "pending", "unconfirmed", "declined", "rejected", "expired_offer"}
	over   = []string{"ended", "cancelled", "canceled", "terminated", "completed", "moved_out", "closed"}
	locked = []string{"locked", "auto_locked", "overlocked", "access_revoked"}
	// computed are the words that are compared with the dates.
	computed = map[string]string{
		"active": "active", "running": "active", "started": "active", "upcoming": "not_started", "reserved": "not_started",
		"confirmed": "not_started", "ended": "expired", "completed": "expired", "moved_out": "expired",
	}
)

func (v booking) status() string {
	return strings.ReplaceAll(strings.ToLower(string(v.Status)), "-", "_")
}

// record takes move_out_date as the last day. A booking is locked by the switch "Has access", by hand or by auto-lock
// (vendors/opentech-kinnovis.md 3.4), which shuts out its shared accesses as well: they hang on the same agreement.
func (v booking) record() (cardea.Record, error) {
	status := v.status()
	who := cmp.Or(v.Customer, v.Holder)
	switch {
	case who == "":
		return nil, errors.New("the booking names no customer")
	case !v.In.Set:
		return nil, errors.New("the booking has no move_in_date")
	case !v.Access.known:
		return nil, errors.New("the booking does not say whether it has access")
	}
	a := cardea.Agreement{
		ID: v.id(), Name: string(v.Number), Person: string(who), Plan: string(v.Type), Location: string(v.Location), Approved: true,
		Start: v.In.Day, End: v.Out.Day, Computed: computed[status],
		Locked: !v.Access.yes || v.Auto.yes || slices.Contains(locked, status),
	}
	switch {
	case slices.Contains(never, status):
		a.Approved, a.Computed = false, status
	case slices.Contains(over, status) && (!a.End.Set || a.End.At <= a.Start.At):
		a.Approved, a.Closed, a.Computed = false, true, status // no date says when it ended, or it ended before it began
	case v.Out.Set && v.Out.At < v.In.At:
		return nil, errors.New("the booking's move-out is before its move-in")
	}
	for _, g := range v.Shared.ids {
		if g != a.Person {
			a.Guests = append(a.Guests, g)
		}
	}
	return a, nil
}

// shared are the customers with whom a rental is shared, and how many shared accesses name none: whether they are customers at all is
// not known (vendors/opentech-kinnovis.md 3.4), and without an id nobody can be told from another.
type shared struct {
	ids       []string
	strangers int
}

// ours says whether the id of a shared access is a customer's. A bare number beside a name may be the share's own, and some other
// customer's as well, who would be let into a stranger's unit.
func ours(id ref, raw []byte) bool {
	var fields map[string]json.RawMessage
	return strings.Trim(string(id), "0123456789") != "" || json.Unmarshal(raw, &fields) == nil && len(fields) == 1
}

// UnmarshalJSON reads a list of customers' ids, or of objects that name one in customer_id, customer or id.
func (s *shared) UnmarshalJSON(b []byte) error {
	*s = shared{}
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("the shared accesses are %s", object.Short(b))
	}
	for _, raw := range list {
		var id ref
		if len(raw) > 0 && raw[0] == '{' {
			var one struct {
				own

				Customer ref `json:"customer_id"`
				Whole    ref `json:"customer"`
			}
			if err := json.Unmarshal(raw, &one); err != nil {
				return errors.New("a shared access cannot be read")
			}
			if id = cmp.Or(one.Customer, one.Whole); id == "" && ours(one.ID, raw) {
				id = one.ID
			}
		} else if err := json.Unmarshal(raw, &id); err != nil {
			return errors.New("a shared access is no customer")
		}
		if id == "" {
			s.strangers++
			continue
		}
		if !slices.Contains(s.ids, string(id)) {
			s.ids = append(s.ids, string(id))
		}
	}
	slices.Sort(s.ids)
	return nil
}

// stay is one unit of a booking, with its own dates where the booking was moved from one unit to another.
type stay struct {
	unit      string
	from, out cardea.Day
}

// staysOf returns the units that a booking is about. Errors when it does not say.
func staysOf(raw []byte) ([]stay, error) {
	var v struct {
		Units *[]json.RawMessage `json:"units"`
		IDs   *[]ref             `json:"unit_ids"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, object.Plain(err)
	}
	var out []stay
	switch {
	case v.Units != nil:
		for _, one := range *v.Units {
			s, err := stayOf(one)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	case v.IDs != nil:
		for _, id := range *v.IDs {
			if id != "" {
				out = append(out, stay{unit: string(id)})
			}
		}
	default:
		for _, name := range []string{"unit_id", "unit"} {
			value, there := field(raw, name)
			if !there {
				continue
			}
			var id ref
			if err := json.Unmarshal(value, &id); err != nil {
				return nil, fmt.Errorf("the booking's unit: %w", err)
			}
			if id == "" {
				return nil, nil // none yet
			}
			return []stay{{unit: string(id)}}, nil
		}
		return nil, errors.New("the booking does not say which units it is about")
	}
	return out, nil
}

func stayOf(raw []byte) (stay, error) {
	if len(raw) > 0 && raw[0] != '{' {
		var id ref
		if err := json.Unmarshal(raw, &id); err != nil || id == "" {
			return stay{}, errors.New("a unit of the booking has no id")
		}
		return stay{unit: string(id)}, nil
	}
	var one struct {
		own

		Unit ref `json:"unit_id"`
		In   day `json:"move_in_date"`
		Out  day `json:"move_out_date"`
	}
	if err := json.Unmarshal(raw, &one); err != nil {
		return stay{}, fmt.Errorf("a unit of the booking cannot be read: %w", object.Plain(err))
	}
	id := cmp.Or(one.Unit, one.ID)
	switch {
	case id == "":
		return stay{}, errors.New("a unit of the booking has no id")
	case one.In.Set && one.Out.Set && one.Out.At < one.In.At:
		return stay{}, errors.New("a unit of the booking is left before it is entered")
	}
	return stay{string(id), one.In.Day, one.Out.Day}, nil
}

// joint stands between the booking and the unit in an assignment's id; no id of the vendor has it.
const joint = "+"

// assigned makes the assignments of a booking. A unit that comes back after another one is a second assignment.
func assigned(booking string, stays []stay) []cardea.Record {
	var out []cardea.Record
	times := map[string]int{}
	for _, s := range stays {
		id := booking + joint + s.unit
		if times[s.unit]++; times[s.unit] > 1 {
			id += joint + strconv.Itoa(times[s.unit])
		}
		out = append(out, cardea.Assignment{ID: id, Agreement: booking, Resource: s.unit, Start: s.from, End: s.out})
	}
	return out
}

func field(row []byte, name string) (json.RawMessage, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(row, &fields) != nil {
		return nil, false
	}
	v, there := fields[name]
	return v, there
}
