package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/loop/keep"
)

// Conflict is a question of who is who, with names.
type Conflict struct {
	cardea.IdentityConflict

	Who   []say.Person     `json:"who"`
	Which []cardea.Account `json:"which,omitempty"`
	Since cardea.Instant   `json:"since"` // when it was first found, as far as issues tell; 0 = not before now
	Says  string           `json:"says"`
	Does  string           `json:"does"` // what each choice would do
	// Decided is what settled it; empty while it is open.
	Decided []cardea.Decision `json:"decided,omitempty"`
}

// Conflicts returns the questions of who is who that are open at every door, and those that somebody settled: open ones
// first. It tells what a plan made now would, and asks no vendor anything.
func (d *Desk) Conflicts(ctx context.Context) ([]Conflict, error) {
	out := []Conflict{}
	for _, door := range d.doors() {
		if err := d.everListed(ctx, door); err != nil {
			return nil, err
		}
		k, err := d.knower(ctx, door)
		if err != nil {
			return nil, err
		}
		found, err := d.conflicts(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func (d *Desk) conflicts(ctx context.Context, k *keep.Keeper) ([]Conflict, error) {
	p, err := k.Plan(ctx)
	if err != nil {
		return nil, err
	}
	made, err := d.ws.Decisions(ctx, k.Door)
	if err != nil {
		return nil, err
	}
	var out []Conflict
	for _, c := range p.Conflicts {
		out = append(out, Conflict{IdentityConflict: c})
	}
	slices.SortFunc(out, func(a, b Conflict) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	open := len(out)
	for _, one := range made {
		i := slices.IndexFunc(out, func(c Conflict) bool { return c.ID == one.Conflict })
		if i >= 0 && i < open || !one.Stands() { // it was asked again: what was decided did not settle it
			continue
		}
		if i < 0 {
			i = len(out)
			out = append(out, Conflict{IdentityConflict: cardea.IdentityConflict{ID: one.Conflict, Door: k.Door}})
		}
		out[i].Decided = append(out[i].Decided, one)
	}
	for i := range out {
		if out[i].Decided != nil {
			out[i].settled()
		}
	}
	return out, d.describe(ctx, k.Door, out)
}

// settled fills in whom and which a settled conflict was about.
func (c *Conflict) settled() {
	for _, one := range c.Decided {
		for _, p := range []cardea.PersonID{one.Person, one.Other} {
			if p != "" && !slices.Contains(c.People, p) {
				c.People = append(c.People, p)
			}
		}
		if one.Account != "" && !slices.Contains(c.Accounts, one.Account) {
			c.Accounts = append(c.Accounts, one.Account)
		}
	}
}

// describe fills in names, and since when.
func (d *Desk) describe(ctx context.Context, door string, cs []Conflict) error {
	var people []cardea.PersonID
	var accounts []cardea.AccountID
	for _, c := range cs {
		people, accounts = append(people, c.People...), append(accounts, c.Accounts...)
	}
	b, err := d.open(ctx, door, people, accounts)
	if err != nil {
		return err
	}
	issues, err := d.ws.Issues(ctx)
	if err != nil {
		return err
	}
	for i := range cs {
		c := &cs[i]
		c.Who, c.Which = []say.Person{}, []cardea.Account{}
		for _, id := range c.People {
			p := b.people[id]
			c.Who = append(c.Who, say.Person{ID: id, Name: p.Name, Email: p.Email, Team: p.Team, Visitor: p.Visitor, Left: p.Status == cardea.Left})
		}
		for _, id := range c.Accounts {
			a, known := b.accounts[id]
			if !known {
				a.ID = id
			}
			c.Which = append(c.Which, a)
		}
		if len(c.Decided) > 0 {
			c.Since = c.Decided[0].At
			continue
		}
		w := say.Conflict(c.Kind)
		c.Says, c.Does = w.Text, w.Mend
		for _, row := range issues {
			about := slices.Contains(c.People, row.Issue.Person) && (len(c.Accounts) == 0 || slices.Contains(c.Accounts, row.Issue.Account))
			if about && slices.Contains(issueCodes[c.Kind], row.Issue.Code) && (c.Since == 0 || row.Opened < c.Since) {
				c.Since = row.Opened
			}
		}
	}
	return nil
}

// issueCodes are the codes under which conflicts stand among the issues.
var issueCodes = map[cardea.ConflictKind][]string{
	cardea.ConflictSameEmail: {"shared-account"}, cardea.ConflictSeveral: {"shared-account"},
	cardea.ConflictEmailChanged: {"email-differs"}, cardea.ConflictTaken: {"account-taken"}, cardea.ConflictTwoAccounts: {"two-accounts"},
}

// The ways of settling a conflict.
const (
	Merge = "merge" // they are one person, the account is theirs
	Apart = "apart"
	Undo  = "undo" // take back what was decided
)

// Settling is what settling a conflict would do, or did.
type Settling struct {
	Conflict  Conflict          `json:"conflict"`
	How       string            `json:"how"` // merge, apart, undo
	Decisions []cardea.Decision `json:"decisions"`
	// Hash names exactly the decisions and what they would change at the door.
	Hash string `json:"hash"`
	// Comes is what would be done at the door because of it; Goes is what would have been done and is not any more.
	Comes []say.Operation `json:"comes"`
	Goes  []say.Operation `json:"goes"`
	// Takes says that somebody would lose access: it needs a person's yes.
	Takes bool `json:"takes"`
	Done  bool `json:"done"`
}

// Wish is how somebody wants a conflict settled.
type Wish struct {
	ID      string
	How     string
	Person  string // e-mail, name or id of one of its people; may be empty
	Account cardea.AccountID
	Note    string
	// Yes says that it is to be done although somebody loses access; Hash the same, of exactly what was shown under it.
	Yes  bool
	Hash string
}

// Settle shows what settling a conflict would change at the door, and decides it: at once when nobody loses access by it, else
// only with a yes or the hash. Nothing is written at the door: the next run acts on it. Errors: NotFound when there is no
// such conflict, or nothing to undo; Rejected when the choice must name something; Conflict when the hash is not of what
// would happen now.
func (d *Desk) Settle(ctx context.Context, w Wish, who string) (Settling, error) {
	all, err := d.Conflicts(ctx)
	if err != nil {
		return Settling{}, err
	}
	i := slices.IndexFunc(all, func(c Conflict) bool { return c.ID == w.ID && (w.How == Undo) == (len(c.Decided) > 0) })
	switch {
	case i < 0 && w.How == Undo:
		return Settling{}, cardea.Errorf(cardea.NotFound, "nothing is decided of a conflict %q: `cardea conflicts` lists what is", w.ID)
	case i < 0:
		return Settling{}, cardea.Errorf(cardea.NotFound, "no conflict %q is open: `cardea conflicts` lists those that are", w.ID)
	}
	s := Settling{Conflict: all[i], How: w.How, Decisions: all[i].Decided}
	suppose := func(had []cardea.Decision) []cardea.Decision {
		return slices.DeleteFunc(had, func(o cardea.Decision) bool { return o.Conflict == w.ID })
	}
	if w.How != Undo {
		if s.Decisions, err = d.decisionsOf(all[i], w, who); err != nil {
			return s, err
		}
		without := suppose
		suppose = func(had []cardea.Decision) []cardea.Decision { return append(without(had), s.Decisions...) }
	}
	if err := d.foresee(ctx, &s, suppose); err != nil {
		return s, err
	}
	switch {
	case w.Hash != "" && w.Hash != s.Hash:
		return s, cardea.Errorf(cardea.Conflict, "what it would change is not what was shown as %s any more: look again", w.Hash)
	case s.Takes && !w.Yes && w.Hash == "":
		return s, nil
	}
	marks := d.keepMarks()
	if w.How == Undo {
		_, err = d.ws.UndoDecisions(ctx, s.Decisions, who, d.now(), marks)
	} else {
		err = d.ws.SaveDecisions(ctx, s.Decisions, marks)
	}
	s.Done = err == nil
	return s, err
}

// decisionsOf are the decisions that a wish stands for.
func (d *Desk) decisionsOf(c Conflict, w Wish, who string) ([]cardea.Decision, error) {
	choice := match.Choice{Merge: w.How == Merge, Account: w.Account}
	if w.Person != "" {
		var fits []cardea.PersonID
		for _, p := range c.Who {
			if string(p.ID) == w.Person || strings.EqualFold(p.Email, strings.TrimSpace(w.Person)) || strings.EqualFold(p.Name, w.Person) {
				fits = append(fits, p.ID)
			}
		}
		if len(fits) != 1 {
			return nil, cardea.Errorf(cardea.Rejected, "%q fits %s of conflict %s: name one by id", w.Person,
				say.N(len(fits), "person", "people"), c.ID)
		}
		choice.Person = fits[0]
	}
	ds, err := match.Settle(c.IdentityConflict, choice)
	for i := range ds {
		id, idErr := uuid.NewV7()
		if idErr != nil {
			return nil, cardea.Errorf(cardea.Retry, "no name could be made for a decision: %w", idErr)
		}
		ds[i].ID, ds[i].By, ds[i].At, ds[i].Note = id.String(), who, d.now(), w.Note
	}
	return ds, err
}

// foresee plans without and with it, and fills in what differs.
func (d *Desk) foresee(ctx context.Context, s *Settling, suppose func([]cardea.Decision) []cardea.Decision) error {
	door := s.Conflict.Door
	k, err := d.knower(ctx, door)
	if err != nil {
		return err
	}
	now, err := k.Plan(ctx)
	if err != nil {
		return err
	}
	k.Suppose = suppose
	then, err := k.Plan(ctx)
	if err != nil {
		return err
	}
	if s.Comes, err = d.beyond(ctx, door, then.Changeset, now.Changeset); err != nil {
		return err
	}
	if s.Goes, err = d.beyond(ctx, door, now.Changeset, then.Changeset); err != nil {
		return err
	}
	s.Takes = slices.ContainsFunc(s.Comes, func(o say.Operation) bool { return takes(o.Operation) })
	sum := sha256.New()
	for _, one := range s.Decisions {
		text := []string{one.Conflict, string(one.Person), string(one.Account), string(one.Other), "apart"}
		if one.Together {
			text[4] = "together"
		}
		sum.Write([]byte(s.How + "\x00" + strings.Join(text, "\x00") + "\n"))
	}
	for _, list := range [][]say.Operation{s.Comes, s.Goes} {
		for _, o := range list {
			sum.Write([]byte(o.Key + "\n"))
		}
		sum.Write([]byte("\n"))
	}
	s.Hash = hex.EncodeToString(sum.Sum(nil)[:8])
	return nil
}

// takes says whether an operation takes access away; times that are cut short do.
func takes(o cardea.Operation) bool {
	switch o.Verb { //nolint:exhaustive // the others give, or write nothing
	case cardea.VerbRemove, cardea.VerbLock:
		return true
	case cardea.VerbRetime:
		return o.Was == nil || o.Window.Until < o.Was.Window.Until || o.Window.From > max(o.Was.Window.From, o.Due)
	}
	return false
}

// beyond are the operations of one changeset that another one lacks, with names. Links write nothing and are left out.
func (d *Desk) beyond(ctx context.Context, door string, of, lacks cardea.Changeset) ([]say.Operation, error) {
	there := map[cardea.OpKey]bool{}
	for _, o := range lacks.Operations {
		there[o.Key] = true
	}
	of.Operations = slices.DeleteFunc(slices.Clone(of.Operations), func(o cardea.Operation) bool {
		return there[o.Key] || o.Verb == cardea.VerbLink
	})
	return d.named(ctx, door, planned(of))
}

// sameFields compares which fields follow, in any order.
func sameFields(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
