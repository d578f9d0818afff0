package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// foreigners puts a team into a group, beside who else was put in by hand.
const foreigners = `
kisi:
  role_assignments:
    - {id: 910, user_id: kept@x.test, group_id: First floor, role_id: group_manager}
`

// answered asks about somebody and returns the answer in London's words.
func (r *rig) answered(person, group string, at cardea.Instant) (say.Answer, say.Explained) {
	r.t.Helper()
	x, err := r.app.desk.Ask(context.Background(), person, group, at)
	if err != nil {
		r.t.Fatalf("%s in %s: %v", person, group, err)
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		r.t.Fatal(err)
	}
	return say.Explanation(x, say.Clock{Zone: zone, Now: cardea.At(time.Now())}), x
}

// TestExplainsWhoIsOnlyAtTheDoors asks about accounts that belong to nobody: what they are, what becomes of them and when.
func TestExplainsWhoIsOnlyAtTheDoors(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite, set(t, `{groups: {
			General access: {keep: [{account: kept@x.test, note: Kept for the test, until: 2026-11-30}]},
			Building: {mode: shared}, First floor: {mode: watch}}}`))
		defer r.shut()
		r.sync(desk.InStep)
		r.patch(byHand)
		r.patch(foreigners)
		now := cardea.At(time.Now())
		if _, err := r.app.desk.Preview(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		n := r.writes()
		for what, q := range map[string]struct {
			who, group string
			at         cardea.Instant
			word       string
			says       []string // parts of sentence, change and door, in this order
		}{
			"a stray": {"mallory@x.test", "General access", now, "Stray", []string{
				"The account Mallory Moss <mallory@x.test> belongs to nobody whom a space system knows",
				"nothing speaks for it in General access", "takes it out with the next run",
				"add a keep entry for mallory@x.test", "At kisi, Mallory Moss is in General access."}},
			"by id":   {"id:901", "General access", now, "Stray", []string{"Mallory Moss"}},
			"by name": {"mallory moss", "Second floor", now, "Stray", []string{"Mallory Moss", "in Second floor"}},
			"kept": {"Kept@x.test", "General access", now, "Kept", []string{
				"(Kept for the test) until Mon 30 Nov 24:00 (London): it stays until then.", "After that the next run takes it out",
				"Move the end of its keep entry."}},
			"kept no more by then": {"kept@x.test", "General access", now.Add(30 * 24 * time.Hour), "No longer kept", []string{
				"until Mon 30 Nov 24:00 (London)", "the next run takes it out"}},
			"staff":        {"stan@x.test", "General access", now, "Staff", []string{"never removed without a person's word", "remove it by hand at kisi"}},
			"shared":       {"mallory@x.test", "Building", now, "Not ours", []string{"Building is shared", "it stays", "remove it by hand at kisi"}},
			"watched":      {"mallory@x.test", "First floor", now, "Stray", []string{"that waits (watch only)", "only watched", "Change the group's mode"}},
			"foreign":      {"kept@x.test", "First floor", now, "Not ours", []string{"as something that Cardea does not manage (", "it stays"}},
			"never mapped": {"mallory@x.test", "Cleaners", now, "No reason", []string{"no mapping names Cleaners"}},
			"not in it":    {"mallory@x.test", "Night", now, "No reason", []string{"so nothing gives it Night", "is not in Night"}},
		} {
			a, x := r.answered(q.who, q.group, q.at)
			if x.Stranger == nil || a.Word != q.word {
				t.Errorf("%s: %s: %s", what, a.Word, a.Sentence)
				continue
			}
			rest := strings.Join([]string{a.Sentence, a.Change, a.Door}, " ")
			for _, part := range q.says {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Errorf("%s: %q lacks %q", what, strings.Join([]string{a.Sentence, a.Change, a.Door}, " | "), part)
					break
				}
				rest = after
			}
		}
		if r.writes() != n {
			t.Error("a question wrote something")
		}
		// A person's account is the person, also by its id.
		state, err := r.app.store.In("default").DoorState(context.Background(), "kisi")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range state.Accounts {
			if a.Email != "ana@x.test" {
				continue
			}
			if said, x := r.answered("id:"+string(a.ID), "General access", now); x.Stranger != nil || said.Word != "Yes" {
				t.Errorf("Ana's account is explained as %s: %s", said.Word, said.Sentence)
			}
		}
		for text, want := range map[string]string{
			"malory@x.test": `did you mean "mallory@x.test"?`, "joe@x.tst": `did you mean "joe@x.test"?`, "Mallori Moss": `did you mean "Mallory Moss"?`,
			"qqqqqqqqqqqq": "try a part of the name", "id:4711": "cardea drift",
		} {
			_, err := r.app.desk.Ask(context.Background(), text, "General access", now)
			if cardea.ClassOf(err) != cardea.NotFound || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", text, err, want)
			}
		}
		// What was said comes true.
		r.sync(desk.InStep)
		for who, in := range map[string]bool{"mallory": false, "kept": true, "stan": true} {
			if slices.Contains(r.inside()["General access"], who) != in {
				t.Errorf("%s is in General access: %v", who, !in)
			}
		}
	})
}
