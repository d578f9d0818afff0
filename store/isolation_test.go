package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// picture is everything that a workspace shows.
func picture(w *store.Workspace) string {
	ctx := context.Background()
	all := []any{
		ok(w.Connections(ctx)), ok(w.Integrations(ctx)), ok(w.Resolved(ctx, "london")), ok(w.Policies(ctx, doors)),
		ok(w.Collections(ctx, space)), ok(w.FactStates(ctx, space, cardea.KindPerson)), ok(w.Directory(ctx, space)),
		ok(w.DirectoryOf(ctx, space, []cardea.Key{{Kind: cardea.KindPerson, ID: "1"}})), ok(w.People(ctx, space, "", 0)),
		ok(w.Facts(ctx, space, []cardea.Key{{Kind: cardea.KindPerson, ID: "1"}})), ok(w.Dirty(ctx, doors)),
		ok(w.DoorState(ctx, doors)), ok(w.DoorStateOf(ctx, doors, []cardea.PersonID{"rnd/person:1"})),
		ok(w.LedgerHistory(ctx, doors, "rnd/person:1", "")), ok(w.Removals(ctx, doors, 0)), ok(w.InStep(ctx, doors, 0)),
		ok(w.InFlight(ctx, doors)), ok(w.Unconfirmed(ctx, doors)),
		ok(w.RunOperations(ctx, "r")), ok(w.Issues(ctx)), ok(w.Runs(ctx, 99)), ok(w.LoadToken(ctx, doors)), ok(w.Audit(ctx, 99)),
		ok(w.HouseRecords(ctx, space, cardea.KindPerson)), ok(w.Recall(ctx, doors, "visitor")),
		ok(w.Blocks(ctx)), ok(w.Freezes(ctx)),
		ok(w.APITokens(ctx)), ok(w.DoorPast(ctx, doors, 0)),
	}
	approved := ok(w.Approved(ctx, doors))
	return string(ok(json.MarshalIndent(append(all, len(approved)), "", " ")))
}

// deeds are what can be done to a workspace; n makes them differ.
func deeds(t testing.TB, s *store.Store, w *store.Workspace, n int) map[string]func() {
	ctx := context.Background()
	id := fmt.Sprint(n % 3)
	at := noon + cardea.Instant(n)
	group, account, person := cardea.GroupID(id), cardea.AccountID(id), cardea.PersonID("rnd/person:"+id)
	o := op("k"+id, cardea.VerbRemove)
	o.Group, o.Account, o.Person, o.Cause = group, account, person, cardea.CauseStray
	return map[string]func(){
		"connection": func() {
			must(t, w.SaveConnection(ctx, store.Connection{Name: doors, Side: "door", System: "kisi", State: id}))
		},
		"integration": func() {
			must(t, w.SaveIntegration(ctx, store.Integration{Name: "london", Space: space, Door: doors, Managed: id}))
		},
		"policy":  func() { must(t, w.SavePolicy(ctx, doors, cardea.Policy{Group: group, Mode: cardea.Watch})) },
		"approve": func() { must(t, w.Approve(ctx, doors, []cardea.GroupID{group}, []cardea.OpKey{o.Key}, "x", at)) },
		"read": func() {
			must(t, w.SaveRead(ctx, at, "r", []store.ReadChange{{
				Connection: space, Kind: cardea.KindPerson, Upsert: []cardea.Record{cardea.Person{ID: id, Name: fmt.Sprint(n), Team: "t"}},
				Missing: []string{"1"}, Unsure: []cardea.Key{{Kind: cardea.KindPerson, ID: "2"}}, Dirty: []cardea.PersonID{person},
				Gone:       []cardea.Gone{{Key: cardea.Key{Kind: cardea.KindPerson, ID: "0"}, Cause: cardea.CauseDeleted, Since: at}},
				Collection: &store.Collection{Kind: cardea.KindPerson, Grade: cardea.Complete, At: at},
			}}, []store.Mark{{Unit: doors, Kind: store.WakeKeep, At: at}}, nil))
		},
		"seen": func() {
			must(t, w.SaveRead(ctx, at, "r", []store.ReadChange{{
				Connection: space, Kind: cardea.KindPerson, Seen: []string{"0", "1", "2"},
			}}, nil, nil))
		},
		"door": func() {
			must(t, w.SaveDoorRead(ctx, store.DoorChange{
				Door: doors, At: at, Groups: []cardea.Group{{ID: group, Name: fmt.Sprint(n)}}, GroupsWhole: n%2 == 0,
				Accounts: []cardea.Account{{ID: account, External: string(person)}}, AccountsWhole: n%2 == 1,
				Edges: []cardea.Edge{{Group: group, Account: account}}, EdgesOf: []cardea.GroupID{group},
				AccountsOf: []cardea.AccountID{account},
			}, nil))
		},
		"drift": func() {
			must(t, w.SaveStandings(ctx, store.Found{Door: doors, At: at, Mapped: []cardea.GroupID{group}, Passed: []cardea.Standing{
				{Group: group, Account: account, Person: person, Situation: cardea.Stray}},
				Reverted: func(cardea.Standing) bool { return true },
				Now:      []cardea.Standing{{Group: group, Situation: cardea.Contested, Detail: id}}}, nil))
		},
		"plan": func() { must(t, w.SaveChangeset(ctx, "r", changeset(at, o, held("h"+id)), nil)) },
		"put": func() {
			put := o
			put.Verb, put.Key = cardea.VerbAdopt, "put"
			must(t, w.Answered(ctx, doors, "r", store.Outcome{
				Op: put, At: at, Link: &cardea.Link{Person: person, Account: account, How: "email"},
				Ledger: &cardea.LedgerRow{Group: group, Account: account, Person: person, PutAt: at},
				Edge:   &cardea.Edge{Group: group, Account: account},
			}, nil))
		},
		"remove": func() {
			must(t, w.Answered(ctx, doors, "r", store.Outcome{
				Op: o, At: at, CloseLedger: true, Edge: &cardea.Edge{Group: group, Account: account},
			}, nil))
		},
		"confirm": func() { must(t, w.Confirmed(ctx, doors, []cardea.OpKey{o.Key}, at, nil)) },
		"step":    func() { must(t, w.SaveInStep(ctx, doors, at, map[cardea.GroupID]int{group: n})) },
		"issues":  func() { must(t, w.SaveIssues(ctx, "s", []cardea.Issue{{Code: id, Text: fmt.Sprint(n)}}, at)) },
		"run":     func() { must(t, w.SaveRun(ctx, store.Run{ID: id, Detail: fmt.Sprint(n), Started: at})) },
		"house": func() {
			must(t, w.SaveHouse(ctx, space, []cardea.Record{cardea.Person{ID: id, Name: fmt.Sprint(n)}},
				[]cardea.Key{{Kind: cardea.KindPerson, ID: "0"}, {Kind: cardea.KindPerson, ID: "1"}}, "x", "import"))
		},
		"remember": func() {
			must(t, w.Remember(ctx, doors, "visitor", cardea.Kept{ID: id, Body: fmt.Sprint(n), Secret: "hush" + id}))
		},
		"forget": func() {
			must(t, w.Forget(ctx, doors, "visitor", id))
			must(t, w.SaveIntegration(ctx, store.Integration{Name: "london", Space: space, Door: doors}))
			must(t, w.SaveResolved(ctx, "london", map[string]string{"groups\x00A": id, "groups\x00B": id, "mapping\x00" + id: "x"}))
		},
		"move": func() { must(t, w.MoveGroup(ctx, doors, group, cardea.GroupID(fmt.Sprint((n+1)%3)), nil)) },
		"block": func() {
			must(t, w.SaveBlock(ctx, cardea.Block{Person: person, Note: fmt.Sprint(n), Since: at, Until: cardea.Never}, nil))
			must(t, w.SaveFreeze(ctx, cardea.Freeze{Integration: id, Reason: fmt.Sprint(n), Since: at, Until: cardea.Never}, nil))
			ok(w.LiftBlock(ctx, "rnd/person:1", "x", at+9, nil))
			ok(w.LiftFreeze(ctx, "1", "x", at+9, nil))
		},
		"token": func() { must(t, w.SaveToken(ctx, doors, []byte(id))) },
		"api-token": func() {
			_ = w.RevokeAPIToken(ctx, "app", "x", at) // there may be none
			hash := fmt.Sprint(len(ok(w.APITokens(ctx))))
			must(t, w.AddAPIToken(ctx, store.APIToken{Hash: hash, Name: "app", Made: at, By: "x", Expires: cardea.Never}))
			must(t, w.UseAPIToken(ctx, hash, at, at))
		},
		"dirty": func() {
			if l, err := w.ClaimOne(ctx, doors, store.WakeKeep, "n", at, life); err == nil {
				must(t, w.ClearDirty(ctx, l))
				must(t, s.Release(ctx, l, at))
			}
		},
	}
}

// TestWorkspacesNeverSeeEachOther does things in two workspaces whose vendors use the same ids, in turn, and looks whether
// the other one's picture moved.
func TestWorkspacesNeverSeeEachOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			pair := []*store.Workspace{s.In(fmt.Sprintf("a%d", n)), s.In(fmt.Sprintf("b%d", n))}
			for _, w := range pair {
				furnish(t, w)
			}
			pictures := []string{picture(pair[0]), picture(pair[1])}
			for range rapid.IntRange(1, 6).Draw(rt, "deeds") {
				i := rapid.IntRange(0, 1).Draw(rt, "workspace")
				ds := deeds(t, s, pair[i], rapid.IntRange(0, 9).Draw(rt, "n"))
				what := rapid.SampledFrom([]string{
					"connection", "integration", "policy", "approve", "read", "seen", "door", "plan", "put", "remove", "confirm", "step",
					"issues", "run", "token", "api-token", "dirty", "house", "remember", "forget", "move", "block",
				}).Draw(rt, "deed")
				ds[what]()
				pictures[i] = picture(pair[i])
				if p := picture(pair[1-i]); p != pictures[1-i] {
					rt.Fatalf("%s in one workspace changed the other from\n%s\nto\n%s", what, pictures[1-i], p)
				}
			}
		})
	})
}
