package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/loop/read"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// at returns the enabled integrations whose door (or space) connection this is.
func (d *Desk) at(side, connection string) []Integration {
	var out []Integration
	for _, in := range d.c.Integrations {
		if in.Enabled && (side == store.SideDoor && in.Door == connection || side == store.SideSpace && in.Space == connection) {
			out = append(out, in)
		}
	}
	return out
}

// reader makes the reader of a space connection, with the widest window that an integration of it wants.
func (d *Desk) reader(connection string, lease *store.Lease) *read.Reader {
	r := &read.Reader{
		Store: d.ws, System: d.c.Spaces[connection].Space, Connection: connection, Now: d.c.Now, Lease: lease,
		Progress: func(kind cardea.Kind, n int) {
			d.c.Progress(Progress{Connection: connection, What: counted(kind, n), Done: n})
		},
	}
	for _, in := range d.at(store.SideSpace, connection) {
		if !slices.Contains(r.Doors, in.Door) {
			r.Doors = append(r.Doors, in.Door)
		}
		if r.Interval == 0 || in.Interval < r.Interval {
			r.Interval = in.Interval
		}
		r.Lag, r.Horizon = max(r.Lag, in.Lag), max(r.Horizon, in.Horizon)
		for _, m := range in.Mappings {
			if m.Lag != nil {
				r.Lag = max(r.Lag, *m.Lag)
			}
		}
	}
	return r
}

// keeper makes the keeper of a door connection, once the names of all its integrations have become ids.
func (d *Desk) keeper(ctx context.Context, door string, lease *store.Lease) (*keep.Keeper, []cardea.Issue, error) {
	if err := d.asked(ctx, door); err != nil {
		return nil, nil, err
	}
	stand, err := d.stances(ctx)
	if err != nil {
		return nil, nil, err
	}
	ins, left := d.present(ctx, stand, door)
	if err := agree(door, ins); err != nil {
		return nil, nil, err
	}
	k := &keep.Keeper{
		Store: d.ws, System: d.c.Doors[door].Door, Door: door, Now: d.c.Now, Lease: lease,
		Policies: map[cardea.GroupID]cardea.Policy{},
		Listed: func(kind cardea.Kind, n int) {
			d.c.Progress(Progress{Connection: door, What: counted(kind, n), Done: n})
		},
		Progress: func(p apply.Progress) {
			d.c.Progress(Progress{Connection: door, What: "operations", Done: p.Done, Total: p.Total})
		},
	}
	l := d.looking()
	ins, bad, resolve, err := d.resolvable(ctx, ins, l.resolve)
	if err != nil {
		return nil, nil, err
	}
	issues, err := d.ruled(ctx, k, ins, stand, resolve)
	if err != nil {
		return nil, nil, err
	}
	bad.spare(k)
	issues = slices.Concat(issues, left, bad.issues())
	groups, err := l.groups(ctx, door)
	if err != nil {
		return nil, nil, err
	}
	k.Heard = d.doorEar(door)
	accounts, err := d.ws.CountAccounts(ctx, door)
	k.SweepEvery = d.sweepEvery(door, ins, accounts, len(groups))
	return k, issues, err
}

// knower makes a keeper that only answers questions: it never loads a directory unless a name was never resolved.
func (d *Desk) knower(ctx context.Context, door string) (*keep.Keeper, error) {
	stand, err := d.stances(ctx)
	if err != nil {
		return nil, err
	}
	ins, _ := d.present(ctx, stand, door)
	if err := agree(door, ins); err != nil {
		return nil, err
	}
	k := &keep.Keeper{
		Store: d.ws, System: d.c.Doors[door].Door, Door: door, Now: d.c.Now, Policies: map[cardea.GroupID]cardea.Policy{},
	}
	ins, bad, resolve, err := d.resolvable(ctx, ins, d.recall)
	if err != nil {
		return nil, err
	}
	if _, err = d.ruled(ctx, k, ins, stand, resolve); err != nil {
		return nil, err
	}
	bad.spare(k)
	return k, nil
}

// ruled gives a keeper the rules of its integrations, their names resolved.
func (d *Desk) ruled(
	ctx context.Context, k *keep.Keeper, ins []Integration, stand stances, resolve resolving,
) ([]cardea.Issue, error) {
	var issues []cardea.Issue
	k.Remapped, k.Attributes = map[cardea.GroupID]bool{}, map[cardea.GroupID]cardea.Attributes{}
	k.Withheld = map[cardea.GroupID]string{}
	printed := map[string]map[cardea.GroupID]string{}
	k.Settled = func(ctx context.Context, groups []cardea.GroupID) error {
		for name, now := range sorted(printed) {
			if err := d.settle(ctx, name, now, groups); err != nil {
				return err
			}
		}
		return nil
	}
	for _, in := range ins {
		k.Approve, k.Mails, k.Horizon, k.Brake = in.Approve, in.Mails, in.Horizon, in.Brake
		k.Follow, k.Quiet, k.Pace = in.Follow, in.Quiet, d.pace(in.Door)
		in, edited, err := d.inForce(ctx, in)
		if err != nil {
			return nil, err
		}
		k.Edited = max(k.Edited, edited)
		r, err := resolve(ctx, in)
		withheld := d.withheld(in, r)
		maps.Copy(k.Withheld, withheld)
		if err != nil && withheld != nil && cardea.ClassOf(err) == cardea.Rejected {
			continue // it was never read, so that its names say nothing yet
		}
		if err != nil {
			return nil, err
		}
		issues = append(issues, r.Issues...)
		k.Named = slices.AppendSeq(k.Named, maps.Keys(in.naming(r.Remembered, r.Names)))
		if printed[in.Name], err = prints(r.Settings); err != nil {
			return nil, err
		}
		for g, changed := range remapped(printed[in.Name], r.Remembered) {
			k.Remapped[g] = k.Remapped[g] || changed
		}
		_, profiled := d.c.Spaces[in.Space].Space.(space.Profiled)
		k.Integrations = append(k.Integrations, keep.Integration{Settings: r.Settings, Space: in.Space, Profiled: profiled})
		k.Units = append(k.Units, r.Units...)
		maps.Copy(k.Attributes, r.Attributes)
		for g, p := range r.Policies {
			if was, ok := k.Policies[g]; ok && was.Mode != p.Mode {
				return nil, cardea.Errorf(cardea.Rejected,
					"%s: group %s is %s here and %s in another integration: a group has one mode per door organisation", in.Where, g, p.Mode, was.Mode)
			}
			p.Keep = append(p.Keep, k.Policies[g].Keep...)
			k.Policies[g] = p
		}
	}
	d.stand(stand, k)
	return issues, nil
}

// counted is what n records of a kind are called.
func counted(k cardea.Kind, n int) string {
	one, many := say.Kind(k)
	if n == 1 {
		return one
	}
	return many
}

// agree refuses integrations of one door organisation that want it kept in different ways: there is one run for all.
func agree(door string, ins []Integration) error {
	for _, in := range ins[min(1, len(ins)):] {
		first := ins[0]
		for what, same := range map[string]bool{
			"approve": in.Approve == first.Approve, "mails": in.Mails == first.Mails, "horizon": in.Horizon == first.Horizon,
			"brake": in.Brake == first.Brake, "profile": sameFields(in.Follow, first.Follow),
			"quiet_hours": sameQuiet(in.Quiet, first.Quiet), "door_sweep": in.Sweep == first.Sweep,
		} {
			if !same {
				return cardea.Errorf(cardea.Rejected, "%s: %s differs between %s and %s, which both keep %s: make it the same in both",
					in.Where, what, first.Name, in.Name, door)
			}
		}
	}
	return nil
}

// sweepEvery is how often the door side is listed whole: as configured, else as often as costs at most a tenth of the
// connection's calls, at least daily and at most with every read.
func (d *Desk) sweepEvery(door string, ins []Integration, accounts, groups int) time.Duration {
	interval := 24 * time.Hour
	for _, in := range ins {
		if in.Sweep > 0 {
			return in.Sweep
		}
		interval = min(interval, in.Interval)
	}
	// One listing costs about a call for every hundred accounts, and one for each group; one more for every hundred entries of a
	// large group, and newcomers are looked for among all accounts: as much again for every hundred accounts covers both.
	calls := 5 + 2*(accounts/100) + groups
	perHour := max(d.c.Doors[door].CallsPerHour/10, 1)
	auto := time.Duration(calls) * time.Hour / time.Duration(perHour)
	return min(max(auto, interval), 24*time.Hour)
}

// numbering is how a door connection names the groups of units, nil when it has no units.
func (d *Desk) numbering(connection string) Numbering {
	if units, ok := d.c.Doors[connection].Door.(door.Units); ok {
		return units.UnitGroup
	}
	return nil
}

// recall resolves an integration's names as resolve does, from the records alone that they were resolved to. Names that
// were never resolved need the whole directory.
func (d *Desk) recall(ctx context.Context, in Integration) (Resolved, error) {
	remembered, err := d.ws.Resolved(ctx, in.Name)
	if err != nil {
		return Resolved{}, err
	}
	var keys []cardea.Key
	for name, id := range remembered {
		shelf, text, _ := strings.Cut(name, "\x00")
		if shelf == shelfUnits {
			keys = append(keys, cardea.Key{Kind: cardea.KindResource, ID: text}) // remembered by the unit, not by a name
		} else if kind, ok := shelved[shelf]; ok {
			keys = append(keys, cardea.Key{Kind: kind, ID: id})
		}
	}
	dir, err := d.ws.DirectoryAt(ctx, in.Space, keys)
	if err != nil {
		return Resolved{}, err
	}
	state, err := d.ws.DoorGroups(ctx, in.Door)
	if err != nil {
		return Resolved{}, err
	}
	if r, err := Resolve(in, dir, state.Groups, remembered, d.numbering(in.Door)); err == nil {
		return r, nil
	}
	return d.resolve(ctx, in)
}

// shelved says of which kind the records of a shelf are.
var shelved = map[string]cardea.Kind{
	string(cardea.ItemPlans): cardea.KindPlan, shelfLocations: cardea.KindLocation, string(cardea.ItemFloors): cardea.KindFloor,
	string(cardea.ItemResources): cardea.KindResource, string(cardea.ItemBookables): cardea.KindResource,
}

// listGroups reads the door's groups alone, so that names can be resolved before anything else is asked for.
func (d *Desk) listGroups(ctx context.Context, door string) error {
	in := cardea.NewIntake(cardea.Scope{Kinds: []cardea.Kind{cardea.KindGroup}}, nil)
	if err := d.c.Doors[door].Door.Read(ctx, in.Scope(), in); err != nil {
		return cardea.Errorf(cardea.ClassOf(err), "the groups of %s cannot be listed: %w", door, err)
	}
	p := in.Open(cardea.KindGroup)
	if e := p.Evidence(); e.Grade() != cardea.Complete {
		return cardea.Errorf(cardea.Retry, "the groups of %s could not be listed whole: %s", door, e.Why())
	}
	c := store.DoorChange{Door: door, At: d.now()}
	for _, rec := range p.Records() {
		g, ok := rec.(cardea.Group)
		if !ok {
			return fmt.Errorf("%s listed a %T among its groups", door, rec)
		}
		c.Groups = append(c.Groups, g)
	}
	return d.ws.SaveDoorRead(ctx, c, nil)
}
