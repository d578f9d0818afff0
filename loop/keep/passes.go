package keep

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// passSoon is how long before a grant begins an invitation that expired is sent again.
const passSoon = 24 * time.Hour

// passes brings the mobile passes of those in step with their entries, where the door system issues passes: after the entries,
// since an invitation never comes before the access. What is left to do is worked out anew with each run from what is remembered, so
// that a run which was cut short here costs nothing but time.
func (k *Keeper) passes(ctx context.Context, o Options, r *Report) ([]cardea.Issue, error) {
	system, can := k.System.(door.Passes)
	if !can {
		return nil, nil
	}
	issued, on, err := system.Passes(ctx)
	if err != nil {
		return nil, failed("see who has a mobile pass", err)
	}
	if !on {
		return nil, nil
	}
	w := k.wishes(o, r, issued)
	if w.later != 0 {
		r.After.Next = earliest(r.After.Next, w.later)
	}
	var out []cardea.Issue
	for i, err := range system.SettlePasses(ctx, w.list) {
		if err == nil {
			continue
		}
		out = append(out, cardea.Issue{
			Code: "pass-not-issued", Account: w.list[i].Account, Person: w.person[w.list[i].Account],
			Text: fmt.Sprintf("the mobile pass is not as it should be; it is tried again with the next run: %v", err),
		})
	}
	return out, nil
}

// wished is what is asked of passes, and for whom.
type wished struct {
	list   []door.PassWish
	person map[cardea.AccountID]cardea.PersonID
	later  cardea.Instant // when quiet hours are over for which an invitation waits, 0 = none does
}

// wishes lists the accounts whose pass has to be looked at: those that hold an entry we put and have none yet, and those of whom one
// is remembered that may have come to its end. Nobody else costs a call.
func (k *Keeper) wishes(o Options, r *Report, issued []door.Pass) wished {
	now := k.now()
	state, soon := r.After.State, cardea.Window{From: now, Until: now.Add(passSoon)}
	w := wished{person: map[cardea.AccountID]cardea.PersonID{}}
	account := map[cardea.PersonID]cardea.AccountID{}
	for _, l := range r.After.Links {
		account[l.Person] = l.Account
		if w.person[l.Account] == "" {
			w.person[l.Account] = l.Person
		}
	}
	there := map[spot]bool{}
	for _, e := range state.Edges {
		there[spot{e.Group, e.Account}] = e.Foreign == ""
	}
	runs, comes := map[cardea.AccountID]bool{}, map[cardea.AccountID]bool{}
	fresh := map[cardea.AccountID]bool{} // holds an entry that we put, and not only such as we found
	for _, row := range state.Ledger {
		if there[spot{row.Group, row.Account}] && row.Window.Holds(now) {
			runs[row.Account] = true
			fresh[row.Account] = fresh[row.Account] || !row.Adopted
		}
	}
	for i := range r.After.Wanted {
		g := &r.After.Wanted[i]
		if slices.ContainsFunc(g.Windows, soon.Overlaps) {
			comes[account[g.Person]] = true
		}
	}
	known := map[cardea.AccountID]bool{}
	mails, day := k.Mails, cardea.Instant(0)
	if quiet, until := k.Quiet.At(now); quiet && k.Mails != cardea.MailsNever && k.limits().SendsMail {
		mails, day = cardea.MailsNever, until // what has to go now goes without a mail
	}
	wish := func(a cardea.AccountID) {
		w.list = append(w.list, door.PassWish{Account: a, Runs: runs[a], Soon: comes[a], Mails: mails})
	}
	for _, p := range issued {
		known[p.Account] = true
		over := !runs[p.Account] && !comes[p.Account]
		lapsed := p.State == door.PassAsked || p.State == door.PassPending && p.Expires != 0 && p.Expires <= now
		if o.People != nil && !slices.Contains(o.People, w.person[p.Account]) || !over && !lapsed {
			continue
		}
		if day != 0 && !over && p.State == door.PassPending { // nobody redeemed it for days: the next one comes by day
			w.later = day
			continue
		}
		wish(p.Account)
	}
	for a := range fresh {
		if fresh[a] && !known[a] {
			wish(a)
		}
	}
	w.address(r)
	slices.SortFunc(w.list, func(a, b door.PassWish) int { return cmp.Compare(a.Account, b.Account) })
	return w
}

// address fills in where invitations go, and whether the vendor is to write: as it was for the entry itself (RULES.md MAILS).
func (w *wished) address(r *Report) {
	email, mails := map[cardea.AccountID]string{}, map[cardea.AccountID]cardea.Mails{}
	for _, a := range r.After.State.Accounts {
		email[a.ID] = a.Email
	}
	for _, res := range r.Applied.Results {
		if res.Op.Verb == cardea.VerbAdd && res.Op.Mails != "" {
			mails[res.Op.Account] = res.Op.Mails
		}
	}
	for i := range w.list {
		one := &w.list[i]
		one.Email = email[one.Account]
		if p, has := r.After.People[w.person[one.Account]]; has && one.Email == "" {
			one.Email = p.Email
		}
		one.Mails = cmp.Or(mails[one.Account], one.Mails, cardea.MailsDefault)
		one.People = whom(r, one.Account)
	}
}

// whom names the people of an account, for others who are told of its pass. Who is gone from the space system has no name any more.
func whom(r *Report, a cardea.AccountID) []cardea.Whom {
	out := []cardea.Whom{}
	for _, l := range r.After.Links {
		if l.Account == a && !slices.ContainsFunc(out, func(o cardea.Whom) bool { return o.ID == l.Person }) {
			p := r.After.People[l.Person]
			out = append(out, cardea.Whom{ID: l.Person, Name: p.Name, Email: p.Email})
		}
	}
	slices.SortFunc(out, func(a, b cardea.Whom) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
