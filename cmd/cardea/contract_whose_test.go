package main

import (
	"context"
	"fmt"

	"github.com/cardea-access/cardea"
)

// accounts says by account whose it is, and by person of the town which account is theirs, by the pairs that Cardea keeps.
// Who has no pair yet is found by the e-mail.
func (g *game) accounts() (of map[string][]string, by map[string]string, odd map[string]bool, err error) {
	if g.whose == nil {
		if of, by, odd, err = g.pairs(); err != nil {
			return nil, nil, nil, err
		}
		g.whose = func() (map[string][]string, map[string]string, map[string]bool) { return of, by, odd }
	}
	of, by, odd = g.whose()
	return of, by, odd, nil
}

func (g *game) pairs() (of map[string][]string, by map[string]string, odd map[string]bool, err error) {
	st, err := g.ws().DoorState(context.Background(), "kisi")
	if err != nil {
		return nil, nil, nil, err
	}
	mails := g.users()
	of, by, odd = map[string][]string{}, map[string]string{}, map[string]bool{}
	named := map[cardea.PersonID]string{}
	for who := range g.everybody() {
		for _, visitor := range []bool{false, true} {
			named[g.w.personID(who, visitor)] = who
		}
	}
	for _, l := range st.Links {
		who := named[l.Person]
		if _, there := mails[string(l.Account)]; there && who != "" {
			of[string(l.Account)] = append(of[string(l.Account)], who)
			by[who] = string(l.Account)
		}
	}
	for who, p := range g.w.people {
		for account, mail := range mails {
			switch {
			case mail != p.email:
			case by[who] == "":
				if len(of[account]) > 0 {
					odd[who] = true
				}
				by[who] = account
			case by[who] != account: // a second account bears the address: nobody may say whose it is
				odd[who] = true
			}
		}
		for other, o := range g.w.people {
			if other != who && g.blocked[other] && (o.email == p.email || by[other] != "" && mails[by[other]] == p.email) {
				odd[who] = true
			}
		}
	}
	return of, by, odd, nil
}

// everybody is who was ever in the town.
func (g *game) everybody() map[string]bool {
	out := map[string]bool{}
	for i := 1; i <= 10; i++ {
		out[fmt.Sprint("p", i)] = true
	}
	for i := range g.made + 1 {
		out[fmt.Sprint("n", i)] = true
	}
	out["v1"], out["v2"] = true, true
	return out
}
