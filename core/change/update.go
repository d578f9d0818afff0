package change

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// updates plans what accounts are given because fields of the profile follow: accounts that have something to do with a
// mapped group, and nobody else's.
func (p *planner) updates() {
	if len(p.in.Updates) == 0 {
		return
	}
	p.in.seen.about = p.concerns()
	for i := range p.in.Updates {
		u := &p.in.Updates[i]
		if len(p.in.seen.about[u.Account]) == 0 || p.in.Only != nil && !p.in.Only[u.Person] {
			continue
		}
		now := u.New
		now.Mails = ""
		p.plan(cardea.Operation{
			Verb: cardea.VerbUpdate, Account: u.Account, Person: u.Person, New: &now, Fields: u.Fields, Window: cardea.Forever,
			Cause: cardea.CauseProfile, Due: p.now, Deadline: cardea.Never,
		})
	}
}

// concerns says which mapped groups the accounts that are updated are in, or are to be in.
func (p *planner) concerns() map[cardea.AccountID][]cardea.GroupID {
	out := make(map[cardea.AccountID][]cardea.GroupID, len(p.in.Updates))
	of := map[cardea.PersonID]cardea.AccountID{}
	for _, u := range p.in.Updates {
		out[u.Account] = nil
	}
	for _, l := range p.in.Links {
		if _, is := out[l.Account]; is {
			of[l.Person] = l.Account
		}
	}
	add := func(a cardea.AccountID, g cardea.GroupID) {
		groups, is := out[a]
		if _, mapped := slices.BinarySearch(p.mapped, g); is && mapped && !slices.Contains(groups, g) {
			out[a] = append(groups, g)
		}
	}
	for i := range p.in.Edges {
		if e := &p.in.Edges[i]; e.Foreign == "" {
			add(e.Account, e.Group)
		}
	}
	for i := range p.in.Wanted {
		g := &p.in.Wanted[i]
		add(of[g.Person], g.Group)
	}
	for _, groups := range out {
		slices.Sort(groups)
	}
	return out
}

// profiles holds updates of accounts that have to do with a frozen group, with none that is ours, or with none but watched
// ones; and all of them where everything waits for approval.
func profiles(cs cardea.Changeset, in *Input) cardea.Changeset {
	if len(in.seen.about) == 0 {
		return cs
	}
	return each(cs, func(o *cardea.Operation) *cardea.Hold {
		if o.Verb != cardea.VerbUpdate {
			return nil
		}
		groups := in.seen.about[o.Account]
		watched := !slices.ContainsFunc(groups, func(g cardea.GroupID) bool { return in.policy(g).Mode != cardea.Watch })
		ours := slices.ContainsFunc(groups, func(g cardea.GroupID) bool {
			p := in.policy(g)
			return p.Mode != cardea.Watch && (p.Ours || in.Approve == cardea.ApproveAuto)
		})
		for _, g := range groups {
			if why, is := in.Frozen[g]; is {
				return &cardea.Hold{Code: cardea.HeldFrozen, Why: why}
			}
		}
		switch {
		case watched:
			return &cardea.Hold{Code: cardea.HeldWatch, Why: "the account is in no group that is not only watched; it is left as it is"}
		case in.Released[o.Key]:
			return nil
		case !ours:
			return &cardea.Hold{Code: cardea.HeldApproval, Why: awaits(&cardea.Operation{Group: groups[0]}, in, false)}
		case in.Approve == cardea.ApproveAlways:
			return &cardea.Hold{Code: cardea.HeldApproval, Why: "changes of accounts wait for approval"}
		}
		return nil
	})
}
