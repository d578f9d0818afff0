package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/loop/keep"
	"github.com/cardea-access/cardea/store"
)

// Leaving is how an integration leaves. Its operations are the removals, and a forget for each entry that is closed in the
// ledger without being touched at the door.
type Leaving struct {
	DoorRun

	Integration string      `json:"integration"`
	How         string      `json:"how"`
	Stays       []Remaining `json:"stays,omitempty"`  // at the door, though nobody here keeps it any more
	Shared      []Remaining `json:"shared,omitempty"` // stays ours: another integration gives it too
	Waits       []Remaining `json:"waits,omitempty"`  // cannot be taken away yet
	// Alone are the groups that no other integration maps, Others those that one does.
	Groups []string `json:"groups"`
	Others []string `json:"others,omitempty"`
	// Done says that it has left, Managed that the configuration file still names it.
	Done    bool `json:"done"`
	Managed bool `json:"managed,omitempty"`
}

// Standing says how it leaves things: Pending as long as it has not left.
func (l Leaving) Standing() Standing {
	switch {
	case l.Done:
		return InStep
	case l.standing() == Incomplete:
		return Incomplete
	case len(l.Waits) > 0:
		return Held
	}
	return Pending
}

// Leave shows how an integration would leave, under a hash; with that hash it leaves. Begun and not finished, the same hash
// goes on. Errors: NotFound for a name or hash that there is not, Rejected for one that left or is frozen, Conflict where
// what was to be handed over changed since.
func (d *Desk) Leave(ctx context.Context, name, how, hash, who string) (Leaving, error) {
	out := Leaving{Integration: name, How: how, Managed: d.c.Managed == "file"}
	in, err := d.integration(name)
	if err != nil {
		return out, err
	}
	if !slices.Contains([]string{LeaveRemove, LeaveHandOver, LeaveStop}, how) {
		return out, cardea.Errorf(cardea.Rejected, "say how %s is to leave: --remove, --hand-over or --stop", name)
	}
	all, err := d.ws.Stances(ctx)
	if err != nil {
		return out, err
	}
	st := all[name]
	switch frozen, err := d.Freezes(ctx); {
	case err != nil:
		return out, err
	case st.State == store.StanceLeft && (st.How != LeaveStop || how == LeaveStop):
		return out, cardea.Errorf(cardea.Rejected, "%s", leftText(in, st, d.c.Managed))
	case st.State == store.StanceLeaving && st.How != how:
		return out, cardea.Errorf(cardea.Rejected, "%s", leftText(in, st, d.c.Managed))
	case how == LeaveRemove && slices.ContainsFunc(frozen, func(f cardea.Freeze) bool {
		return f.Integration == name || f.Integration == ""
	}):
		return out, cardea.Errorf(cardea.Rejected, "%s is frozen, so nothing can be taken away: lift that first, with: cardea unfreeze", name)
	}
	if err := d.everListed(ctx, in.Door); err != nil {
		return out, err
	}
	if err := d.Connect(ctx); err != nil {
		return out, err
	}
	run, err := d.keepOnce(asWithout(ctx, name), in.Door, false, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
		return d.leave(ctx, k, in, st, hash, who, &out)
	})
	out.DoorRun = run
	if err == nil && run.Error != "" && hash != "" {
		err = cardea.Errorf(cardea.Retry, "%s", run.Error)
	}
	return out, err
}

//nolint:gocognit,nestif // one plan, shown or applied, in each of the three ways
func (d *Desk) leave(
	ctx context.Context, k *keep.Keeper, in Integration, st store.Stance, hash, who string, out *Leaving,
) (DoorRun, error) {
	in, _, err := d.inForce(ctx, in)
	if err != nil {
		return DoorRun{}, err
	}
	r, err := d.resolve(ctx, in)
	if err != nil {
		return DoorRun{}, err
	}
	mine := groupsOf(r.Settings)
	all := stances{in.Name: st}
	acts := slices.Clone(mine)
	for _, g := range mine {
		if why := all.observes(in, g); why != "" && st.State != store.StanceLeft {
			k.Observed[g] = why
			acts = slices.DeleteFunc(acts, func(a cardea.GroupID) bool { return a == g })
		}
	}
	k.Halted = nil
	theirs := map[cardea.GroupID]bool{}
	for _, i := range k.Integrations {
		for _, g := range groupsOf(i.Settings) {
			theirs[g] = true
		}
	}
	b, err := d.open(ctx, k.Door, nil, nil)
	if err != nil {
		return DoorRun{}, err
	}
	for _, g := range mine {
		out.Groups = append(out.Groups, cmp.Or(b.groups[g], "id:"+string(g)))
		if theirs[g] {
			out.Others = append(out.Others, cmp.Or(b.groups[g], "id:"+string(g)))
		}
	}
	slices.Sort(out.Groups)
	slices.Sort(out.Others)
	what := []string{"leave", in.Name, "--" + out.How}
	depart := store.Depart{
		Stance: store.Stance{Integration: in.Name, State: store.StanceLeft, How: out.How, Hash: hash, Who: who, At: d.now()},
		Door:   k.Door, Groups: acts, Marks: d.keepMarks(),
	}
	parting := keep.Parting{Integration: in.Name, Mine: mine, Take: out.How == LeaveRemove}
	if hash == "" || out.How != LeaveRemove {
		var l keep.Leaving
		if out.How != LeaveStop {
			if l, err = k.Leave(ctx, parting); err != nil {
				return DoorRun{}, err
			}
		}
		l.Changeset.Door, l.Changeset.MadeAt = k.Door, d.now()
		l.Changeset.Hash = bound(l.Changeset.Operations, mine, what...)
		if hash == "" {
			if err := d.ws.SaveChangeset(ctx, "leave", shownOnly(l.Changeset), nil); err != nil {
				return DoorRun{}, err
			}
			return d.leavingView(ctx, k.Door, l, planned(l.Changeset), out)
		}
		if _, err := d.shownAs(ctx, k.Door, hash, mine, what...); err != nil {
			return DoorRun{}, err
		}
		if l.Changeset.Hash != hash {
			return DoorRun{}, cardea.Errorf(cardea.Conflict, "what is to be handed over changed since it was shown: look again with "+
				"`cardea %s`", strings.Join(what, " "))
		}
		depart.Close = l.Closes
		if out.How == LeaveHandOver {
			depart.Disown = mine
		}
		if err := d.ws.Leave(ctx, depart, k.Lease); err != nil {
			return DoorRun{}, err
		}
		out.Done = true
		return d.leavingView(ctx, k.Door, l, planned(l.Changeset), out)
	}
	keys, err := d.shownAs(ctx, k.Door, hash, mine, what...)
	if err != nil {
		return DoorRun{}, err
	}
	if st.State != store.StanceLeaving || st.Hash != hash {
		begins := depart
		begins.Stance.State = store.StanceLeaving
		if err := d.ws.Leave(ctx, begins, k.Lease); err != nil {
			return DoorRun{}, err
		}
	}
	l, err := k.ApplyLeave(ctx, parting, keys)
	if err != nil {
		return DoorRun{}, err
	}
	if l.Done {
		depart.Close, depart.Stance.At = l.Closes, d.now()
		for _, g := range mine {
			if !theirs[g] {
				depart.Disown = append(depart.Disown, g)
			}
		}
		if depart.Forget, err = d.unlinked(ctx, in); err != nil {
			return DoorRun{}, err
		}
		if err := d.ws.Leave(ctx, depart, k.Lease); err != nil {
			return DoorRun{}, err
		}
	}
	out.Done = l.Done
	ctx = context.WithoutCancel(ctx)
	rows, err := d.ws.RunOperations(ctx, l.Run.ID)
	if err != nil {
		return DoorRun{}, err
	}
	run, err := d.leavingView(ctx, k.Door, l, rows, out)
	run.Hash, run.Run, run.Seconds = hash, l.Run.ID, float64(l.Run.Ended-l.Run.Started)/1e6
	run.Confirmed, run.Failed, run.Open = l.Applied.Confirmed, l.Applied.Failed, l.Applied.Open
	return run, err
}

// leavingView is a parting as people see it.
func (d *Desk) leavingView(ctx context.Context, door string, l keep.Leaving, rows []store.OpRow, out *Leaving) (DoorRun, error) {
	run, err := d.doorRun(ctx, door, keep.Plan{Changeset: l.Changeset, Next: d.now()}, rows)
	if err != nil {
		return run, err
	}
	if len(l.Seen.Collections) > 0 && !l.Seen.Complete {
		run.Incomplete = append(run.Incomplete, "the door system could not be listed whole")
	}
	for _, one := range []struct {
		left []change.Left
		into *[]Remaining
	}{{l.Stays, &out.Stays}, {l.Shared, &out.Shared}, {l.Waits, &out.Waits}} {
		if *one.into, err = d.remaining(ctx, door, one.left); err != nil {
			return run, err
		}
	}
	run.Issues, err = d.notes(ctx, door, slices.Concat(l.Seen.Issues, l.Applied.Issues))
	return run, err
}

// unlinked are the remembered pairs of people whom no other integration of the door knows.
func (d *Desk) unlinked(ctx context.Context, in Integration) ([]cardea.Link, error) {
	ctx = asWithout(ctx, in.Name)
	all, err := d.stances(ctx)
	if err != nil {
		return nil, err
	}
	others, _ := d.present(ctx, all, in.Door)
	if slices.ContainsFunc(others, func(o Integration) bool { return o.Space == in.Space }) {
		return nil, nil
	}
	state, err := d.ws.DoorState(ctx, in.Door)
	return slices.DeleteFunc(state.Links, func(l cardea.Link) bool {
		connection, _, _ := l.Person.Split()
		return connection != in.Space
	}), err
}
