package nexudus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// pass is an issued pass.
type pass struct {
	own

	Coworker  ref    `json:"CoworkerId"`
	Business  ref    `json:"BusinessId"`
	Type      ref    `json:"TimePassId"`
	TypeName  text   `json:"TimePassName"`
	Used      flag   `json:"Used"`
	UsedDate  moment `json:"UsedDate"`
	Remaining number `json:"RemainingUses"`
	Total     number `json:"TotalUses"`
	Expires   moment `json:"ExpireDate"`
}

// record counts one use where the vendor counts none. Used says that nothing is left, whatever the counters say
// (vendors/nexudus.md 4.2: marking a pass as used revokes at once).
func (v pass) record() (cardea.Record, error) {
	switch {
	case v.Coworker == "":
		return nil, errors.New("the pass names no coworker")
	case v.Type == "":
		return nil, errors.New("the pass names no type")
	case !v.Used.known:
		return nil, errors.New("the pass does not say whether it is used")
	}
	left := int64(1)
	if v.Remaining.set {
		left = max(v.Remaining.n, 0)
	}
	total := max(v.Total.n, left, 1)
	if v.Used.yes {
		left = 0
	}
	p := cardea.Pass{
		ID: v.id(), Name: string(v.TypeName), Person: string(v.Coworker), Type: string(v.Type), Location: string(v.Business),
		HalfCount: 2 * total, HalfUsed: 2 * (total - left), Until: day(v.Expires, moment{}), UsedOn: v.UsedDate.instant(),
	}
	if v.Used.yes {
		p.Raw = "used"
	}
	return p, nil
}

// passTypes are the kinds of passes by id, with the hours that their slots leave.
type passTypes map[string]passType

type passType struct {
	ID    ref  `json:"Id"`
	Name  text `json:"Name"`
	slots *cardea.Hours
	odd   bool // a slot of it cannot be read
}

type timeSlot struct {
	Type ref    `json:"TimePassId"`
	Day  number `json:"DayOfWeek"`
	From clock  `json:"FromTime"`
	To   clock  `json:"ToTime"`
}

// add lays a slot over the type's week: only the clock of its two times counts, as it is written (vendors/nexudus.md 2.8). One
// that ends where it starts, or before, ends on the next day.
func (t *passType) add(s timeSlot) error {
	if !s.Day.set || s.Day.n < 0 || s.Day.n > 6 || !s.From.set || !s.To.set {
		return errors.New("a time slot does not say its day or its times")
	}
	span := cardea.Span{From: s.From.minutes, Until: s.To.minutes}
	if span.Until <= span.From {
		span.Until += 24 * 60
	}
	if t.slots == nil {
		t.slots = &cardea.Hours{}
	}
	d := slices.Concat(t.slots[s.Day.n], []cardea.Span{span})
	slices.SortFunc(d, func(a, b cardea.Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until)) })
	t.slots[s.Day.n] = d
	return nil
}

// apply gives a pass what its type says. A type that is not listed, or one of whose slots cannot be read, makes the pass unsure.
func (ts passTypes) apply(p cardea.Pass) (cardea.Record, error) {
	t, known := ts[p.Type]
	switch {
	case !known:
		return nil, errors.New("the type of the pass is not listed")
	case t.odd:
		return nil, errors.New("a time slot of the pass's type cannot be read")
	}
	if t.Name != "" {
		p.Name = string(t.Name)
	}
	// Mappings name passes by what people call their type.
	p.Type, p.Slots = cmp.Or(p.Name, p.Type), t.slots
	return p, nil
}

// types reads pass types and slots, once in a read. Without both of them no pass is known: slots that are not seen would widen
// what a pass gives.
func (r *reader) types(ctx context.Context) (passTypes, error) {
	if r.passTypes != nil {
		return r.passTypes, nil
	}
	all := passTypes{}
	err := r.s.list(ctx, "/billing/timepasses", url.Values{}, func(rows []json.RawMessage, m cardea.Mark) error {
		for _, row := range rows {
			var t passType
			if err := json.Unmarshal(row, &t); err != nil || t.ID == "" {
				return cardea.Errorf(cardea.Rejected, "a pass type cannot be read")
			}
			all[string(t.ID)] = t
		}
		return moved(m, "/billing/timepasses")
	})
	if err != nil {
		return nil, err
	}
	err = r.s.list(ctx, "/billing/timepasstimeslots", url.Values{}, func(rows []json.RawMessage, m cardea.Mark) error {
		for _, row := range rows {
			if err := all.slot(row); err != nil {
				return err
			}
		}
		return moved(m, "/billing/timepasstimeslots")
	})
	if err != nil {
		return nil, err
	}
	r.passTypes = all
	return all, nil
}

// slot takes one time slot. One that cannot be read but names its type makes only that type unsure.
func (ts passTypes) slot(row []byte) error {
	var s timeSlot
	err := json.Unmarshal(row, &s)
	if err != nil {
		var named struct {
			Type ref `json:"TimePassId"`
		}
		if json.Unmarshal(row, &named) != nil {
			return cardea.Errorf(cardea.Rejected, "a time slot cannot be read: %w", object.Plain(err))
		}
		s.Type = named.Type
	}
	if s.Type == "" {
		return cardea.Errorf(cardea.Rejected, "a time slot does not say which pass type it is of")
	}
	t := ts[string(s.Type)]
	if err == nil {
		err = t.add(s)
	}
	t.odd = t.odd || err != nil
	if _, known := ts[string(s.Type)]; known {
		ts[string(s.Type)] = t
	}
	return nil
}

// moved is what a listing that others rest on is worth when rows of it did not come.
func moved(m cardea.Mark, path string) error {
	if m.Short {
		return cardea.Errorf(cardea.Retry, "%s: the listing moved while it was read", path)
	}
	return nil
}
