package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// compareProfiles compares linked people and their accounts. A field that follows is given to the account, where that is
// nobody else's; the others are shown. The link stays, and so does the account (RULES.md PROFILE).
func (m *matcher) compareProfiles() {
	var updates []cardea.AccountUpdate
	crowd := map[cardea.AccountID][]cardea.PersonID{}
	for _, seats := range m.crowded() {
		for _, s := range seats {
			l := m.res.Links[s.link]
			crowd[l.Account] = append(crowd[l.Account], l.Person)
		}
	}
	for i := range m.res.Links {
		l := &m.res.Links[i]
		p, known := m.in.People[l.Person]
		if !known {
			continue
		}
		a := &m.accounts[m.byID[l.Account]]
		d := m.differs(l, p, a)
		if d == (difference{}) {
			continue
		}
		u := m.follows(l, p, a, &d, crowd[l.Account])
		m.show(l, p, a, d)
		if len(u.Fields) > 0 && !slices.ContainsFunc(updates, func(o cardea.AccountUpdate) bool { return o.Account == u.Account }) {
			updates = append(updates, u)
		}
	}
	if len(updates) > 0 {
		m.res.Updates = m.unclaimed(updates)
	}
}

// difference says which fields of a profile and an account differ. Of a field that follows nothing is shown.
type difference struct{ name, email, phone bool }

func (m *matcher) differs(l *cardea.Link, p cardea.Person, a *cardea.Account) difference {
	var d difference
	if a.Name != p.Name && a.Name != "" && (l.How == HowCreated || m.followsName()) {
		want := Profile(l.Person, p)
		d.name = (p.Name != "" || p.First != "" || p.Last != "") && !SameName(want, *a)
	}
	if p.Email != a.Email {
		mine, ok1 := Fold(p.Email)
		theirs, ok2 := Fold(a.Email)
		d.email = ok1 && mine != theirs && (ok2 || m.follow(cardea.FieldEmail))
	}
	d.phone = p.Phone != "" && (a.Phone != "" || m.follow(cardea.FieldPhone)) && digits(p.Phone) != digits(a.Phone)
	return d
}

func (m *matcher) follow(field string) bool { return slices.Contains(m.in.Follow, field) }

func (m *matcher) followsName() bool {
	return m.follow(cardea.FieldFirst) || m.follow(cardea.FieldLast)
}

// SameName says whether an account bears a name, in one of the ways in which it may have been put together.
func SameName(want cardea.NewAccount, a cardea.Account) bool {
	has := tidy(a.Name)
	joined := strings.TrimSuffix(tidy(want.First+" "+want.Last), " "+noName)
	return strings.EqualFold(has, want.Name) || strings.EqualFold(has, joined) ||
		strings.EqualFold(strings.TrimSuffix(has, " "+noName), joined)
}

// digits is what counts of a phone number.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// follows makes the update of an account, and takes out of the difference what needs not be shown then. Staff, accounts in
// dispute, and those whose people do not agree are left alone: that is shown.
func (m *matcher) follows(l *cardea.Link, p cardea.Person, a *cardea.Account, d *difference, crowd []cardea.PersonID) cardea.AccountUpdate {
	u := cardea.AccountUpdate{Account: a.ID, Person: l.Person, New: Profile(l.Person, p)}
	if len(m.in.Follow) == 0 || a.Staff != "" || m.res.Disputed[a.ID] != "" || p.Visitor && len(crowd) > 1 {
		return u
	}
	agree := func(of func(cardea.Person) string) bool {
		return !slices.ContainsFunc(crowd, func(q cardea.PersonID) bool {
			other, known := m.in.People[q]
			return known && !other.Visitor && of(other) != of(p)
		})
	}
	first, last := parts(a.Name)
	if d.name && m.followsName() && agree(func(o cardea.Person) string { return Profile("", o).Name }) {
		both := m.follow(cardea.FieldFirst) && m.follow(cardea.FieldLast)
		for _, f := range []struct {
			name string
			have string
			want *string
		}{{cardea.FieldFirst, first, &u.New.First}, {cardea.FieldLast, last, &u.New.Last}} {
			switch {
			case !m.follow(f.name):
				*f.want = f.have
			case both || !strings.EqualFold(f.have, *f.want):
				u.Fields = append(u.Fields, f.name)
			}
		}
		if !both {
			u.New.Name = strings.TrimSuffix(tidy(u.New.First+" "+u.New.Last), " "+noName)
		}
		if len(u.Fields) > 0 {
			d.name = false
		}
	}
	if d.email && m.follow(cardea.FieldEmail) && agree(func(o cardea.Person) string { e, _ := Fold(o.Email); return e }) {
		u.Fields = append(u.Fields, cardea.FieldEmail)
		d.email = false
	}
	if d.phone && m.follow(cardea.FieldPhone) && agree(func(o cardea.Person) string { return digits(o.Phone) }) {
		u.Fields = append(u.Fields, cardea.FieldPhone)
		d.phone = false
	}
	return u
}

// parts splits a name at its last space.
func parts(name string) (first, last string) {
	name = tidy(name)
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, noName
}

// unclaimed leaves those addresses out of updates that another account carries, or that two of them ask for: giving one would
// take over what is somebody else's.
func (m *matcher) unclaimed(updates []cardea.AccountUpdate) []cardea.AccountUpdate {
	carried := map[string][]cardea.AccountID{}
	for i := range m.accounts {
		if folded, ok := Fold(m.accounts[i].Email); ok {
			carried[folded] = append(carried[folded], m.accounts[i].ID)
		}
	}
	asked := map[string]int{}
	for _, u := range updates {
		if folded, ok := Fold(u.New.Email); ok && slices.Contains(u.Fields, cardea.FieldEmail) {
			asked[folded]++
		}
	}
	out := updates[:0]
	for _, u := range updates {
		folded, _ := Fold(u.New.Email)
		if at := slices.Index(u.Fields, cardea.FieldEmail); at >= 0 {
			other := slices.IndexFunc(carried[folded], func(a cardea.AccountID) bool { return a != u.Account })
			switch {
			case other >= 0:
				m.emailDiffers(u.Person, u.Account, "; account "+string(carried[folded][other])+" carries that address, so that it is not sent")
			case asked[folded] > 1:
				m.emailDiffers(u.Person, u.Account, "; another account is to get that address too, so that it is sent to neither")
			}
			if other >= 0 || asked[folded] > 1 {
				u.Fields = slices.Delete(u.Fields, at, at+1)
			}
		}
		if len(u.Fields) > 0 {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b cardea.AccountUpdate) int { return cmp.Compare(a.Account, b.Account) })
	return out
}

// show reports what differs and is not sent.
func (m *matcher) show(l *cardea.Link, p cardea.Person, a *cardea.Account, d difference) {
	if d.name && l.How == HowCreated {
		m.issue("name-differs", l.Person, l.Account, "the person is called "+Profile(l.Person, p).Name+", their account "+a.Name+
			"; names are sent once, change it by hand if the account should follow")
	}
	if d.phone && l.How == HowCreated {
		m.res.Issues = append(m.res.Issues, cardea.Issue{Code: "phone-differs", Person: l.Person, Account: l.Account, Minor: true,
			Text: "the account has another phone number than the person; it is sent once, change it by hand if the account should follow"})
	}
	if d.email && a.Email != "" {
		m.emailDiffers(l.Person, l.Account, "; the link stays, change the address by hand if the account should follow")
	}
}

// emailDiffers reports that a person's address is not their account's. Where somebody decided that the account is theirs
// that needs no answer any more.
func (m *matcher) emailDiffers(person cardea.PersonID, account cardea.AccountID, more string) {
	mine, _ := Fold(m.in.People[person].Email)
	theirs, _ := Fold(m.accounts[m.byID[account]].Email)
	text := "the person's e-mail address is " + mine + ", the account's is " + theirs
	decided := m.said.theirs[person] == account || m.said.one[person] != nil
	m.res.Issues = append(m.res.Issues, cardea.Issue{
		Code: "email-differs", Person: person, Account: account, Text: text + more, Minor: decided,
	})
	if !decided {
		m.conflict(cardea.IdentityConflict{
			Kind: cardea.ConflictEmailChanged, People: []cardea.PersonID{person}, Accounts: []cardea.AccountID{account}, Text: text + more,
		})
	}
}

// Shows says whether an account shows these fields of a profile, as far as door systems keep what they are given.
func Shows(a cardea.Account, want cardea.NewAccount, fields []string) bool {
	for _, f := range fields {
		switch f {
		case cardea.FieldFirst, cardea.FieldLast:
			if !SameName(want, a) {
				return false
			}
		case cardea.FieldEmail:
			mine, ok1 := Fold(want.Email)
			theirs, ok2 := Fold(a.Email)
			if !ok1 || !ok2 || mine != theirs {
				return false
			}
		case cardea.FieldPhone:
			if digits(want.Phone) != digits(a.Phone) {
				return false
			}
		}
	}
	return true
}
