package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store"
)

// oracle is one line of the safety contract (DESIGN.md 4), asked after every step. It looks at the vendors and at the town;
// only where the line speaks of the store does it look there.
type contractOracle struct {
	name string
	ask  func(g *game) error
}

// oracles are all lines, by their numbers.
func oracles() []contractOracle {
	return []contractOracle{
		{"1 silence is no departure", (*game).askSilence},
		{"2 every removal has a cause", (*game).askCause},
		{"2 absence passes the brake", (*game).askBrake},
		{"2 what is known does not wait for it", (*game).askKnown},
		{"3 preview has no writer", (*game).askPreview},
		{"3 only what was approved is applied", (*game).askApproved},
		{"4 what is not ours stays in a shared group", (*game).askShared},
		{"4 staff and kept people stay", (*game).askStaff},
		{"4 other groups are not touched", (*game).askOthers},
		{"4 no account is deleted", (*game).askAccounts},
		{"5 confirmed is true", (*game).askConfirmed},
		{"5 an unconfirmed revocation is told", (*game).askUnconfirmed},
		{"6 nobody is invited twice", (*game).askInvited},
		{"6 one account and one edge each", (*game).askTwice},
		{"7 the others are served", (*game).askServed},
		{"8 the audit log only grows", (*game).askAudit},
		{"8 every write is an operation's", (*game).askWrites},
		{"9 secrets stay secret", (*game).askSecrets},
		{"blocked people are out", (*game).askBlocked},
		{"nothing is written while frozen", (*game).askFrozen},
	}
}

// judge asks every oracle about the step that ended.
func (g *game) judge() {
	g.observe(false)
	g.whose, g.mails = nil, g.users()
	if err := g.gather(); err != nil {
		g.wrong = append(g.wrong, "the store does not answer: "+err.Error())
		return
	}
	g.learn()
	for _, o := range oracles() {
		if g.only != "" && g.only != o.name {
			continue
		}
		if err := o.ask(g); err != nil {
			g.wrong = append(g.wrong, fmt.Sprintf("%s: at %s, after %s: %v", o.name, time.Now().UTC().Format(time.RFC3339), g.kind, err))
		}
	}
	g.whose, g.mails = nil, nil
	g.judged = len(g.r.vendors.Writes("kisi"))
	g.texts = nil
}

type standingOf struct {
	at    time.Time
	group string
	n     int
}

// learn keeps what later steps are judged by.
func (g *game) learn() {
	for _, group := range townMapped {
		n := 0
		for _, e := range g.places {
			if e.group == group && e.runs(time.Now()) {
				n++
			}
		}
		g.most = append(g.most, standingOf{time.Now(), group, n})
	}
	old := func(at time.Time) bool { return time.Since(at) > 49*time.Hour }
	g.most = slices.DeleteFunc(g.most, func(s standingOf) bool { return old(s.at) })
	g.absent = slices.DeleteFunc(g.absent, func(t turn) bool { return old(t.at) })
}

// fresh are the writes that the door system received in this step.
func (g *game) fresh() []sandbox.Write { return g.r.vendors.Writes("kisi")[g.judged:] }

// back says whether somebody who lost an edge in this step has it again.
func (g *game) back(e place) bool {
	for _, now := range g.places {
		if now.group == e.group && now.account == e.account {
			return true
		}
	}
	return false
}

var takes = []cardea.Verb{cardea.VerbRemove, cardea.VerbClean, cardea.VerbRetime}

// opsOn are the operations of this step on an edge, by one of these verbs.
func (g *game) opsOn(e place, verbs ...cardea.Verb) (out []store.OpRow) {
	for _, o := range g.ops {
		if string(o.Op.Group) == e.group && string(o.Op.Account) == e.account && slices.Contains(verbs, o.Op.Verb) {
			out = append(out, o)
		}
	}
	return out
}

// out says whether an account's person is blocked.
func (g *game) out(account string) bool {
	of, _, odd, err := g.accounts()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(of[account], func(who string) bool { return g.blocked[who] || odd[who] })
}
