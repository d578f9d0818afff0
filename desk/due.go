package desk

import (
	"cmp"
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Dues is what must be true soon at a door connection.
type Dues struct {
	Door string         `json:"door"`
	Now  cardea.Instant `json:"now"`
	// Until is how far ahead was looked: no further than the horizon.
	Until cardea.Instant `json:"until"`
	// Counts are those of the list by state.
	Counts map[cardea.DueState]int `json:"counts"`
	Due    []Due                   `json:"due"`
}

// Due is one thing that must be true.
type Due struct {
	cardea.Due

	Who       string `json:"who,omitempty"`
	Email     string `json:"email,omitempty"`
	GroupName string `json:"group_name,omitempty"`
}

// Due lists what must be true within a while in the groups of an integration, or at all doors when none is named, and how it
// stands with that: by what is stored, no vendor is asked anything. It looks no further ahead than the horizon. NotFound for
// an unknown integration, Rejected when it was never read.
func (d *Desk) Due(ctx context.Context, integration string, within time.Duration) ([]Dues, error) {
	if err := d.known(integration); err != nil {
		return nil, err
	}
	doors, err := d.configuredAt(ctx, func(in Integration) bool {
		return in.Enabled && (integration == "" || in.Name == integration)
	})
	if err != nil {
		return nil, err
	}
	out := []Dues{}
	for door, groups := range sorted(doors) {
		if err := d.everListed(ctx, door); err != nil {
			return nil, err
		}
		k, err := d.knower(ctx, door)
		if err != nil {
			return nil, err
		}
		all, err := k.Due(ctx, within)
		if err != nil {
			return nil, err
		}
		one, err := d.due(ctx, door, all, groups, integration != "")
		if err != nil {
			return nil, err
		}
		one.Until = one.Now.Add(min(within, max(k.Horizon, time.Hour)))
		out = append(out, one)
	}
	return out, nil
}

// due gives names to what is due. Groups that are not of the integration are left out when only it was asked for.
func (d *Desk) due(
	ctx context.Context, door string, all []cardea.Due, groups map[cardea.GroupID]string, only bool,
) (Dues, error) {
	out := Dues{Door: door, Now: d.now(), Counts: map[cardea.DueState]int{}, Due: []Due{}}
	var people []cardea.PersonID
	var accounts []cardea.AccountID
	for _, one := range all {
		people, accounts = append(people, one.Person), append(accounts, one.Account)
	}
	b, err := d.open(ctx, door, people, accounts)
	if err != nil {
		return out, err
	}
	for _, one := range all {
		if only && groups[one.Group] == "" {
			continue
		}
		v := Due{Due: one, GroupName: cmp.Or(b.groups[one.Group], groups[one.Group], string(one.Group))}
		v.Who, v.Email = b.who(one.Person, one.Account)
		out.Counts[one.State]++
		out.Due = append(out.Due, v)
	}
	return out, nil
}

// AtRisk counts, by door connection, what the last run of everyone found that will hardly be true in time.
func (d *Desk) AtRisk(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	for _, door := range d.doors() {
		n, err := d.atRisk(ctx, door)
		if err != nil {
			return nil, err
		}
		out[door] = n
	}
	return out, nil
}

// atRisk looks for the last run of everyone: between two of them any number of people may have had one of their own.
func (d *Desk) atRisk(ctx context.Context, door string) (int, error) {
	for most := recentRuns; ; most *= 8 {
		runs, err := d.ws.RunsOf(ctx, door, store.WakeKeep, most)
		if err != nil {
			return 0, err
		}
		for _, r := range runs {
			if r.Ended != 0 && keep.Whole(r) {
				return r.Counts[keep.AtRisk], nil
			}
		}
		if len(runs) < most {
			return 0, nil
		}
	}
}

// recentRuns is how many runs are searched at first.
const recentRuns = 50

// pace is how far apart the calls of a door connection are, 0 = its budget is not known.
func (d *Desk) pace(door string) time.Duration {
	if perHour := d.c.Doors[door].CallsPerHour; perHour > 0 {
		return time.Hour / time.Duration(perHour)
	}
	return 0
}

// sameQuiet compares quiet hours.
func sameQuiet(a, b *cardea.Quiet) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.From == b.From && a.Until == b.Until && a.Zone.String() == b.Zone.String()
}
