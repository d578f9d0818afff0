package keep

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
	"github.com/cardea-access/cardea/loop/read"
)

// facts is one look at the space side.
type facts struct {
	at      cardea.Instant
	read    map[string]cardea.Instant // when the newest reading of each space connection began
	indexes []*decide.Index           // by integration
	wanted  []cardea.Grant
	beyond  cardea.Instant
	// everybody is the list that the grants count in, where all integrations have one space side.
	everybody []cardea.PersonID
	people    map[cardea.PersonID]cardea.Person
	mapped    []cardea.GroupID
	blind     map[cardea.GroupID]string
	issues    []cardea.Issue
	only      map[cardea.PersonID]bool
	blocked   map[cardea.PersonID]cardea.Block // and everybody whom that concerns

	standings map[string]map[cardea.Kind]read.Standing // by space connection
	good      map[cardea.GroupID]cardea.Instant        // of the blind: when all that feeds them was last known
	stale     map[string]map[cardea.GroupID]bool       // by integration: groups that outlived its silence
	turns     cardea.Instant                           // when the next does
}

// sharers adds the people that are linked to the same accounts.
func sharers(links []cardea.Link, people []cardea.PersonID) []cardea.PersonID {
	all := map[cardea.PersonID]bool{}
	for _, p := range people {
		all[p] = true
	}
	accounts := map[cardea.AccountID]bool{}
	for _, l := range links {
		if all[l.Person] {
			accounts[l.Account] = true
		}
	}
	for _, l := range links {
		if accounts[l.Account] {
			all[l.Person] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// everything reads the whole directory of every integration.
func (k *Keeper) everything(ctx context.Context) (*facts, error) {
	directories, newest := map[string]cardea.Directory{}, map[string]cardea.Instant{}
	for _, i := range k.Integrations {
		if _, has := directories[i.Space]; has {
			continue
		}
		// Before the records: what is read meanwhile is new to this look.
		var err error
		if newest[i.Space], err = k.newest(ctx, i.Space); err != nil {
			return nil, err
		}
		d, err := k.Store.Directory(ctx, i.Space)
		if err != nil {
			return nil, failed("load what "+i.Space+" says", err)
		}
		if err := k.heard(ctx, i.Space, &d, true); err != nil {
			return nil, err
		}
		directories[i.Space] = d
	}
	f, err := k.look(ctx, directories, nil)
	if err == nil {
		f.read = newest
	}
	return f, err
}

// newest is when the newest reading of a space connection began.
func (k *Keeper) newest(ctx context.Context, space string) (cardea.Instant, error) {
	cs, err := k.Store.Collections(ctx, space)
	if err != nil {
		return 0, failed("see when "+space+" was last read", err)
	}
	var at cardea.Instant
	for _, c := range cs {
		at = max(at, c.At)
	}
	return at, nil
}

// some reads what can matter to a few people.
func (k *Keeper) some(ctx context.Context, people []cardea.PersonID) (*facts, error) {
	keys := map[string][]cardea.Key{}
	only := map[cardea.PersonID]bool{}
	for _, p := range people {
		connection, key, ok := p.Split()
		if !ok {
			return nil, cardea.Errorf(cardea.Rejected, "%q names no person: want CONNECTION/person:ID", p)
		}
		keys[connection] = append(keys[connection], key)
		only[p] = true
	}
	directories := map[string]cardea.Directory{}
	for _, i := range k.Integrations {
		if _, has := directories[i.Space]; has {
			continue
		}
		d := cardea.Directory{Connection: i.Space}
		if len(keys[i.Space]) > 0 {
			var err error
			if d, err = k.closure(ctx, i.Space, keys[i.Space]); err != nil {
				return nil, failed("load what "+i.Space+" says of "+k.Door+"'s people", err)
			}
		}
		directories[i.Space] = d
	}
	return k.look(ctx, directories, only)
}

// closure is what can matter to a few people. Where a mapping trims that is everything: bookings of people who have nothing
// else to do with them cut theirs.
func (k *Keeper) closure(ctx context.Context, space string, people []cardea.Key) (cardea.Directory, error) {
	for _, i := range k.Integrations {
		if i.Space == space && slices.ContainsFunc(i.Settings.Mappings, func(m cardea.Mapping) bool { return m.Trim }) {
			d, err := k.Store.Directory(ctx, space)
			if err != nil {
				return d, err //nolint:wrapcheck // the caller says of what
			}
			return d, k.heard(ctx, space, &d, true)
		}
	}
	d, err := k.Store.DirectoryOf(ctx, space, people)
	if err != nil {
		return d, err //nolint:wrapcheck // as above
	}
	return d, k.heard(ctx, space, &d, false)
}

// look decides.
func (k *Keeper) look(
	ctx context.Context, directories map[string]cardea.Directory, only map[cardea.PersonID]bool,
) (*facts, error) {
	f := &facts{
		at: k.now(), beyond: cardea.Never, only: only,
		people: map[cardea.PersonID]cardea.Person{}, blind: map[cardea.GroupID]string{},
		good: map[cardea.GroupID]cardea.Instant{}, stale: map[string]map[cardea.GroupID]bool{}, turns: cardea.Never,
	}
	span := cardea.Window{From: f.at, Until: f.at.Add(k.Horizon)}
	standings := map[string]map[cardea.Kind]read.Standing{}
	f.standings = standings
	var grants [][]cardea.Grant
	for _, i := range k.Integrations {
		d := directories[i.Space]
		x := decide.New(d, k.settings(i.Settings, d))
		f.indexes = append(f.indexes, x)
		f.beyond = min(f.beyond, x.Opens(span.Until))
		f.mapped = append(f.mapped, x.Mapped()...)
		if only != nil {
			f.issues = append(f.issues, x.Issues()...)
		} else {
			f.issues = append(f.issues, x.IssuesAt(f.at)...)
			f.issues = append(f.issues, x.GateIssues(f.at)...)
			f.issues = append(f.issues, x.Unheard(f.at)...)
		}
		if standings[i.Space] == nil {
			s, err := k.standings(ctx, i.Space)
			if err != nil {
				return nil, err
			}
			standings[i.Space] = s
		}
		for _, g := range x.Mapped() {
			if why := blindness(i.Space, standings[i.Space], x.Feeds(g)); why != "" {
				f.blind[g] = joined(f.blind[g], why)
			}
		}
		k.silent(f, i, x)
		grants = append(grants, f.current(i.Settings.Integration, x.Grants(span)))
	}
	for _, groups := range k.Spared {
		f.mapped = append(f.mapped, groups...)
	}
	for g, why := range k.Withheld {
		f.blind[g] = joined(f.blind[g], why)
	}
	f.wanted = decide.Unite(grants...)
	if len(directories) == 1 {
		f.everybody = f.indexes[0].People()
	}
	if only != nil {
		f.wanted = slices.DeleteFunc(f.wanted, func(g cardea.Grant) bool { return !only[g.Person] })
	}
	f.mapped = slices.Compact(slices.Sorted(slices.Values(f.mapped)))
	for _, d := range directories {
		for i := range d.People {
			if id := cardea.PersonOf(d.Connection, d.People[i].Key()); only == nil || only[id] {
				f.people[id] = d.People[i]
			}
		}
	}
	return f, nil
}

// standings returns how a space connection's collections were last read.
func (k *Keeper) standings(ctx context.Context, space string) (map[cardea.Kind]read.Standing, error) {
	cs, err := k.Store.Collections(ctx, space)
	if err != nil {
		return nil, failed("see how "+space+" was last read", err)
	}
	m := make(map[cardea.Kind]read.Standing, len(cs))
	for _, c := range cs {
		m[c.Kind] = read.StandingOf(c)
	}
	return m, nil
}

// blindness says why not everything that can feed a group is known. A collection without a row is one that the space
// system does not have, unless nothing of it was ever read.
func blindness(space string, standings map[cardea.Kind]read.Standing, feeds []cardea.Kind) string {
	if len(standings) == 0 {
		return space + " was never read"
	}
	kinds := map[string][]string{} // by why
	var order []string
	for _, kind := range feeds {
		s, has := standings[kind]
		if !has || s.Blind() == "" || slices.Contains(kinds[s.Blind()], string(kind)) {
			continue
		}
		if kinds[s.Blind()] == nil {
			order = append(order, s.Blind())
		}
		kinds[s.Blind()] = append(kinds[s.Blind()], string(kind))
	}
	why := ""
	for _, one := range order {
		why = joined(why, "the "+listed(kinds[one])+" records of "+space+": "+one)
	}
	return why
}

// listed joins names as a sentence does.
func listed(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case strings.Contains(a, b):
		return a
	}
	return a + "; " + b
}
