package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
)

// askAccount answers a question about who is only at the door: an account by id:N, e-mail or name. One that is a person's is
// answered for the person. NotFound, with what was probably meant, when the door system has no such account either.
func (d *Desk) askAccount(ctx context.Context, text string, g say.Group, at cardea.Instant) (say.Explained, error) {
	k, err := d.knower(ctx, g.Door)
	if err != nil {
		return say.Explained{}, err
	}
	p, err := k.Plan(ctx)
	if err != nil {
		return say.Explained{}, err
	}
	var found []cardea.Account
	for _, a := range p.State.Accounts {
		if isAccount(a, text) {
			found = append(found, a)
		}
	}
	if len(found) > 1 { // one that is in the group is meant before one that is not
		out := func(a cardea.Account) bool { return entryOf(&p, a.ID, g.ID) == nil }
		if in := slices.DeleteFunc(slices.Clone(found), out); len(in) > 0 {
			found = in
		}
	}
	switch len(found) {
	case 0:
		meant, err := d.meant(ctx, text, p.State.Accounts)
		if err != nil {
			return say.Explained{}, err
		}
		return say.Explained{}, cardea.Errorf(cardea.NotFound,
			"no space system knows anybody as %q, by name or e-mail, and %s has no such account%s", text, g.Door, meant)
	case 1:
	default:
		var names []string
		for _, a := range found[:min(len(found), 8)] {
			names = append(names, "id:"+string(a.ID)+" ("+strings.TrimSpace(a.Name+" <"+a.Email+">")+")")
		}
		return say.Explained{}, cardea.Errorf(cardea.Rejected, "%q fits %d accounts of %s: name one by id: %s",
			text, len(found), g.Door, strings.Join(names, "; "))
	}
	was := cardea.PersonID("")
	for _, l := range p.Links {
		if l.Account != found[0].ID {
			continue
		}
		if _, known := p.People[l.Person]; known {
			return d.Explain(ctx, say.Question{Person: l.Person, Door: g.Door, Group: g.ID, At: at})
		}
		was = l.Person
	}
	return d.stranger(ctx, k, &p, found[0], was, g, at)
}

// isAccount says whether an account is what was typed: its id, its address, or its name whatever the case of its letters.
func isAccount(a cardea.Account, text string) bool {
	text = strings.TrimSpace(text)
	if text == "id:"+string(a.ID) {
		return true
	}
	typed, isMail := match.Fold(text)
	if mail, has := match.Fold(a.Email); isMail && has && typed == mail {
		return true
	}
	return a.Name != "" && strings.EqualFold(strings.TrimSpace(a.Name), text)
}

// entryOf is an account's entry in a group: of several a plain one.
func entryOf(p *keep.Plan, a cardea.AccountID, g cardea.GroupID) *cardea.Edge {
	var out *cardea.Edge
	for i := range p.State.Edges {
		if e := &p.State.Edges[i]; e.Account == a && e.Group == g && (out == nil || out.Foreign != "") {
			out = e
		}
	}
	return out
}

// stranger tells of an account that is nobody's: what the door shows, what speaks for it and what a plan made now does about it.
func (d *Desk) stranger(
	ctx context.Context, k *keep.Keeper, p *keep.Plan, a cardea.Account, was cardea.PersonID, g say.Group, at cardea.Instant,
) (say.Explained, error) {
	policies, err := k.PoliciesNow(ctx)
	if err != nil {
		return say.Explained{}, err
	}
	h, err := d.history(ctx, recentRuns)
	if err != nil {
		return say.Explained{}, err
	}
	policy := policies[g.ID]
	s := &say.Stranger{Account: a, Was: was, Mode: policy.Mode, Next: nextRun(h, k.Door), KeptUntil: keptUntil(policy, a)}
	if s.Mode == "" {
		s.Mode = cardea.Exclusive
	}
	g.Mapped = slices.Contains(p.Mapped, g.ID)
	out := say.Explained{
		Explanation: cardea.Explanation{Group: g.ID, At: at}, Person: say.Person{Name: a.Name, Email: a.Email}, Group: g, Stranger: s,
		Door: say.AtDoor{
			ReadAt: p.State.EdgesAt[g.ID], Account: a.Email, Shut: a.Shut, Staff: a.Staff, Kept: kept(policy, a, at),
		},
	}
	for _, name := range []*string{&out.Person.Name, &out.Door.Account} {
		*name = cmp.Or(*name, a.Name, a.Email, "id:"+string(a.ID))
	}
	if g.Mapped {
		out.Door.OwnTimes = d.ownTimes(ctx, k.Door, g.ID)
	}
	if e := entryOf(p, a.ID, g.ID); e != nil {
		out.Door.Member, out.Door.Window, out.Door.Locked, s.Foreign = true, e.Window, e.Shut, e.Foreign
	}
	for _, one := range p.Standings {
		switch {
		case one.Account != a.ID:
		case one.Situation == cardea.Disputed:
			s.Disputed = one.Detail
		case one.Group == g.ID:
			s.Situation = one.Situation
		}
	}
	for i := range p.Changeset.Operations {
		if o := &p.Changeset.Operations[i]; o.Account == a.ID && o.Group == g.ID && o.Verb.Writes() {
			out.Door.Waiting = o
		}
	}
	return out, nil
}

// keptUntil is when the keep entry of an account ends that lasts longest, 0 when it has none.
func keptUntil(p cardea.Policy, a cardea.Account) cardea.Instant {
	var until cardea.Instant
	for _, k := range p.Keep {
		one := cardea.Policy{Keep: []cardea.Keep{{Account: k.Account, Note: "it", Until: cardea.Never}}}
		if kept(one, a, 0) != "" {
			until = max(until, k.Until)
		}
	}
	return until
}

// nextRun is when a door connection is looked at next by itself, 0 = no server is due to.
func nextRun(h history, door string) cardea.Instant {
	next := cardea.Instant(0)
	for _, w := range h.wakes {
		if w.Kind == "keep" && w.Unit == door && w.At > h.at && w.At.Bounded() && (next == 0 || w.At < next) {
			next = w.At
		}
	}
	return next
}

// meant ends the sentence that nobody is called so with who was probably meant: an address for an address, a name for a name.
func (d *Desk) meant(ctx context.Context, text string, accounts []cardea.Account) (string, error) {
	if strings.HasPrefix(text, "id:") {
		return "; `cardea drift` names accounts that belong to nobody", nil
	}
	isMail := strings.Contains(text, "@")
	var names []string
	take := func(name, mail string) {
		if isMail {
			name = mail
		}
		if name = say.Clean(name); name != "" {
			names = append(names, name)
		}
	}
	for space := range sorted(d.c.Spaces) {
		records, err := d.ws.FactsOfKind(ctx, space, cardea.KindPerson)
		if err != nil {
			return "", err
		}
		for _, r := range records {
			if p, ok := r.(cardea.Person); ok {
				take(p.Name, p.Email)
			}
		}
	}
	for _, a := range accounts {
		take(a.Name, a.Email)
	}
	slices.Sort(names)
	// Addresses of one house are alike behind the at: only so few letters may differ as fit a slip of the hand.
	local, _, _ := strings.Cut(text, "@")
	best, at := "", 2+len([]rune(local))/6
	for _, name := range slices.Compact(names) {
		if n := edits(strings.ToLower(text), strings.ToLower(name)); n < at {
			best, at = name, n
		}
	}
	if best != "" {
		return fmt.Sprintf(": did you mean %q?", best), nil
	}
	return ": try a part of the name, or the whole e-mail", nil
}
