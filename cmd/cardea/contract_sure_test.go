package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

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
	last, held := map[cardea.OpKey]store.OpRow{}, map[cardea.OpKey]bool{}
	for _, o := range g.ops {
		held[o.Op.Key] = held[o.Op.Key] || o.State == store.OpHeld
		if was := last[o.Op.Key]; was.SendingAt <= o.SendingAt {
			last[o.Op.Key] = o
		}
	}
	for _, o := range last {
		open := o.State == store.OpSending || o.State == store.OpSent || o.State == store.OpFailed
		if o.Op.Verb != cardea.VerbRemove || !open || held[o.Op.Key] { // it did not happen, and waits anew: that is told as a hold
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
