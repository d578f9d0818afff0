package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
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
	g.whose = nil
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
	g.whose = nil
	g.judged = len(g.r.vendors.Writes("kisi"))
	g.texts = nil
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

// opsOn are the operations of this step on an edge, by one of these verbs.
func (g *game) opsOn(e place, verbs ...cardea.Verb) (out []store.OpRow) {
	for _, o := range g.ops {
		if string(o.Op.Group) == e.group && string(o.Op.Account) == e.account && slices.Contains(verbs, o.Op.Verb) {
			out = append(out, o)
		}
	}
	return out
}

func (g *game) askSilence() error {
	of, _, _, err := g.accounts()
	if err != nil {
		return err
	}
	if g.byWord || g.crashed {
		return nil
	}
	worlds := append(slices.Clone(g.seen), g.w)
	for _, t := range g.turns {
		if t.came || g.back(t.edge) {
			continue
		}
		// Times are changed by taking away and giving anew: the vendor refuses the second half, and the next run begins with it.
		if half := g.opsOn(t.edge, cardea.VerbRetime); !g.doorUp && len(half) > 0 {
			continue
		}
		for _, who := range of[t.edge.account] {
			blocked := slices.ContainsFunc(of[t.edge.account], func(p string) bool { return g.blocked[p] })
			stands := !blocked
			for _, w := range worlds {
				stands = stands && w.reasons(t.at)[t.edge.group][who]
			}
			if stands {
				return fmt.Errorf("%s lost %s at %s, and had a reason all the time", who, t.edge.group, t.at.UTC().Format(time.TimeOnly))
			}
		}
	}
	return nil
}

var takes = []cardea.Verb{cardea.VerbRemove, cardea.VerbClean, cardea.VerbRetime}

func (g *game) askCause() error {
	for _, t := range g.turns {
		if t.came {
			continue
		}
		ops := g.opsOn(t.edge, takes...)
		if len(ops) == 0 || !slices.ContainsFunc(ops, func(o store.OpRow) bool { return o.Op.Cause != "" }) {
			return fmt.Errorf("%s lost %s without an operation that says why", t.edge.email, t.edge.group)
		}
	}
	return nil
}

// askBrake counts removals for absence anew, against the most that were in the group in the day before. Numbers are those of
// RULES.md 5.4.
func (g *game) askBrake() error {
	for _, t := range g.turns {
		if t.came {
			continue
		}
		for _, o := range g.opsOn(t.edge, cardea.VerbRemove) {
			if !o.Op.Cause.Positive() && !g.word[o.Op.Key] && !g.byWord {
				g.absent = append(g.absent, t)
				break
			}
		}
	}
	for _, group := range townMapped {
		for _, last := range g.absent {
			if last.edge.group != group {
				continue
			}
			n, base := 0, 0
			for _, t := range g.absent {
				if d := last.at.Sub(t.at); t.edge.group == group && d >= 0 && d < 24*time.Hour {
					n++
				}
			}
			for _, s := range g.most {
				if d := last.at.Sub(s.at); s.group == group && d >= 0 && d < 48*time.Hour {
					base = max(base, s.n)
				}
			}
			if n > 10 || n >= 3 && n*100 > 20*max(base, n) {
				return fmt.Errorf("%d of %d lost %s for absence within a day, and nobody released them", n, base, group)
			}
		}
	}
	return nil
}

func (g *game) askPreview() error {
	if w := g.fresh(); g.kind == "preview" && len(w)+len(g.turns) > 0 {
		return fmt.Errorf("a preview wrote %d times: %+v", len(w), w)
	}
	return nil
}

func (g *game) askApproved() error {
	if g.kind == "apply" {
		for _, o := range g.ops {
			sent := o.State == store.OpConfirmed || o.State == store.OpSent || o.State == store.OpSending
			if o.Op.Verb.Writes() && sent && !g.shown[o.Op.Key] && !o.SendingAt.Time().Before(g.began) {
				return fmt.Errorf("%s %s in %s was applied, and not shown", o.Op.Verb, o.Op.Person, o.Op.Group)
			}
		}
	}
	if g.r.set.file.Integrations["london"].Approve.Text == "auto" || g.applied {
		return nil
	}
	for _, t := range g.turns {
		if t.came || len(g.opsOn(t.edge, takes...)) == 0 || g.opsOn(t.edge, takes...)[0].Op.Cause != cardea.CauseBlocked {
			return fmt.Errorf("%s in %s changed before anybody approved anything", t.edge.email, t.edge.group)
		}
	}
	return nil
}

// out says whether an account's person is blocked.
func (g *game) out(account string) bool {
	of, _, odd, err := g.accounts()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(of[account], func(who string) bool { return g.blocked[who] || odd[who] })
}

func (g *game) askShared() error {
	for _, t := range g.turns {
		if !t.came && t.edge.group == gBuilding && g.hand[t.edge.id] && !g.out(t.edge.account) {
			return fmt.Errorf("%s was put into the shared group by hand, and is taken out", t.edge.email)
		}
	}
	return nil
}

func (g *game) askStaff() error {
	for _, t := range g.turns {
		if !t.came && (t.edge.account == "1" || t.edge.account == "3" && t.edge.group == gGeneral) {
			return fmt.Errorf("%s lost %s", t.edge.email, t.edge.group)
		}
	}
	return nil
}

func (g *game) askOthers() error {
	for _, t := range g.turns {
		if t.edge.group == gCleaners || t.edge.group == gLounge {
			return fmt.Errorf("%s (came: %v) in %s, which is not ours to change", t.edge.email, t.came, t.edge.group)
		}
	}
	return nil
}

func (g *game) askAccounts() error {
	for _, w := range g.fresh() {
		made := w.Method == http.MethodPost && w.Path == "/users"
		edge := (w.Method == http.MethodPost || w.Method == http.MethodDelete) && strings.HasPrefix(w.Path, "/role_assignments")
		if !made && !edge {
			return fmt.Errorf("%s %s", w.Method, w.Path)
		}
	}
	return nil
}

func (g *game) askConfirmed() error {
	last := map[string]store.OpRow{}
	for _, o := range g.ops {
		key := string(o.Op.Group) + "/" + string(o.Op.Account)
		if o.State != store.OpConfirmed || o.ConfirmedAt.Time().Before(g.began) || o.Op.Account == "" {
			continue
		}
		switch o.Op.Verb {
		case cardea.VerbAdd, cardea.VerbRetime, cardea.VerbRemove, cardea.VerbClean:
			if was, there := last[key]; !there || was.ConfirmedAt <= o.ConfirmedAt {
				last[key] = o
			}
		default:
		}
	}
	for _, t := range g.turns { // what was not confirmed yet may have changed it again
		key := t.edge.group + "/" + t.edge.account
		if o, there := last[key]; there && t.at.After(o.ConfirmedAt.Time()) {
			delete(last, key)
		}
	}
	for key, o := range last {
		there := false
		for _, e := range g.places {
			if e.group+"/"+e.account != key {
				continue
			}
			if o.Op.Verb == cardea.VerbRemove || o.Op.Verb == cardea.VerbClean {
				there = o.Op.Was == nil || o.Op.Was.Ref == e.id
			} else {
				there = sameTime(e.from, o.Op.Window.From) && sameTime(e.until, o.Op.Window.Until)
			}
		}
		if gone := o.Op.Verb == cardea.VerbRemove || o.Op.Verb == cardea.VerbClean; there == gone {
			return fmt.Errorf("%s of %s in %s is confirmed, and the door system shows otherwise", o.Op.Verb, o.Op.Account, o.Op.Group)
		}
	}
	return nil
}

func sameTime(t time.Time, i cardea.Instant) bool {
	if !i.Bounded() {
		return t.IsZero()
	}
	d := t.Sub(i.Time())
	return !t.IsZero() && d > -time.Second && d < time.Second
}

func (g *game) askUnconfirmed() error {
	if !g.ranOK || g.kind == "preview" {
		return nil
	}
	issues, err := g.issues()
	if err != nil {
		return err
	}
	last := map[cardea.OpKey]store.OpRow{}
	for _, o := range g.ops {
		if was := last[o.Op.Key]; was.SendingAt <= o.SendingAt {
			last[o.Op.Key] = o
		}
	}
	for _, o := range last {
		open := o.State == store.OpSending || o.State == store.OpSent || o.State == store.OpFailed
		if o.Op.Verb != cardea.VerbRemove || !open {
			delete(g.late, o.Op.Key)
			continue
		}
		since, known := g.late[o.Op.Key]
		if !known {
			g.late[o.Op.Key] = time.Now()
		}
		if !known || time.Since(since) < 6*time.Minute {
			continue
		}
		if !slices.ContainsFunc(issues, func(i store.IssueRow) bool {
			code := i.Issue.Code == "unconfirmed" || i.Issue.Code == "op-failed" || i.Issue.Code == "outcome-unknown"
			return code && i.Issue.Group == o.Op.Group && i.Issue.Account == o.Op.Account
		}) {
			return fmt.Errorf("the removal of %s from %s is not confirmed since %s (%s): nobody is told", o.Op.Account,
				o.Op.Group, since.UTC().Format(time.TimeOnly), o.State)
		}
	}
	return nil
}

func (g *game) askInvited() error {
	for _, w := range g.fresh() {
		if w.Method != http.MethodPost || w.Path != "/users" || w.Status >= 400 {
			continue
		}
		var body struct {
			User struct {
				Email string `json:"email"`
			} `json:"user"`
		}
		if err := json.Unmarshal(w.Body, &body); err != nil {
			return err
		}
		mail := strings.ToLower(body.User.Email)
		if g.invited[mail]++; g.invited[mail] > 1+g.killed[mail] {
			return fmt.Errorf("%s was invited %d times", mail, g.invited[mail])
		}
	}
	return nil
}

func (g *game) askTwice() error {
	seen := map[string]string{}
	for id, mail := range g.users() {
		if other := seen[mail]; other != "" {
			return fmt.Errorf("%s has the accounts %s and %s", mail, id, other)
		}
		seen[mail] = id
	}
	edges := map[string]bool{}
	for _, e := range g.places {
		key := e.group + "/" + e.account
		if edges[key] {
			return fmt.Errorf("%s is in %s twice", e.email, e.group)
		}
		edges[key] = true
	}
	return nil
}

// askServed wants everyone with a reason inside after a run that nothing stood in the way of: whoever is not must be held,
// and the hold told.
func (g *game) askServed() error {
	ran := g.kind == "sync" && g.ranOK && len(g.result.Doors) == 1 && g.result.Doors[0].Error == ""
	if !ran || !g.spaceUp || !g.doorUp || g.frozen || g.result.Reads[0].Error != "" {
		return nil
	}
	return g.missing(true)
}

// missing names somebody with a reason who is not inside.
func (g *game) missing(heldToo bool) error {
	of, by, odd, err := g.accounts()
	if err != nil {
		return err
	}
	began := g.began
	if !heldToo {
		began = time.Now()
	}
	inside, before, now := g.inside(), g.w.reasons(began), g.w.reasons(time.Now())
	for group, people := range now {
		if group == gLounge {
			continue
		}
		for who := range people {
			account := by[who]
			blocked := g.blocked[who] || slices.ContainsFunc(of[account], func(p string) bool { return g.blocked[p] })
			excused := blocked || odd[who] || who == g.broken || g.shut[account]
			if !before[group][who] || excused || account != "" && inside[group][account] {
				continue
			}
			held := heldToo && slices.ContainsFunc(g.ops, func(o store.OpRow) bool {
				mine := o.Op.Person == g.w.personID(who, g.w.people[who].visitor) || account != "" && string(o.Op.Account) == account
				return mine && o.State == store.OpHeld && (string(o.Op.Group) == group || o.Op.Group == "")
			})
			if !held {
				return fmt.Errorf("%s (account %q) has a reason for %s, is not inside, and nothing holds it", who, account, group)
			}
		}
	}
	return nil
}

func (g *game) askAudit() error {
	if err := g.ws().VerifyAudit(context.Background()); err != nil {
		return err
	}
	lines, err := g.ws().Audit(context.Background(), 100_000)
	if err != nil {
		return err
	}
	slices.Reverse(lines)
	if len(lines) < len(g.chain) {
		return fmt.Errorf("%d lines were written, and %d are there", len(g.chain), len(lines))
	}
	prev := ""
	for i, l := range lines {
		if l.N != int64(i+1) || l.Prev != prev || i < len(g.chain) && g.chain[i] != l.Hash {
			return fmt.Errorf("line %d is not what was written", i+1)
		}
		if i >= len(g.chain) {
			g.chain = append(g.chain, l.Hash)
		}
		prev = l.Hash
	}
	return nil
}

func (g *game) askWrites() error {
	for _, w := range g.fresh() {
		if w.Status >= 400 {
			continue
		}
		var body struct {
			Edge struct {
				Group   int64 `json:"applies_to_id"`
				Account int64 `json:"assignee_id"`
			} `json:"role_assignment"`
			User struct {
				Email string `json:"email"`
			} `json:"user"`
		}
		if len(w.Body) > 0 {
			if err := json.Unmarshal(w.Body, &body); err != nil {
				return err
			}
		}
		id, isEdge := strings.CutPrefix(w.Path, "/role_assignments/")
		found := false
		switch {
		case w.Method == http.MethodDelete && isEdge:
			found = len(g.opsOn(g.ever[id], takes...)) > 0
		case w.Method == http.MethodPost && w.Path == "/role_assignments":
			group, account := fmt.Sprint(body.Edge.Group), fmt.Sprint(body.Edge.Account)
			_, by, _, err := g.accounts()
			if err != nil {
				return err
			}
			found = slices.ContainsFunc(g.ops, func(o store.OpRow) bool {
				verb := o.Op.Verb == cardea.VerbAdd || o.Op.Verb == cardea.VerbRetime
				mine := string(o.Op.Account) == account
				for who, a := range by {
					mine = mine || a == account && o.Op.Person == g.w.personID(who, g.w.people[who].visitor)
				}
				return verb && mine && string(o.Op.Group) == group
			})
		case w.Method == http.MethodPost && w.Path == "/users":
			found = slices.ContainsFunc(g.ops, func(o store.OpRow) bool {
				return o.Op.Verb == cardea.VerbCreate && o.Op.New != nil && strings.EqualFold(o.Op.New.Email, body.User.Email)
			})
		}
		if !found {
			return fmt.Errorf("%s %s %s belongs to no operation", w.Method, w.Path, w.Body)
		}
	}
	return nil
}

func (g *game) askSecrets() error {
	secrets := append([]string{townClientSecret, townKey, matrixKey}, g.tokens...)
	texts := map[string][]byte{"what was said": []byte(strings.Join(g.texts, "\n"))}
	if b, ok := g.r.term.err.(*bytes.Buffer); ok {
		texts["the log"] = b.Bytes()
	}
	if g.file != "" {
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(g.file + end)
			if err != nil && !os.IsNotExist(err) {
				return err
			}
			texts["the database"+end] = b
		}
	} else {
		b, err := g.dump()
		if err != nil {
			return err
		}
		texts["the database"] = b
	}
	for where, text := range texts {
		for _, s := range secrets {
			if bytes.Contains(text, []byte(s)) {
				return fmt.Errorf("%s holds the secret %s", where, s)
			}
		}
	}
	return nil
}

func (g *game) askBlocked() error {
	of, _, odd, err := g.accounts()
	if err != nil {
		return err
	}
	blocked := func(account string) bool {
		return slices.ContainsFunc(of[account], func(who string) bool { return g.blocked[who] && !odd[who] })
	}
	for _, t := range g.turns {
		if t.came && blocked(t.edge.account) && g.kind != "unblock" && g.kind != "block" {
			return fmt.Errorf("%s was let into %s", t.edge.email, t.edge.group)
		}
	}
	done := g.kind == "sync" || g.kind == "apply"
	if !done || !g.ranOK || !g.doorUp || len(g.result.Doors) != 1 || g.result.Doors[0].Error != "" {
		return nil
	}
	for group, accounts := range g.inside() {
		if group == gCleaners || group == gLounge || g.w.unmapped[group] {
			continue
		}
		for account := range accounts {
			if blocked(account) {
				return fmt.Errorf("%v is blocked and in %s", of[account], group)
			}
		}
	}
	return nil
}

func (g *game) askFrozen() error {
	if !g.frozeAt || !g.frozen {
		return nil
	}
	for _, t := range g.turns {
		// A change of times that was half done is brought to its end: somebody may stand before a shut door because of it.
		half := slices.ContainsFunc(g.opsOn(t.edge, cardea.VerbRetime), func(o store.OpRow) bool { return g.before[o.Run] })
		if !half && (t.came || !g.out(t.edge.account)) {
			return fmt.Errorf("%s in %s changed (came: %v)", t.edge.email, t.edge.group, t.came)
		}
	}
	return nil
}
