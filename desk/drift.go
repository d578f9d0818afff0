package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// Drift is what is not in step at a door connection, as the last runs found it.
type Drift struct {
	Door string `json:"door"`
	// ReadAt is when the door system was last listed whole, 0 = never.
	ReadAt cardea.Instant `json:"read_at"`
	// Ran says that a run has compared what is there with what was decided; until then nothing is known to differ.
	Ran bool `json:"ran"`
	// Counts are entries, accounts and groups by situation, in step too; those of which there is none are left out.
	Counts     map[cardea.Situation]int `json:"counts"`
	Deviations []Deviation              `json:"deviations"`
}

// Deviation is one thing that is not in step.
type Deviation struct {
	cardea.Standing

	Times     int    `json:"times"` // how often it stood so by now
	Who       string `json:"who,omitempty"`
	Email     string `json:"email,omitempty"`
	GroupName string `json:"group_name,omitempty"`
	Says      string `json:"says"`
	Action    string `json:"action"` // what Cardea does about it
	Mend      string `json:"mend,omitempty"`
}

// Drift returns what is not in step in the groups of an integration, or at all doors when none is named: sorted by
// connection, and there as cardea.Situations has it, by group and person. It reads what the last runs found and asks no vendor
// anything. Accounts by themselves belong to every integration of their door. NotFound for an unknown integration.
func (d *Desk) Drift(ctx context.Context, integration string) ([]Drift, error) {
	if err := d.known(integration); err != nil {
		return nil, err
	}
	doors, err := d.configuredAt(ctx, func(in Integration) bool { return integration == "" || in.Name == integration })
	if err != nil {
		return nil, err
	}
	out := []Drift{}
	for door, groups := range sorted(doors) {
		one, err := d.drift(ctx, door, groups, integration != "")
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// configuredAt are the groups that the mappings of some integrations name, by door connection.
func (d *Desk) configuredAt(ctx context.Context, of func(in Integration) bool) (map[string]map[cardea.GroupID]string, error) {
	doors := map[string]map[cardea.GroupID]string{}
	for _, in := range d.c.Integrations {
		if !of(in) {
			continue
		}
		names, err := d.configured(ctx, in)
		if err != nil {
			return nil, err
		}
		if doors[in.Door] == nil {
			doors[in.Door] = map[cardea.GroupID]string{}
		}
		maps.Copy(doors[in.Door], names)
	}
	return doors, nil
}

// configured are the groups that an integration's mappings name, as far as names were resolved, with what they are called
// there: the last name that is left of a group that is gone.
func (d *Desk) configured(ctx context.Context, in Integration) (map[cardea.GroupID]string, error) {
	ids, err := d.ws.Resolved(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	if in, _, err = d.inForce(ctx, in); err != nil {
		return nil, err
	}
	return in.naming(ids), nil
}

// naming are the groups that the mappings name by these ids; what a name means in later ones counts.
func (in Integration) naming(ids ...map[string]string) map[cardea.GroupID]string {
	out := map[cardea.GroupID]string{}
	for _, m := range in.Mappings {
		for _, g := range m.Groups {
			for _, known := range slices.Backward(ids) {
				if id, ok := known[shelfGroups+"\x00"+g.Text]; ok {
					out[cardea.GroupID(id)] = g.Text
					break
				}
			}
		}
	}
	return out
}

// drift tells of one door. Groups that are not of the integration are left out when only it was asked for.
func (d *Desk) drift(ctx context.Context, door string, groups map[cardea.GroupID]string, only bool) (Drift, error) {
	out := Drift{Door: door, Counts: map[cardea.Situation]int{}, Deviations: []Deviation{}}
	var err error
	if out.ReadAt, err = d.ws.DoorReadAt(ctx, door); err != nil {
		return out, err
	}
	runs, err := d.ws.RunsOf(ctx, door, store.WakeKeep, recentRuns)
	if err != nil {
		return out, err
	}
	out.Ran = slices.ContainsFunc(runs, ended)
	rows, edges, err := d.ws.Standings(ctx, door)
	if err != nil {
		return out, err
	}
	if only {
		rows = slices.DeleteFunc(rows, func(r store.StandingRow) bool { return r.Group != "" && groups[r.Group] == "" })
	}
	inStep := 0
	for g := range groups {
		inStep += edges[g]
	}
	for _, r := range rows {
		out.Counts[r.Situation]++
		if there(r.Situation) && groups[r.Group] != "" {
			inStep--
		}
	}
	out.Counts[cardea.InStep] = max(inStep, 0)
	out.Deviations, err = d.deviations(ctx, door, rows, groups)
	return out, err
}

// there says whether a situation is one of an entry that is at the door system.
func there(s cardea.Situation) bool {
	return s.OfEdge() && s != cardea.Missing && s != cardea.TakenOut && s != cardea.InStep
}

// deviations gives names and words to what is not in step.
func (d *Desk) deviations(
	ctx context.Context, door string, rows []store.StandingRow, groups map[cardea.GroupID]string,
) ([]Deviation, error) {
	var people []cardea.PersonID
	var accounts []cardea.AccountID
	for _, r := range rows {
		people, accounts = append(people, r.Person), append(accounts, r.Account)
	}
	b, err := d.open(ctx, door, people, accounts)
	if err != nil {
		return nil, err
	}
	out := make([]Deviation, len(rows))
	for i, r := range rows {
		w := say.Situation(r.Situation)
		v := Deviation{
			Standing: r.Standing, Times: r.Times, GroupName: cmp.Or(b.groups[r.Group], groups[r.Group], string(r.Group)),
			Says: w.Text, Action: say.Doing(r.Standing), Mend: w.Mend,
		}
		v.Who, v.Email = b.who(r.Person, r.Account)
		if v.Who == "" && v.Email == "" && r.Account != "" {
			v.Who = "account " + string(r.Account)
		}
		switch {
		case r.Situation == cardea.Contested:
		case r.Held != "":
			v.Mend = cmp.Or(say.Hold(r.Held).Mend, v.Mend)
		case r.Situation == cardea.Missing && r.Does == cardea.Reports:
			v.Mend = "Mend what stands in the way; it is given then."
		}
		out[i] = v
	}
	slices.SortStableFunc(out, func(a, b Deviation) int {
		return cmp.Or(cmp.Compare(slices.Index(cardea.Situations, a.Situation), slices.Index(cardea.Situations, b.Situation)),
			cmp.Compare(a.GroupName, b.GroupName), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Email, b.Email))
	})
	return out, nil
}
