package change

import (
	"cmp"
	"slices"

	"github.com/cardea-access/cardea"
)

// seat is where a person's grants go: an account's place in the table, or the place of a new account.
type seat int32

const nowhere seat = -1 << 31

func (s seat) account() (int32, bool) { return int32(s), s >= 0 }

func (s seat) fresh() (int32, bool) { return int32(-1 - s), s < 0 && s != nowhere }

// seats is the table of accounts, by id, and the one index from people to it.
type seats struct {
	ids      []cardea.AccountID // sorted
	shut     []bool
	accounts []cardea.Account // as they came
	entry    []int32          // by place: the account's place in accounts, -1 for one that only a link names
	people   roll
	fresh    []newcomer
	only     []bool // by account, nil = all: the accounts that the plan is about
}

// newcomer is one account that may have to be made.
type newcomer struct {
	account cardea.NewAccount
	early   bool // it is made anyway, or may be staged
	ops     []int32
}

func newSeats(in *Input) *seats {
	s := &seats{}
	places := s.index(in)
	s.people = newRoll(in, places, s.newcomers(in))
	if in.Only != nil {
		s.limit(in)
	}
	return s
}

// clear forgets what a plan that was given up noted.
func (s *seats) clear() {
	for i := range s.fresh {
		s.fresh[i].ops = nil
	}
}

// index sorts and numbers the accounts and returns the place of each link's account. An account that is only named by
// a link has a place, but no entry.
func (s *seats) index(in *Input) []int32 {
	s.accounts = in.Accounts
	s.ids = make([]cardea.AccountID, len(in.Accounts))
	s.entry = make([]int32, len(in.Accounts))
	s.shut = make([]bool, len(in.Accounts))
	ordered := true
	for i := range in.Accounts {
		a := &in.Accounts[i]
		s.ids[i], s.entry[i], s.shut[i] = a.ID, int32(i), a.Shut
		ordered = ordered && (i == 0 || s.ids[i-1] <= a.ID)
	}
	if !ordered {
		s.arrange()
	}
	places := s.placesOf(in.Links)
	if !slices.Contains(places, -1) {
		return places
	}
	old, were := s.ids, s.entry
	s.ids = slices.Clone(s.ids)
	for i, at := range places {
		if at < 0 {
			s.ids = append(s.ids, in.Links[i].Account)
		}
	}
	slices.Sort(s.ids)
	s.ids = slices.Compact(s.ids)
	s.entry = make([]int32, len(s.ids))
	for i, id := range s.ids {
		s.entry[i] = -1
		if at, had := slices.BinarySearch(old, id); had {
			s.entry[i] = were[at]
		}
	}
	s.number()
	return s.placesOf(in.Links)
}

// arrange brings the accounts into the order of their ids.
func (s *seats) arrange() {
	v := view[cardea.Account]{list: s.accounts}
	v.arrange(0, v.len(), func(a *cardea.Account) cardea.AccountID { return a.ID })
	for i := range s.ids {
		s.ids[i], s.entry[i] = v.at(i).ID, v.order[i]
	}
	s.number()
}

// number notes what is asked of every account.
func (s *seats) number() {
	s.shut = make([]bool, len(s.ids))
	for i := range s.ids {
		s.shut[i] = s.entry[i] >= 0 && s.accounts[s.entry[i]].Shut
	}
}

// placesOf returns each link's account's place, -1 where it has none. Links say where their account stands in the list that
// they were read with; when that is this list, no name is looked up.
func (s *seats) placesOf(links []cardea.Link) []int32 {
	places, strangers := make([]int32, len(links)), 0
	for i := range links {
		l := &links[i]
		if n := int(l.Nth); n < len(s.ids) && s.ids[n] == l.Account {
			places[i] = l.Nth
		} else {
			places[i] = -1
			strangers++
		}
	}
	if strangers == 0 {
		return places
	}
	byName := newIndex(s.ids)
	for i := range links {
		if places[i] < 0 {
			places[i] = byName.find(links[i].Account)
		}
	}
	return places
}

// find returns an account's place, or -1. Few are looked for: those that nobody has a grant for.
func (s *seats) find(a cardea.AccountID) int32 {
	if i, has := slices.BinarySearch(s.ids, a); has {
		return int32(i)
	}
	return -1
}

// newcomers seats the people without an account. Those with one address share the new account, which is the first
// member's, or the first visitor's if none is a member.
func (s *seats) newcomers(in *Input) []seated {
	if len(in.Missing) == 0 {
		return nil
	}
	missing := slices.Clone(in.Missing)
	slices.SortFunc(missing, func(a, b cardea.NewAccount) int {
		return cmp.Or(late(in.People[a.Person].Visitor)-late(in.People[b.Person].Visitor), cmp.Compare(a.Person, b.Person))
	})
	out := make([]seated, 0, len(missing))
	byEmail := map[string]seat{}
	for _, a := range missing {
		at, shares := byEmail[a.Email]
		if !shares || a.Email == "" {
			at = seat(-1 - len(s.fresh))
			s.fresh = append(s.fresh, newcomer{account: a})
			byEmail[a.Email] = at
		}
		out = append(out, seated{a.Person, at})
	}
	return out
}

func late(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// limit finds the accounts that only people of Only are linked to.
func (s *seats) limit(in *Input) {
	s.only = make([]bool, len(s.ids))
	for _, l := range in.Links {
		if in.Only[l.Person] {
			s.only[s.find(l.Account)] = true
		}
	}
	for _, l := range in.Links {
		if !in.Only[l.Person] {
			s.only[s.find(l.Account)] = false
		}
	}
}

// known returns the account's entry, or nil when the door system's list does not have it.
func (s *seats) known(a cardea.AccountID) *cardea.Account { return s.at(s.find(a)) }

// at is known for a place.
func (s *seats) at(place int32) *cardea.Account {
	if place >= 0 && s.entry[place] >= 0 {
		return &s.accounts[s.entry[place]]
	}
	return nil
}

// within says whether the plan is about the account. An account that nobody is linked to any more, but that was given
// to a person, follows the person.
func (s *seats) within(in *Input, a cardea.AccountID, row *cardea.LedgerRow) bool {
	if s.only == nil {
		return true
	}
	if i := s.find(a); i >= 0 && s.only[i] {
		return true
	}
	if row == nil || !in.Only[row.Person] {
		return false
	}
	for _, l := range in.Links {
		if l.Account == a {
			return false
		}
	}
	return true
}
