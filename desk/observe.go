package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
)

// Observation is what would differ if an integration took its groups over now.
type Observation struct {
	Integration string         `json:"integration"`
	Door        string         `json:"door"`
	ReadAt      cardea.Instant `json:"read_at"` // when the door side was last listed whole
	Agrees      int            `json:"agrees"`  // entries that are as Cardea would have them
	Of          int            `json:"of"`      // entries that are there or should be
	Groups      []Difference   `json:"groups"`  // sorted by name
	Incomplete  []string       `json:"incomplete,omitempty"`
	Issues      []Note         `json:"issues"`
}

// Difference is what would differ in one group.
type Difference struct {
	Group   cardea.GroupID `json:"group"`
	Name    string         `json:"name"`
	Mode    cardea.Mode    `json:"mode"`
	Ours    bool           `json:"ours"`    // taken over already
	Safe    bool           `json:"safe"`    // nobody would come, go or have other times
	Both    []Entry        `json:"both"`    // there and rightly: adopted, unless the group's mode says otherwise
	Missing []Entry        `json:"missing"` // would be added
	Later   []Entry        `json:"later"`   // would be added when their time comes near
	Gone    []Entry        `json:"gone"`    // would be taken away
	Times   []Entry        `json:"times"`   // would have other times, or be opened or shut
	Kept    []Entry        `json:"kept"`    // nobody speaks for them, and they stay
	Staff   []Entry        `json:"staff"`   // staff, offered as keep entries
	Foreign []Entry        `json:"foreign"` // members that are no accounts, offered as keep entries
}

// Entry is somebody in a group, or who would be.
type Entry struct {
	Account cardea.AccountID `json:"account,omitempty"` // empty: it would be made
	Person  cardea.PersonID  `json:"person,omitempty"`
	Name    string           `json:"name,omitempty"`
	Email   string           `json:"email,omitempty"`
	Window  cardea.Window    `json:"window"`
	Was     *cardea.Window   `json:"was,omitempty"` // where the times differ
	Why     string           `json:"why,omitempty"`
}

// Standing is Incomplete when not everything was read, Pending when a group would differ, else InStep.
func (o Observation) Standing() Standing {
	switch {
	case len(o.Incomplete) > 0:
		return Incomplete
	case slices.ContainsFunc(o.Groups, func(g Difference) bool { return !g.Safe }):
		return Pending
	}
	return InStep
}

// Safe names the groups that nothing would change in.
func (o Observation) Safe() []string {
	var out []string
	for _, g := range o.Groups {
		if g.Safe {
			out = append(out, g.Name)
		}
	}
	return out
}

// Observe says, group by group, what would differ if an integration took over now: from what was last read, or after reading
// both sides. It writes nothing at any vendor. Errors: NotFound, Rejected when nothing was read yet.
func (d *Desk) Observe(ctx context.Context, name string, read bool) (Observation, error) {
	in, err := d.integration(name)
	if err != nil {
		return Observation{}, err
	}
	ctx = asBack(ctx, name)
	var out Observation
	if read {
		result, err := d.once(ctx, []string{name}, func(ctx context.Context, k *keep.Keeper) (DoorRun, error) {
			seen, err := k.Sweep(ctx)
			if err != nil {
				return DoorRun{}, err
			}
			if out, err = d.wouldDiffer(ctx, k, name); err == nil && !seen.Complete {
				out.Incomplete = append(out.Incomplete, "the door system could not be listed whole")
			}
			return DoorRun{Door: k.Door, Next: cardea.Never}, err
		})
		for _, run := range result.Doors {
			if err == nil && run.Error != "" {
				err = cardea.Errorf(cardea.Retry, "%s: %s", run.Door, run.Error)
			}
		}
		return out, err
	}
	switch state, err := d.ws.DoorGroups(ctx, in.Door); {
	case err != nil:
		return out, err
	case state.ReadAt == 0:
		return out, cardea.Errorf(cardea.Rejected, "%s was never listed: read both sides first, with: cardea observe %s --read", in.Door, name)
	}
	k, err := d.knower(ctx, in.Door)
	if err != nil {
		return out, err
	}
	return d.wouldDiffer(ctx, k, name)
}

// compare plans as though all groups of an integration were taken over.
func (d *Desk) wouldDiffer(ctx context.Context, k *keep.Keeper, name string) (Observation, error) {
	out := Observation{Integration: name, Door: k.Door, Groups: []Difference{}, Issues: []Note{}}
	groups := mappedBy(k, name)
	ours, err := d.ws.Policies(ctx, k.Door)
	if err != nil {
		return out, err
	}
	taken := map[cardea.GroupID]bool{}
	k.Lifted = map[cardea.GroupID]bool{}
	for _, g := range groups {
		taken[g] = ours[g].Ours && k.Observed[g] == ""
		k.Lifted[g] = true
		delete(k.Observed, g)
	}
	p, err := k.Plan(ctx)
	if err != nil {
		return out, err
	}
	if out.Groups, err = d.differences(ctx, k, p, groups); err != nil {
		return out, err
	}
	out.ReadAt = p.State.ReadAt
	for i := range out.Groups {
		g := &out.Groups[i]
		g.Ours = taken[g.Group]
		out.Agrees += len(g.Both)
		out.Of += len(g.Both) + len(g.Missing) + len(g.Gone) + len(g.Times) + len(g.Kept)
	}
	shown, err := d.doorRun(ctx, k.Door, p, nil)
	if err != nil {
		return out, err
	}
	out.Incomplete = shown.Incomplete
	mine := slices.DeleteFunc(slices.Clone(p.Changeset.Issues), func(i cardea.Issue) bool {
		return i.Group != "" && !slices.Contains(groups, i.Group) || i.Code == "staff-in-group" || i.Code == "foreign-member"
	})
	notes, err := d.notes(ctx, k.Door, mine)
	out.Issues = append(out.Issues, notes...)
	return out, err
}

// differ sorts what is in groups, and what a plan would do there.
type differ struct {
	k      *keep.Keeper
	p      keep.Plan
	by     map[cardea.GroupID]*Difference
	ops    map[place]cardea.Operation
	wanted map[place]cardea.PersonID
	book   book
	keep   map[cardea.GroupID]cardea.Policy
}

// place is an account in a group.
type place struct {
	group   cardea.GroupID
	account cardea.AccountID
}

func (d *Desk) differences(ctx context.Context, k *keep.Keeper, p keep.Plan, groups []cardea.GroupID) ([]Difference, error) {
	now := d.now()
	c := &differ{
		k: k, p: p, by: map[cardea.GroupID]*Difference{}, ops: map[place]cardea.Operation{}, wanted: map[place]cardea.PersonID{},
	}
	var err error
	if c.keep, err = k.PoliciesNow(ctx); err != nil {
		return nil, err
	}
	out := make([]Difference, 0, len(groups))
	for _, g := range groups {
		c.by[g] = &Difference{
			Group: g, Mode: cmp.Or(c.keep[g].Mode, cardea.Exclusive),
			Both: []Entry{}, Missing: []Entry{}, Later: []Entry{}, Gone: []Entry{}, Times: []Entry{},
			Kept: []Entry{}, Staff: []Entry{}, Foreign: []Entry{},
		}
	}
	var people []cardea.PersonID
	var accounts []cardea.AccountID
	for _, o := range p.Changeset.Operations {
		if c.by[o.Group] != nil {
			people, accounts = append(people, o.Person), append(accounts, o.Account)
			if o.Account != "" && o.Verb != cardea.VerbForget {
				c.ops[place{o.Group, o.Account}] = o
			}
		}
	}
	whose := map[cardea.PersonID]cardea.AccountID{}
	for _, l := range p.Links {
		whose[l.Person] = l.Account
	}
	for i := range p.Wanted {
		g := &p.Wanted[i]
		if a := whose[g.Person]; a != "" && slices.ContainsFunc(g.Windows, func(w cardea.Window) bool { return w.Until > now }) {
			c.wanted[place{g.Group, a}] = g.Person
			people = append(people, g.Person)
		}
	}
	for _, e := range p.State.Edges {
		accounts = append(accounts, e.Account)
	}
	if c.book, err = d.open(ctx, k.Door, people, accounts); err != nil {
		return nil, err
	}
	for i := range p.State.Edges {
		if c.by[p.State.Edges[i].Group] != nil {
			c.edge(&p.State.Edges[i], now)
		}
	}
	for _, o := range p.Changeset.Operations {
		if g := c.by[o.Group]; g != nil && o.Verb == cardea.VerbAdd {
			e := c.entry(o.Account, o.Person, o.Window, say.Cause(o.Cause).Text)
			if o.Account == "" {
				e.Why = "an account would be made"
			}
			if o.Window.From > now {
				g.Later = append(g.Later, e)
			} else {
				g.Missing = append(g.Missing, e)
			}
		}
	}
	for _, id := range groups {
		g := c.by[id]
		g.Name = cmp.Or(c.book.groups[id], "id:"+string(id))
		g.Safe = len(g.Missing)+len(g.Gone)+len(g.Times) == 0
		for _, list := range [][]Entry{g.Both, g.Missing, g.Later, g.Gone, g.Times, g.Kept, g.Staff, g.Foreign} {
			slices.SortFunc(list, func(a, b Entry) int {
				return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Email, b.Email), cmp.Compare(a.Account, b.Account))
			})
		}
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Group, b.Group)) })
	return out, nil
}

func (c *differ) entry(a cardea.AccountID, p cardea.PersonID, w cardea.Window, why string) Entry {
	e := Entry{Account: a, Person: p, Window: w, Why: why}
	e.Name, e.Email = c.book.who(p, a)
	return e
}

// edge sorts one entry that is there.
func (c *differ) edge(e *cardea.Edge, now cardea.Instant) {
	g, at := c.by[e.Group], place{e.Group, e.Account}
	o, planned := c.ops[at]
	person, wanted := c.wanted[at]
	account := c.book.accounts[e.Account]
	switch {
	case planned && (o.Verb == cardea.VerbRemove || o.Verb == cardea.VerbClean):
		if e.Window.Until > now { // what is over is no access: it is tidied away and counts nowhere
			g.Gone = append(g.Gone, c.entry(e.Account, o.Person, e.Window, say.Cause(o.Cause).Text))
		}
	case planned && o.Verb == cardea.VerbAdopt, !planned && wanted:
		g.Both = append(g.Both, c.entry(e.Account, person, e.Window, ""))
	case planned && o.Verb != cardea.VerbAdd:
		one := c.entry(e.Account, o.Person, o.Window, say.Verb(o.Verb).Text)
		one.Was = &e.Window
		g.Times = append(g.Times, one)
	case (e.Foreign != "" || account.Staff != "") && c.onList(e.Group, account, e.Account, now): // nothing is to be offered
		g.Kept = append(g.Kept, c.entry(e.Account, "", e.Window, "on the group's keep list"))
	case e.Foreign != "":
		g.Foreign = append(g.Foreign, c.entry(e.Account, "", e.Window, e.Foreign))
	case account.Staff != "":
		g.Staff = append(g.Staff, c.entry(e.Account, "", e.Window, account.Staff))
	case c.onList(e.Group, account, e.Account, now):
		g.Kept = append(g.Kept, c.entry(e.Account, "", e.Window, "on the group's keep list"))
	default:
		g.Kept = append(g.Kept, c.entry(e.Account, "", e.Window, "the group is "+string(g.Mode)))
	}
}

func (c *differ) onList(g cardea.GroupID, a cardea.Account, id cardea.AccountID, now cardea.Instant) bool {
	return slices.ContainsFunc(c.keep[g].Keep, func(k cardea.Keep) bool {
		return k.Until > now && (k.Account == "id:"+string(id) ||
			a.Email != "" && strings.EqualFold(strings.TrimSpace(k.Account), strings.TrimSpace(a.Email)))
	})
}

// keepOffers are the keep entries that are offered for staff and members that are no accounts.
func keepOffers(groups []Difference, at cardea.Instant) map[cardea.GroupID][]cardea.Keep {
	out := map[cardea.GroupID][]cardea.Keep{}
	for _, g := range groups {
		for _, e := range slices.Concat(g.Staff, g.Foreign) {
			account := "id:" + string(e.Account)
			if strings.Contains(e.Email, "@") {
				account = e.Email
			}
			out[g.Group] = append(out[g.Group], cardea.Keep{
				Account: account, Note: "kept when the group was taken over on " + day(at) + " (" + e.Why + ")", Until: cardea.Never,
			})
		}
	}
	return out
}
