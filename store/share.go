package store

import "github.com/cardea-access/cardea"

// sharer gives equal strings one memory: rows come out of a database each with strings of their own, and what is compared
// a million times in a run should be compared where it lies.
type sharer map[string]string

func share[S ~string](s sharer, at *S) {
	if one, known := s[string(*at)]; known {
		*at = S(one)
		return
	}
	s[string(*at)] = string(*at)
}

// share lets edges, links and ledger rows name groups, accounts and people with the strings of these, and says of links
// where their accounts stand.
func (d *DoorState) share() {
	s := make(sharer, len(d.Groups)+len(d.Accounts)+len(d.Links))
	for i := range d.Groups {
		share(s, &d.Groups[i].ID)
	}
	places := make(map[cardea.AccountID]int32, len(d.Accounts))
	for i := range d.Accounts {
		share(s, &d.Accounts[i].ID)
		places[d.Accounts[i].ID] = int32(i)
	}
	for i := range d.Links {
		share(s, &d.Links[i].Account)
		d.Links[i].Nth = places[d.Links[i].Account]
		share(s, &d.Links[i].Person)
	}
	for i := range d.Edges {
		share(s, &d.Edges[i].Group)
		share(s, &d.Edges[i].Account)
	}
	for i := range d.Ledger {
		share(s, &d.Ledger[i].Group)
		share(s, &d.Ledger[i].Account)
		share(s, &d.Ledger[i].Person)
	}
}
