package change_test

import (
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// door is a door system in memory: what applying operations would leave behind.
type door struct {
	in   change.Input
	made int
}

// clone copies what operations change.
func (d *door) clone() *door {
	c := *d
	c.in.Links, c.in.Fresh = slices.Clone(d.in.Links), slices.Clone(d.in.Fresh)
	c.in.Missing = slices.Clone(d.in.Missing)
	c.in.Accounts = slices.Clone(d.in.Accounts)
	c.in.Edges = slices.Clone(d.in.Edges)
	c.in.Ledger = slices.Clone(d.in.Ledger)
	c.in.Past.Removals = slices.Clone(d.in.Past.Removals)
	return &c
}

// apply does one operation, as the loop and a connector would.
func (d *door) apply(o cardea.Operation) {
	if o.Held != nil {
		panic("a held operation was applied")
	}
	account := o.Account
	if account == "" && o.Verb == cardea.VerbAdd {
		for _, l := range d.in.Links {
			if l.Person == o.Person {
				account = l.Account
			}
		}
		if account == "" {
			panic("an edge before its account")
		}
	}
	row := cardea.LedgerRow{Group: o.Group, Account: account, Person: o.Person, Window: o.Window,
		Reasons: o.Reasons, PutAt: d.in.Now}
	switch o.Verb {
	case cardea.VerbCreate:
		d.create(o)
	case cardea.VerbLink:
		d.in.Fresh = slices.DeleteFunc(d.in.Fresh, func(l cardea.Link) bool { return l == *o.Link })
	case cardea.VerbAdopt:
		d.write(row)
	case cardea.VerbAdd, cardea.VerbRetime:
		d.drop(o.Group, account)
		w := o.Window
		if !d.in.Limits.Timed {
			w = cardea.Forever
		}
		d.in.Edges = append(d.in.Edges, cardea.Edge{Group: o.Group, Account: account, Window: w})
		d.write(row)
	case cardea.VerbRemove, cardea.VerbClean:
		d.drop(o.Group, account)
		d.close(o.Group, account)
		if !o.Cause.Positive() {
			d.in.Past.Removals = append(d.in.Past.Removals, change.Removal{Group: o.Group, At: d.in.Now})
		}
	case cardea.VerbForget:
		d.close(o.Group, account)
	}
}

// create makes the account and pairs everyone who was waiting for it.
func (d *door) create(o cardea.Operation) {
	d.made++
	id := cardea.AccountID(fmt.Sprintf("new%d", d.made))
	d.in.Accounts = append(d.in.Accounts, cardea.Account{ID: id, Email: o.New.Email})
	d.in.Missing = slices.DeleteFunc(d.in.Missing, func(a cardea.NewAccount) bool {
		mine := a.Person == o.Person || a.Email != "" && a.Email == o.New.Email
		if mine {
			d.in.Links = append(d.in.Links, cardea.Link{Person: a.Person, Account: id, How: "created"})
		}
		return mine
	})
}

func (d *door) write(row cardea.LedgerRow) {
	d.close(row.Group, row.Account)
	d.in.Ledger = append(d.in.Ledger, row)
}

func (d *door) close(g cardea.GroupID, a cardea.AccountID) {
	d.in.Ledger = slices.DeleteFunc(d.in.Ledger, func(r cardea.LedgerRow) bool { return r.Group == g && r.Account == a })
}

func (d *door) drop(g cardea.GroupID, a cardea.AccountID) {
	d.in.Edges = slices.DeleteFunc(d.in.Edges, func(e cardea.Edge) bool {
		return e.Group == g && e.Account == a && e.Foreign == ""
	})
}

// run plans and applies what goes.
func (d *door) run() cardea.Changeset {
	cs, _ := change.Plan(d.in)
	for _, o := range cs.Going() {
		d.apply(o)
	}
	return cs
}
