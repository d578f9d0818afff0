package keep

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// doubts judges listings of the door side that came whole and yet lack most of what was there (RULES.md 5.1). One of
// them takes nothing away, and so leads to nothing being forgotten or done again, until a second one, a full interval
// later, agrees.
type doubts struct {
	k       *Keeper
	at      cardea.Instant
	state   store.DoorState
	since   map[cardea.Kind]cardea.Instant // of a doubt that stands, 0 = none
	changes []store.ReadChange
}

func (k *Keeper) doubts(ctx context.Context) (*doubts, error) {
	d := &doubts{k: k, at: k.now(), since: map[cardea.Kind]cardea.Instant{}}
	var err error
	if d.state, err = k.Store.DoorState(ctx, k.Door); err != nil {
		return nil, failed("see what is known of the door system", err)
	}
	collections, err := k.Store.Collections(ctx, k.Door)
	if err != nil {
		return nil, failed("see how "+k.Door+" was last listed", err)
	}
	for _, c := range collections {
		d.since[c.Kind] = c.SuspectSince
	}
	return d, nil
}

// listing weighs one listing: known is what was there, came is what is there now. A doubtful one is not whole.
func (d *doubts) listing(seen *Seen, kind cardea.Kind, whole *bool, known, came []string) {
	if !*whole {
		return // neither confirms a doubt nor clears it
	}
	why := doubtful(known, came)
	since := d.since[kind]
	switch {
	case why == "" && since == 0:
		return
	case why == "", since != 0 && d.at >= since.Add(d.k.every()):
		d.note(kind, 0, "", len(came))
		return
	case since == 0:
		d.note(kind, d.at, why, len(known))
	}
	*whole, seen.Complete = false, false
	seen.Issues = append(seen.Issues, cardea.Issue{Code: "door-suspect", Record: &cardea.Key{Kind: kind}, Text: fmt.Sprintf(
		"the door system's list of %ss looks wrong, so it stays as it was until a second one agrees: %s", kind, why)})
}

// unmarked tells of accounts that were staff and are listed as nobody special: they stay staff until a second listing, a
// full interval later, says so too. The roles come in a list of their own, which may be short when that of accounts is whole.
func (s *Seen) unmarked(known []cardea.Account, c store.DoorChange) {
	now := make(map[cardea.AccountID]string, len(c.Accounts))
	for _, a := range c.Accounts {
		now[a.ID] = a.Staff
	}
	for _, a := range known {
		if why, listed := now[a.ID]; listed && why == "" && a.Staff != "" {
			s.Issues = append(s.Issues, cardea.Issue{Code: "door-suspect", Account: a.ID, Record: new(a.Key()), Text: fmt.Sprintf(
				"the account was staff (%s) and is listed without that: it stays so until a second list agrees", a.Staff)})
		}
	}
}

func (d *doubts) note(kind cardea.Kind, since cardea.Instant, why string, records int) {
	c := store.Collection{Kind: kind, Grade: cardea.Complete, Why: why, At: d.at, SuspectSince: since, Records: records}
	if since == 0 {
		c.CompleteAt = d.at
	}
	d.changes = append(d.changes, store.ReadChange{Connection: d.k.Door, Kind: kind, Collection: &c})
}

// save keeps doubts that are new or settled.
func (d *doubts) save(ctx context.Context) error {
	if len(d.changes) == 0 {
		return nil
	}
	if err := d.k.Store.SaveRead(ctx, d.at, "sweep "+d.k.Door, d.changes, nil, d.k.Lease); err != nil {
		return failed("keep that a listing of the door system looks wrong", err)
	}
	return nil
}

// edgesOf are the entries that are known of some groups.
func (d *doubts) edgesOf(groups []cardea.GroupID) []string {
	return keysOf(slices.DeleteFunc(slices.Clone(d.state.Edges), func(e cardea.Edge) bool {
		_, among := slices.BinarySearch(groups, e.Group)
		return !among
	}))
}

// refused are what is known of the records that came and could not be read: they are there, and stay as they were.
func refused[R cardea.Record](in *cardea.Intake, kind cardea.Kind, known []R) []R {
	bad := map[cardea.Key]bool{}
	for _, b := range in.Open(kind).BadOnes() {
		for _, k := range b.Who {
			bad[k] = true
		}
	}
	var out []R
	if len(bad) == 0 {
		return out
	}
	for _, r := range known {
		if bad[r.Key()] {
			out = append(out, r)
		}
	}
	return out
}

// keysOf are the ids of records, sorted.
func keysOf[R cardea.Record](records []R) []string {
	out := make([]string, len(records))
	for i, r := range records {
		out[i] = r.Key().ID
	}
	slices.Sort(out)
	return out
}

// doubtful says what is odd about a listing, or nothing. Both lists are sorted.
func doubtful(known, came []string) string {
	stayed := 0
	for i, j := 0, 0; i < len(known) && j < len(came); {
		switch c := strings.Compare(known[i], came[j]); {
		case c == 0:
			stayed++
			i, j = i+1, j+1
		case c < 0:
			i++
		default:
			j++
		}
	}
	gone, fresh := len(known)-stayed, len(came)-stayed
	switch {
	case len(came) == 0 && gone > 0:
		return fmt.Sprintf("it holds nothing where the last one held %d", len(known))
	case gone >= 5 && 2*stayed < len(known):
		return fmt.Sprintf("it holds %d of the %d that the last one held", stayed, len(known))
	case gone > 0 && 2*fresh > len(came) && 2*gone > len(known):
		return fmt.Sprintf("%d of %d are new and %d of %d are gone", fresh, len(came), gone, len(known))
	}
	return ""
}
