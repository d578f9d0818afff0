package change

import (
	"slices"

	"github.com/cardea-access/cardea"
)

// Parting is what ends what is ours through one integration.
type Parting struct {
	// Changeset holds the removals, and a forget for each row of the ledger that is closed and whose entry stays or is gone.
	Changeset cardea.Changeset
	Stays     []Left // entries that stay at the door though nobody here keeps them any more; none where all are handed over
	Shared    []Left // entries that stay ours: another integration gives them too
	Waits     []Left // removals that somebody has to let go first; the parting is not over before
}

// Leave says how an integration's part ends. Of in it reads Now, Door, Wanted, Links and Mapped, which are those of the
// integrations that remain, and Accounts, Groups, Edges, Ledger, Policies, Disputed, Frozen, Observed and Limits. mine are
// the groups that the integration maps, unseen those of which nobody ever saw the entries. With take the entries go that
// nobody else gives; without, they all stay, and their rows are closed.
func Leave(in Input, integration string, mine []cardea.GroupID, unseen map[cardea.GroupID]bool, take bool) Parting {
	u := newUndoer(in)
	p := Parting{Changeset: cardea.Changeset{Door: in.Door, MadeAt: in.Now, Operations: []cardea.Operation{}}}
	wanted := wantedCells(in)
	rows := slices.Clone(in.Ledger)
	slices.SortFunc(rows, byCell)
	for i := range rows {
		row := &rows[i]
		if row.EndedAt != 0 || !through(row, integration, mine, in.Mapped) {
			continue
		}
		at := cell{row.Group, row.Account}
		o := cardea.Operation{
			Verb: cardea.VerbRemove, Group: row.Group, Account: row.Account, Person: row.Person, Window: row.Window,
			Reasons: row.Reasons, Cause: cardea.CauseLeaving, Due: in.Now, Deadline: in.Now.Add(endGrace),
		}
		e, there := u.edges[at]
		if there {
			o.Was = &e
		}
		if wanted[at] || others(row, integration) {
			p.Shared = append(p.Shared, Left{o, "another integration gives it too"})
			continue
		}
		why := ""
		switch {
		case !take:
			o.Cause = cardea.CauseHandedOver
		case in.Frozen[row.Group] != "":
			p.Waits = append(p.Waits, Left{o, in.Frozen[row.Group]})
			continue
		case !there && unseen[row.Group]:
		case !there:
			why = "gone"
		default:
			why = u.stays(o, e)
		}
		if !take || why != "" {
			o.Verb, o.Deadline = cardea.VerbForget, cardea.Never
			if take && there {
				p.Stays = append(p.Stays, Left{o, why})
			}
		}
		o.Key = cardea.KeyOf(in.Door, o)
		p.Changeset.Operations = append(p.Changeset.Operations, o)
	}
	p.Changeset.Operations = inOrder(p.Changeset.Operations, unitGroups(in.Groups, nil))
	p.Changeset.Hash = cardea.HashOf(p.Changeset.Operations)
	return p
}

// stays says why an entry is not taken away by a parting.
func (u *undoer) stays(o cardea.Operation, e cardea.Edge) string {
	known := u.accounts[o.Account]
	keeps := newKeeps(u.in.policy(o.Group).Keep, u.in.Now)
	_, kept := keeps.holds(o.Account, known)
	switch {
	case u.in.Observed[o.Group] != "":
		return "the group is observed: " + u.in.Observed[o.Group]
	case u.in.policy(o.Group).Mode == cardea.Watch:
		return "the group is only watched"
	case e.Foreign != "":
		return "the entry is not ours to change: " + e.Foreign
	case known != nil && known.Staff != "":
		return "it is a staff account (" + known.Staff + "), which is changed by hand only"
	case kept:
		return "the account is on the group's keep list"
	case u.in.Disputed[o.Account] != "":
		return u.in.Disputed[o.Account]
	}
	return ""
}

// through says whether a row is there because of an integration: it gave a reason, or the row has none and nobody else maps
// the group.
func through(row *cardea.LedgerRow, integration string, mine, theirs []cardea.GroupID) bool {
	if len(row.Reasons) == 0 {
		return slices.Contains(mine, row.Group) && !slices.Contains(theirs, row.Group)
	}
	return slices.ContainsFunc(row.Reasons, func(r cardea.Reason) bool { return r.Integration == integration })
}

// others says whether an integration that is not the one gave a reason for a row.
func others(row *cardea.LedgerRow, integration string) bool {
	return slices.ContainsFunc(row.Reasons, func(r cardea.Reason) bool { return r.Integration != integration })
}

// wantedCells are the entries that a grant wants, now or later.
func wantedCells(in Input) map[cell]bool {
	accounts := map[cardea.PersonID][]cardea.AccountID{}
	for _, l := range in.Links {
		accounts[l.Person] = append(accounts[l.Person], l.Account)
	}
	out := map[cell]bool{}
	for i := range in.Wanted {
		g := &in.Wanted[i]
		if !slices.ContainsFunc(g.Windows, func(w cardea.Window) bool { return w.Until > in.Now }) {
			continue
		}
		for _, a := range accounts[g.Person] {
			out[cell{g.Group, a}] = true
		}
	}
	return out
}

func byCell(a, b cardea.LedgerRow) int {
	switch {
	case a.Group != b.Group && a.Group < b.Group, a.Group == b.Group && a.Account < b.Account:
		return -1
	case a.Group == b.Group && a.Account == b.Account:
		return 0
	}
	return 1
}
