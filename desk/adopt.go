package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Takeover says what is to be taken over for an integration, and how.
type Takeover struct {
	Integration string
	Groups      []string // names or id:N; none = all that are not ours yet
	Hash        string   // of what was shown; empty with Apply: whatever a fresh look finds
	Apply       bool
	Mails       bool // the vendor writes to people as the integration has it; otherwise not at all
	KeepStaff   bool // staff and members that are no accounts come on the keep-lists
	// AdoptAll has every entry that a grant explains become ours, AdoptNone none; otherwise a group's mode decides.
	AdoptAll, AdoptNone bool
}

// Adopting is the first changeset of groups that are taken over. Run is empty until it was applied.
type Adopting struct {
	DoorRun

	Integration string                           `json:"integration"`
	Groups      []Difference                     `json:"groups"`
	Keep        map[cardea.GroupID][]cardea.Keep `json:"keep,omitempty"` // entries that are offered for staff, or made
	Kept        bool                             `json:"kept"`           // they were made
	Mails       cardea.Mails                     `json:"mails"`
	Applied     bool                             `json:"applied"`
}

// Standing says how it leaves things: Pending as long as it was only shown.
func (a Adopting) Standing() Standing {
	switch s := a.standing(); {
	case a.Applied, s == Incomplete:
		return s
	case len(a.Groups) == 0:
		return InStep
	}
	return Pending
}

// Adopt shows the first changeset of groups, and with t.Apply makes them ours for the integration and does it: nothing else.
// Errors: NotFound for a name or hash that there is not, Rejected for an integration that is switched off.
func (d *Desk) Adopt(ctx context.Context, t Takeover, who string) (Adopting, error) {
	out := Adopting{Integration: t.Integration, Mails: cardea.MailsNever}
	in, err := d.integration(t.Integration)
	switch {
	case err != nil:
		return out, err
	case t.AdoptAll && t.AdoptNone:
		return out, cardea.Errorf(cardea.Rejected, "either all that is explained is adopted, or none of it")
	}
	if t.Mails {
		out.Mails = cmp.Or(in.Mails, cardea.MailsDefault)
	}
	all, err := d.ws.Stances(ctx)
	if err != nil {
		return out, err
	}
	if all[in.Name].State == store.StanceLeaving {
		return out, cardea.Errorf(cardea.Rejected, "%s", leftText(in, all[in.Name], d.c.Managed))
	}
	back := all[in.Name].State == store.StanceLeft
	result, err := d.once(asBack(ctx, in.Name), []string{in.Name}, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
		return d.adopt(ctx, k, t, back, who, &out)
	})
	if err != nil {
		return out, err
	}
	for _, run := range result.Doors {
		out.DoorRun = run
	}
	for _, r := range result.Reads {
		if !r.Complete {
			out.Incomplete = append(out.Incomplete, cmp.Or(r.Error, r.Connection+" could not be read whole"))
		}
	}
	return out, nil
}

func (d *Desk) adopt(ctx context.Context, k *keep.Keeper, t Takeover, back bool, who string, out *Adopting) (DoorRun, error) {
	seen, err := k.Sweep(ctx)
	if err != nil {
		return DoorRun{}, err
	}
	groups, err := d.toTake(ctx, k, t)
	if err != nil {
		return DoorRun{}, err
	}
	issues, err := d.lift(ctx, k, t, groups)
	if err != nil {
		return DoorRun{}, err
	}
	k.Mails = out.Mails
	p, err := k.Plan(ctx)
	if err != nil {
		return DoorRun{}, err
	}
	if out.Groups, err = d.differences(ctx, k, p, groups); err != nil {
		return DoorRun{}, err
	}
	out.Keep = keepOffers(out.Groups, d.now())
	p.Changeset.Operations = within(p.Changeset.Operations, groups)
	p.Changeset.Hash = bound(p.Changeset.Operations, groups, "adopt", t.Integration)
	run, err := d.doorRun(ctx, k.Door, p, planned(letGo(p.Changeset)))
	if err != nil {
		return run, err
	}
	if t.Apply && len(groups) > 0 {
		keys := keysOf(p.Changeset.Operations)
		if t.Hash != "" {
			if keys, err = d.shownAs(ctx, k.Door, t.Hash, groups, "adopt", t.Integration); err != nil {
				return run, err
			}
		}
		take := store.Take{
			Door: k.Door, Integration: t.Integration, Groups: groups, Kept: t.AdoptNone, Back: back,
			Keys: slices.Sorted(maps.Keys(keys)), Who: who, At: d.now(),
		}
		if out.Kept = t.KeepStaff; t.KeepStaff {
			take.Keep = out.Keep
		}
		if err := d.ws.TakeOver(ctx, take); err != nil {
			return run, err
		}
		out.Applied = true
		if run, err = d.run(ctx, k, keep.Options{Keys: keys}); err != nil {
			return run, err
		}
		run.Hash = cmp.Or(t.Hash, p.Changeset.Hash)
		mine := map[cardea.OpKey]bool{}
		for _, o := range within(operationsOf(run), groups) {
			mine[o.Key] = true
		}
		run.Operations = slices.DeleteFunc(run.Operations, func(o say.Operation) bool { return !mine[o.Key] })
	} else if err := d.ws.SaveChangeset(ctx, "adopt", shownOnly(p.Changeset), nil); err != nil {
		return run, err
	}
	noted, err := d.notes(ctx, k.Door, slices.Concat(issues, seen.Issues))
	run.Issues = append(run.Issues, noted...)
	if !seen.Complete {
		run.Incomplete = append(run.Incomplete, "the door system could not be listed whole")
	}
	return run, err
}

// lift has groups be looked at as ours. Where another integration still looks on, nothing is done there all the same.
func (d *Desk) lift(ctx context.Context, k *keep.Keeper, t Takeover, groups []cardea.GroupID) ([]cardea.Issue, error) {
	all, err := d.stances(ctx)
	if err != nil {
		return nil, err
	}
	var issues []cardea.Issue
	k.Lifted = map[cardea.GroupID]bool{}
	for _, g := range groups {
		k.Lifted[g] = true
		delete(k.Observed, g)
		for _, i := range k.Integrations {
			other, err := d.integration(i.Settings.Integration)
			if err != nil {
				return nil, err
			}
			if other.Name == t.Integration || !slices.Contains(groupsOf(i.Settings), g) {
				continue
			}
			if why := all.observes(other, g); why != "" {
				k.Observed[g] = why
				issues = append(issues, cardea.Issue{Code: "still-observed", Group: g, Text: "nothing is written to the group yet: " + why})
			}
		}
		if t.AdoptAll || t.AdoptNone {
			k.Adopt[g] = t.AdoptAll
		}
	}
	return issues, nil
}

// toTake are the groups that are meant: those named, or all that the integration maps and that are not ours.
func (d *Desk) toTake(ctx context.Context, k *keep.Keeper, t Takeover) ([]cardea.GroupID, error) {
	mine := mappedBy(k, t.Integration)
	if len(t.Groups) == 0 {
		policies, err := k.PoliciesNow(ctx)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(mine, func(g cardea.GroupID) bool { return policies[g].Ours && k.Observed[g] == "" }), nil
	}
	var out []cardea.GroupID
	for _, name := range t.Groups {
		g, err := d.groupCalled(ctx, k.Door, name, mine)
		if err != nil {
			return nil, cardea.Errorf(cardea.ClassOf(err), "%s maps %w", t.Integration, err)
		}
		out = append(out, g)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// groupCalled finds one of some groups by its name or id:N.
func (d *Desk) groupCalled(ctx context.Context, door, name string, among []cardea.GroupID) (cardea.GroupID, error) {
	state, err := d.ws.DoorGroups(ctx, door)
	if err != nil {
		return "", err
	}
	var found []cardea.GroupID
	var known []string
	for _, g := range state.Groups {
		if !slices.Contains(among, g.ID) {
			continue
		}
		known = append(known, g.Name)
		if strings.EqualFold(strings.TrimSpace(g.Name), strings.TrimSpace(name)) || "id:"+string(g.ID) == name {
			found = append(found, g.ID)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", cardea.Errorf(cardea.NotFound, "no group %q%s", name, Nearest(name, known))
	}
	return "", cardea.Errorf(cardea.Rejected, "%d groups called %q: name one as id:N, such as id:%s", len(found), name, found[0])
}

// GiveBack has a group be observed again by an integration, or by all that map it when none is named: nothing is written there
// from now on, and what was put stays. Errors: NotFound when nobody maps such a group.
func (d *Desk) GiveBack(ctx context.Context, integration, group, who string) ([]string, error) {
	if err := d.known(integration); err != nil {
		return nil, err
	}
	var last error
	for door := range sorted(d.c.Doors) {
		k, err := d.knower(ctx, door)
		if err != nil {
			return nil, err
		}
		var mine []cardea.GroupID
		for _, i := range k.Integrations {
			if integration == "" || i.Settings.Integration == integration {
				mine = append(mine, groupsOf(i.Settings)...)
			}
		}
		g, err := d.groupCalled(ctx, door, group, mine)
		if err != nil {
			if cardea.ClassOf(err) != cardea.NotFound {
				return nil, err
			}
			last = err
			continue
		}
		var names []string
		for _, i := range k.Integrations {
			if name := i.Settings.Integration; (integration == "" || name == integration) && slices.Contains(groupsOf(i.Settings), g) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names, d.ws.GiveBack(ctx, door, names, g, who, d.now(), d.marksOf(names[0]))
	}
	if last == nil {
		last = cardea.Errorf(cardea.NotFound, "there is no group %q", group)
	}
	return nil, last
}
