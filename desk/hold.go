package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Hold is what one guard holds in one group of a door connection. An account that is made for access that waits is beside
// that access.
type Hold struct {
	// ID names exactly these operations, and changes with them.
	ID        string          `json:"id"`
	Door      string          `json:"door"`
	Group     cardea.GroupID  `json:"group,omitempty"` // empty for what is about no group
	GroupName string          `json:"group_name,omitempty"`
	Code      cardea.HoldCode `json:"code"`
	Says      string          `json:"says"`           // why the guard holds
	Mend      string          `json:"mend,omitempty"` // what a person does about it
	Since     cardea.Instant  `json:"since"`          // the first of them waits
	Causes    []cardea.Cause  `json:"causes"`
	// Releasable says whether a person's word is enough; otherwise only Mend helps.
	Releasable bool `json:"releasable"`
	// Released says that it was released, and goes with the next run.
	Released   bool            `json:"released,omitempty"`
	Operations []say.Operation `json:"operations"`
}

// releasable are the guards that stand back when a person says so.
var releasable = []cardea.HoldCode{
	cardea.HeldBrake, cardea.HeldApproval, cardea.HeldFirstStrays, cardea.HeldUnmapped, cardea.HeldUnits,
	cardea.HeldUndone, cardea.HeldFought, cardea.HeldFresh, cardea.HeldBlink,
}

// Holds returns what waits now at a door connection, or at all when none is named: sorted by connection, what a person can
// release first, group and guard. It tells what was planned last and asks no vendor anything. NotFound for an unknown door.
func (d *Desk) Holds(ctx context.Context, door string) ([]Hold, error) {
	doors := slices.Sorted(maps.Keys(d.c.Doors))
	if door != "" {
		if _, has := d.c.Doors[door]; !has {
			return nil, cardea.Errorf(cardea.NotFound, "there is no door connection %q%s", door, Nearest(door, doors))
		}
		doors = []string{door}
	}
	out := []Hold{}
	for _, one := range doors {
		holds, err := d.holds(ctx, one)
		if err != nil {
			return nil, err
		}
		out = append(out, holds...)
	}
	return out, nil
}

func (d *Desk) holds(ctx context.Context, door string) ([]Hold, error) {
	rows, err := d.held(ctx, door)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	since, err := d.waitingSince(ctx, door, rows)
	if err != nil {
		return nil, err
	}
	approved, err := d.ws.Approved(ctx, door)
	if err != nil {
		return nil, err
	}
	planned := make([]store.OpRow, len(rows))
	for i, r := range rows {
		planned[i] = store.OpRow{Op: r.Op, State: store.OpHeld}
	}
	ops, err := d.named(ctx, door, planned)
	if err != nil {
		return nil, err
	}
	return sliced(door, ops, since, approved), nil
}

// held are the operations that wait: those of the last whole run and of what was looked at since.
func (d *Desk) held(ctx context.Context, door string) ([]store.HeldRow, error) {
	from := cardea.Instant(0)
	for before := cardea.Never; ; {
		runs, err := d.ws.RunsThatPlanned(ctx, door, before, lookBack)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(runs, keep.Whole); i >= 0 {
			from = runs[i].Started
			break
		}
		if len(runs) < lookBack {
			break
		}
		before = runs[len(runs)-1].Started
	}
	return d.ws.HeldOperations(ctx, door, from)
}

// slice is what a hold is of.
type slice struct {
	group    cardea.GroupID
	code     cardea.HoldCode
	released bool
}

// sliced sorts operations into holds.
func sliced(door string, ops []say.Operation, since map[cardea.OpKey]cardea.Instant, approved map[cardea.OpKey]bool) []Hold {
	by := map[slice]*Hold{}
	put := func(at slice, o say.Operation) {
		h := by[at]
		if h == nil {
			w := say.Hold(at.code)
			h = &Hold{
				Door: door, Group: at.group, Code: at.code, Says: w.Text, Mend: w.Mend, Since: cardea.Never,
				Releasable: slices.Contains(releasable, at.code), Released: at.released,
			}
			by[at] = h
		}
		h.GroupName = cmp.Or(h.GroupName, o.GroupName)
		h.Since = min(h.Since, since[o.Key])
		h.Operations = append(h.Operations, o)
	}
	waits := map[cardea.PersonID]map[slice]bool{} // where access waits for an account
	for _, o := range ops {
		if o.Verb == cardea.VerbCreate {
			continue
		}
		at := slice{o.Group, o.Held.Code, approved[o.Key] && slices.Contains(releasable, o.Held.Code)}
		put(at, o)
		if o.Account == "" && o.Verb == cardea.VerbAdd {
			if waits[o.Person] == nil {
				waits[o.Person] = map[slice]bool{}
			}
			waits[o.Person][at] = true
		}
	}
	for _, o := range ops {
		if o.Verb != cardea.VerbCreate {
			continue
		}
		for at := range waits[o.Person] {
			put(at, o)
		}
		if len(waits[o.Person]) == 0 {
			put(slice{o.Group, o.Held.Code, false}, o)
		}
	}
	out := make([]Hold, 0, len(by))
	for _, h := range by {
		out = append(out, h.tidy())
	}
	slices.SortFunc(out, func(a, b Hold) int {
		last := func(h Hold) int {
			switch {
			case h.Released:
				return 2
			case !h.Releasable:
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.GroupName, b.GroupName), cmp.Compare(a.Group, b.Group),
			cmp.Compare(a.Code, b.Code))
	})
	return out
}

// tidy fills in what follows from a hold's operations.
func (h Hold) tidy() Hold {
	slices.SortFunc(h.Operations, func(a, b say.Operation) int {
		return cmp.Or(cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.PersonName, b.PersonName), cmp.Compare(a.Email, b.Email),
			cmp.Compare(a.Key, b.Key))
	})
	h.Causes = nil
	keys := make([]string, 0, len(h.Operations))
	for _, o := range h.Operations {
		keys = append(keys, string(o.Key))
		if !slices.Contains(h.Causes, o.Cause) {
			h.Causes = append(h.Causes, o.Cause)
		}
	}
	slices.Sort(h.Causes)
	slices.Sort(keys)
	sum := sha256.New()
	for _, part := range append([]string{h.Door, string(h.Group), string(h.Code)}, keys...) {
		sum.Write([]byte(part))
		sum.Write([]byte{0})
	}
	h.ID = hex.EncodeToString(sum.Sum(nil)[:4])
	return h
}

// waitingSince says when operations that wait began to: with the first run of those that held them without a break. A run
// of a few people that does not name one breaks nothing.
func (d *Desk) waitingSince(ctx context.Context, door string, rows []store.HeldRow) (map[cardea.OpKey]cardea.Instant, error) {
	since, open := map[cardea.OpKey]cardea.Instant{}, map[cardea.OpKey]bool{}
	for _, r := range rows {
		since[r.Op.Key], open[r.Op.Key] = r.MadeAt, true
	}
	planned := map[string]map[cardea.OpKey]bool{} // by hash, what was held
	reach, last := cardea.Never, ""               // the oldest whole run so far, in which all that are open were held
	for before := cardea.Never; len(open) > 0; {
		runs, err := d.ws.RunsThatPlanned(ctx, door, before, lookBack)
		if err != nil {
			return nil, err
		}
		var hashes []string
		for _, r := range runs {
			if planned[r.Changeset] == nil {
				hashes = append(hashes, r.Changeset)
				planned[r.Changeset] = map[cardea.OpKey]bool{}
			}
		}
		found, err := d.ws.HeldIn(ctx, door, hashes)
		if err != nil {
			return nil, err
		}
		maps.Copy(planned, found)
		for _, r := range runs {
			whole, held := keep.Whole(r), planned[r.Changeset]
			if whole && r.Changeset == last { // as the one after it
				reach = r.Started
				continue
			}
			for key := range open {
				switch {
				case held[key] && !whole:
					since[key] = min(since[key], r.Started)
				case whole && !held[key]:
					since[key] = min(since[key], reach)
					delete(open, key)
				}
			}
			if whole {
				reach, last = r.Started, r.Changeset
			}
		}
		if len(runs) < lookBack {
			break
		}
		before = runs[len(runs)-1].Started
	}
	for key := range open {
		since[key] = min(since[key], reach)
	}
	return since, nil
}
