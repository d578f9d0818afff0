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

type operations = []say.Operation

// Impact is what an edit of mappings would do, beside what waits or happens without it.
type Impact struct {
	Integration string          `json:"integration"`
	Managed     string          `json:"managed"` // file or store
	Where       string          `json:"where,omitempty"`
	Version     int64           `json:"version,omitempty"` // that the edit was laid over
	Rows        []MappingChange `json:"changes"`
	People      []Affected      `json:"people"`
	// Operations are what the next run would plan because of it, held ones too; Dropped what it would not plan any more.
	Operations operations `json:"operations"`
	Dropped    operations `json:"dropped,omitempty"`
	Issues     []Note     `json:"issues,omitempty"`
	Incomplete []string   `json:"incomplete,omitempty"` // what is not known, so that the impact may differ
	Hash       string     `json:"hash"`
	Saved      bool       `json:"saved"`
	Moved      bool       `json:"moved,omitempty"` // it is not what was shown under the hash, and was not saved
}

// Standing says how it leaves things: Pending as long as there is an edit that is not saved.
func (i Impact) Standing() Standing {
	if len(i.Rows) > 0 && !i.Saved {
		return Pending
	}
	return InStep
}

func (i Impact) count(v cardea.Verb) int {
	n := 0
	for _, o := range i.Operations {
		if o.Verb == v {
			n++
		}
	}
	return n
}

// Affected is one person, or an account that is nobody's, and what an edit would do to them.
type Affected struct {
	Person  cardea.PersonID `json:"person,omitempty"`
	Name    string          `json:"name"`
	Email   string          `json:"email,omitempty"`
	Gains   []Access        `json:"gains,omitempty"`
	Loses   []Access        `json:"loses,omitempty"`
	Changes []Access        `json:"changes,omitempty"`
}

// Access is a group for a time.
type Access struct {
	Group  cardea.GroupID  `json:"group"`
	Name   string          `json:"name"`
	Window cardea.Window   `json:"window"`
	Was    *cardea.Window  `json:"was,omitempty"`   // before it changes
	Later  []cardea.Window `json:"later,omitempty"` // further windows as far as is planned
	Cause  cardea.Cause    `json:"cause"`
	Held   *cardea.Hold    `json:"held,omitempty"`
}

// compare fills in what the second of two plans does beside the first.
func (d *Desk) compare(ctx context.Context, door string, t keep.Trial, out *Impact) error {
	does, doesNot := beside(t.Before.Changeset.Operations, t.After.Changeset.Operations)
	var err error
	if out.Operations, err = d.named(ctx, door, planned(cardea.Changeset{Operations: does})); err != nil {
		return err
	}
	if out.Dropped, err = d.named(ctx, door, planned(cardea.Changeset{Operations: doesNot})); err != nil {
		return err
	}
	known := map[cardea.Issue]bool{}
	for _, i := range t.Before.Changeset.Issues {
		known[plainIssue(i)] = true
	}
	fresh := slices.DeleteFunc(slices.Clone(t.After.Changeset.Issues), func(i cardea.Issue) bool { return known[plainIssue(i)] })
	if out.Issues, err = d.notes(ctx, door, fresh); err != nil {
		return err
	}
	b, err := d.open(ctx, door, nil, nil)
	if err != nil {
		return err
	}
	for _, g := range t.Unseen {
		out.Incomplete = append(out.Incomplete, "who is in "+b.groups[g]+" already could not be listed: people may be found there who "+
			"have no reason to be")
	}
	seen := map[string]bool{}
	for _, why := range sorted(t.After.Blind) {
		if !seen[why] {
			seen[why] = true
			out.Incomplete = append(out.Incomplete, "not everything was read: "+why)
		}
	}
	out.People = affected(out.Operations, t.After.Wanted)
	return nil
}

// plainIssue is an issue as far as two can be the same.
func plainIssue(i cardea.Issue) cardea.Issue {
	i.Record = nil
	return i
}

// beside are the operations of the second list that the first does not have so, and those of the first that are in the second no
// more.
func beside(before, after []cardea.Operation) (does, doesNot []cardea.Operation) {
	held := func(o cardea.Operation) cardea.HoldCode {
		if o.Held == nil {
			return ""
		}
		return o.Held.Code
	}
	was, is := map[cardea.OpKey]cardea.Operation{}, map[cardea.OpKey]bool{}
	for _, o := range before {
		was[o.Key] = o
	}
	for _, o := range after {
		is[o.Key] = true
		if b, had := was[o.Key]; !had || held(b) != held(o) {
			does = append(does, o)
		}
	}
	for _, o := range before {
		if !is[o.Key] {
			doesNot = append(doesNot, o)
		}
	}
	return does, doesNot
}

// affected sorts operations by whom they concern.
func affected(ops operations, wanted []cardea.Grant) []Affected {
	type spot struct {
		person cardea.PersonID
		group  cardea.GroupID
	}
	windows := map[spot][]cardea.Window{}
	for _, g := range wanted {
		windows[spot{g.Person, g.Group}] = g.Windows
	}
	at := map[string]int{}
	out := []Affected{}
	for _, o := range ops {
		if o.Verb != cardea.VerbAdd && o.Verb != cardea.VerbRemove && o.Verb != cardea.VerbRetime {
			continue
		}
		key := cmp.Or(string(o.Person), "account:"+string(o.Account))
		i, has := at[key]
		if !has {
			i = len(out)
			at[key] = i
			out = append(out, Affected{Person: o.Person, Name: o.PersonName, Email: o.Email})
		}
		a := Access{Group: o.Group, Name: o.GroupName, Window: o.Window, Cause: o.Cause, Held: o.Held}
		if o.Was != nil {
			was := o.Was.Window
			a.Was = &was
		}
		for _, w := range windows[spot{o.Person, o.Group}] {
			if o.Verb != cardea.VerbRemove && w.From >= o.Window.Until {
				a.Later = append(a.Later, w)
			}
		}
		switch o.Verb {
		case cardea.VerbAdd:
			out[i].Gains = append(out[i].Gains, a)
		case cardea.VerbRemove:
			out[i].Loses = append(out[i].Loses, a)
		default:
			out[i].Changes = append(out[i].Changes, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Affected) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Email, b.Email), cmp.Compare(a.Person, b.Person))
	})
	return out
}

func cmpKeys(a, b cardea.OpKey) int { return cmp.Compare(a, b) }
