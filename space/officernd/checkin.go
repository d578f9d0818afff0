package officernd

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// lookback is how far back check-ins are asked for: a pass used today opens until the day's end (RULES.md PASS), and no
// zone's day is further from now.
const lookback = 48 * time.Hour

// usage says when passes were last used.
type usage struct {
	at     map[string]cardea.Instant // by pass
	unsure map[string]bool           // passes with a check-in that cannot be read
}

type checkIn struct {
	Pass  ref    `json:"pass"`
	Start moment `json:"start"`
}

// checkIns reads the check-ins of the last days, once in a read. The day of use is that on which the stay began: its end,
// where nobody checked out, is set to the midnight after it (vendors/officernd.md 2, pass). Without all of them no pass is
// known: one that was used up this morning would end at once.
func (r *reader) checkIns(ctx context.Context) error {
	if r.used != nil {
		return nil
	}
	u := &usage{at: map[string]cardea.Instant{}, unsure: map[string]bool{}}
	since := cardea.At(r.s.now().Add(-lookback))
	var bad error
	short := false
	take := func(rows []json.RawMessage, m cardea.Mark) {
		short = short || m.Short
		for _, row := range rows {
			if err := u.add(row); err != nil {
				bad = err
			}
		}
	}
	err := r.s.list(ctx, "/checkins", url.Values{"start[$gte]": {stamp(since)}}, take)
	if err != nil && refusedAsAsked(err) {
		err = r.s.list(ctx, "/checkins", url.Values{}, take) // the filter is documented for visitors' check-ins only
	}
	switch {
	case err != nil:
		return err
	case bad != nil:
		return bad
	case short:
		return cardea.Errorf(cardea.Retry, "/checkins: a page held another number of rows than it said")
	}
	r.used = u
	return nil
}

// add takes one check-in. One that cannot be read but names its pass makes only that pass unsure.
func (u *usage) add(row []byte) error {
	var c checkIn
	if err := json.Unmarshal(row, &c); err != nil {
		var named struct {
			Pass ref `json:"pass"`
		}
		if json.Unmarshal(row, &named) != nil {
			return cardea.Errorf(cardea.Rejected, "a check-in cannot be read: %w", object.Plain(err))
		}
		if named.Pass != "" {
			u.unsure[string(named.Pass)] = true
		}
		return nil
	}
	switch {
	case c.Pass == "":
	case c.Start.IsZero():
		u.unsure[string(c.Pass)] = true
	default:
		u.at[string(c.Pass)] = max(u.at[string(c.Pass)], c.Start.instant())
	}
	return nil
}

// apply tells a pass when it was used.
func (u *usage) apply(p cardea.Pass) (cardea.Record, error) {
	if u.unsure[p.ID] {
		return nil, errors.New("a check-in of the pass cannot be read")
	}
	p.UsedOn = u.at[p.ID]
	return p, nil
}
