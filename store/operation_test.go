package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func op(key string, verb cardea.Verb) cardea.Operation {
	return cardea.Operation{
		Key: cardea.OpKey(key), Verb: verb, Group: "g1", Account: "a", Person: "rnd/person:ana", Cause: cardea.CauseGranted,
		Window: cardea.Window{From: noon, Until: cardea.Never}, Due: noon, Deadline: noon + cardea.Minute,
		Reasons: []cardea.Reason{{
			Integration: "london", Rule: cardea.RulePlan, Record: cardea.Key{Kind: cardea.KindAgreement, ID: "m1"},
		}},
	}
}

func held(key string) cardea.Operation {
	o := op(key, cardea.VerbRemove)
	o.Held = &cardea.Hold{Code: cardea.HeldBrake, Why: "too many"}
	return o
}

func changeset(at cardea.Instant, ops ...cardea.Operation) cardea.Changeset {
	return cardea.Changeset{Door: doors, MadeAt: at, Operations: ops, Hash: cardea.HashOf(ops)}
}

func states(rows []store.OpRow) map[cardea.OpKey]string {
	out := map[cardea.OpKey]string{}
	for _, r := range rows {
		out[r.Op.Key] = r.State
	}
	return out
}

func TestChangesetReadsAsItWasPlanned(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		c := changeset(noon, op("z", cardea.VerbAdd), held("a"), op("m", cardea.VerbCreate))
		c.Operations[2].New = &cardea.NewAccount{Person: "p", Email: "p@x.test"}
		c.Issues = []cardea.Issue{{Code: "no-email", Person: "p", Text: "give an address"}}
		must(t, w.SaveChangeset(ctx, "r1", c, nil))
		later := changeset(noon+1, op("z", cardea.VerbAdd))
		must(t, w.SaveChangeset(ctx, "r2", later, nil))
		back, found := c, false
		back, found, err := w.Changeset(ctx, doors, c.Hash)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		same(t, "changeset", back, c)
		if _, found, err := w.Changeset(ctx, doors, "none"); found || err != nil {
			t.Error(found, err)
		}
		same(t, "first run", states(ok(w.RunOperations(ctx, "r1"))),
			map[cardea.OpKey]string{"z": store.OpSkipped, "a": store.OpHeld, "m": store.OpSkipped})
		same(t, "second run", states(ok(w.RunOperations(ctx, "r2"))), map[cardea.OpKey]string{"z": store.OpWaiting})
	})
}

func TestTheSamePlanMadeAgainGoesOn(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		a, b, h := op("a", cardea.VerbAdd), op("b", cardea.VerbAdd), held("h")
		c := changeset(noon, a, b, h)
		must(t, w.SaveChangeset(ctx, "r1", c, nil))
		must(t, w.Sending(ctx, a, doors, "r1", noon, nil))
		must(t, w.Sending(ctx, b, doors, "r1", noon, nil))
		must(t, w.Answered(ctx, doors, "r1", store.Outcome{Op: b, At: noon, Err: cardea.Errorf(cardea.Retry, "503")}, nil))
		c.MadeAt = noon + 1
		must(t, w.SaveChangeset(ctx, "r2", c, nil))
		// a is being sent since the first run; the others are open once more.
		same(t, "second run", states(ok(w.RunOperations(ctx, "r2"))), map[cardea.OpKey]string{"b": store.OpWaiting, "h": store.OpHeld})
		wantClass(t, w.Sending(ctx, a, doors, "r2", noon, nil), cardea.Conflict)
		must(t, w.Sending(ctx, b, doors, "r2", noon+1, nil))
		rows := ok(w.InFlight(ctx, doors))
		if len(rows) != 2 || rows[1].Op.Key != "b" || rows[1].Attempts != 2 || rows[1].Error != "" || rows[1].Changeset != c.Hash {
			t.Errorf("in flight %+v", rows)
		}
		// Another plan with the same key: its row is born skipped.
		other := changeset(noon+2, a, op("n", cardea.VerbAdd))
		must(t, w.SaveChangeset(ctx, "r3", other, nil))
		same(t, "third run", states(ok(w.RunOperations(ctx, "r3"))),
			map[cardea.OpKey]string{"a": store.OpSkipped, "n": store.OpWaiting})
		if back, found, err := w.Changeset(ctx, doors, other.Hash); err != nil || !found || len(back.Operations) != 2 {
			t.Errorf("the changeset reads %v, %v", back, err)
		}
	})
}

func TestSendingIsKnownBeforeTheAnswerAndOnlyOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store, w *store.Workspace) {
		ctx := t.Context()
		l := ok(w.ClaimOne(ctx, doors, store.WakeKeep, "n", noon, life))
		add := op("k", cardea.VerbAdd)
		must(t, w.SaveChangeset(ctx, "r", changeset(noon, add), &l))
		made := add
		made.Account = "made-meanwhile"
		must(t, w.Sending(ctx, made, doors, "r", noon+1, &l))
		wantClass(t, w.Sending(ctx, add, doors, "r", noon+2, &l), cardea.Conflict)
		rows := ok(w.InFlight(ctx, doors))
		same(t, "in flight", rows, []store.OpRow{{
			Op: made, Changeset: cardea.HashOf([]cardea.Operation{add}), Run: "r", State: store.OpSending, SendingAt: noon + 1,
			Attempts: 1,
		}})
		// Nobody can tell: it stays what is looked up first.
		must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: made, At: noon + 2, Err: cardea.Errorf(cardea.Unknown, "cut off")}, &l))
		rows = ok(w.InFlight(ctx, doors))
		if len(rows) != 1 || rows[0].Error != "cut off" || rows[0].AnsweredAt != noon+2 {
			t.Errorf("in flight %+v", rows)
		}
		must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: made, At: noon + 3}, &l))
		wantClass(t, w.Sending(ctx, add, doors, "r", noon+4, &l), cardea.Conflict) // not read back yet
		if rows := ok(w.Unconfirmed(ctx, doors)); len(rows) != 1 || rows[0].State != store.OpSent || rows[0].Error != "" {
			t.Errorf("unconfirmed %+v", rows)
		}
		must(t, w.Confirmed(ctx, doors, []cardea.OpKey{"k", "none"}, noon+5, &l))
		if n := len(ok(w.Unconfirmed(ctx, doors))) + len(ok(w.InFlight(ctx, doors))); n != 0 {
			t.Errorf("%d operations are still open", n)
		}
		rows = ok(w.RunOperations(ctx, "r"))
		if rows[0].State != store.OpConfirmed || rows[0].ConfirmedAt != noon+5 {
			t.Errorf("row %+v", rows[0])
		}
		must(t, w.Sending(ctx, add, doors, "r2", noon+6, &l)) // closed: the same intent may come again
		must(t, s.Release(ctx, l, noon))
		wantClass(t, w.Sending(ctx, op("k2", cardea.VerbAdd), doors, "r", noon, &l), cardea.Conflict)
		wantClass(t, w.Answered(ctx, doors, "r", store.Outcome{Op: add, At: noon}, &l), cardea.Conflict)
		wantClass(t, w.Confirmed(ctx, doors, []cardea.OpKey{"k"}, noon, &l), cardea.Conflict)
		wantClass(t, w.SaveChangeset(ctx, "r", changeset(noon), &l), cardea.Conflict)
		if rows := ok(w.InFlight(ctx, doors)); len(rows) != 1 || rows[0].Run != "r2" || rows[0].Changeset != "" {
			t.Errorf("in flight %+v", rows)
		}
	})
}

func TestOutcomeIsWrittenWithItsLedger(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		a := acc("a")
		create := op("c", cardea.VerbCreate)
		answer(t, w, store.Outcome{Op: create, Account: &a, Link: &cardea.Link{Person: "rnd/person:ana", Account: "a", How: "created"}})
		add := op("k1", cardea.VerbAdd)
		e := edgeOf("g1", "a")
		e.Ref = ""
		row := cardea.LedgerRow{
			Group: "g1", Account: "a", Person: "rnd/person:ana", Window: add.Window, Reasons: add.Reasons, PutAt: noon, Op: "k1",
		}
		answer(t, w, store.Outcome{Op: add, Edge: &e, Ref: "r77", Ledger: &row})
		d := ok(w.DoorState(ctx, doors))
		e.Ref = "r77"
		same(t, "state", d, store.DoorState{
			Accounts: []cardea.Account{a}, Edges: []cardea.Edge{e}, Ledger: []cardea.LedgerRow{row},
			Links:   []cardea.Link{{Person: "rnd/person:ana", Account: "a", How: "created"}},
			EdgesAt: map[cardea.GroupID]cardea.Instant{},
		})
		// A changed window stays one open row.
		retime := op("k2", cardea.VerbRetime)
		row.Window.Until, row.Op = noon+cardea.Hour, "k2"
		e.Window = row.Window
		answer(t, w, store.Outcome{Op: retime, Edge: &e, Ledger: &row})
		same(t, "ledger", ok(w.DoorState(ctx, doors)).Ledger, []cardea.LedgerRow{row})
		// What fails teaches nothing.
		remove := op("k3", cardea.VerbRemove)
		remove.Cause = cardea.CauseVanished
		answer(t, w, store.Outcome{Op: remove, Edge: &e, CloseLedger: true, Err: cardea.Errorf(cardea.Rejected, "400")})
		if d := ok(w.DoorState(ctx, doors)); len(d.Edges) != 1 || len(d.Ledger) != 1 || len(ok(w.Removals(ctx, doors, noon))) != 0 {
			t.Errorf("a failed removal changed something: %+v", d)
		}
		answer(t, w, store.Outcome{Op: remove, At: noon + 5, Edge: &e, CloseLedger: true})
		if d := ok(w.DoorState(ctx, doors)); len(d.Edges) != 0 || len(d.Ledger) != 0 || len(d.Accounts) != 1 {
			t.Errorf("the removal left %+v", d)
		}
		// Put again at the same instant: a row of its own, the first one is history.
		again := row
		again.PutAt, again.Op = noon+5, "k4"
		answer(t, w, store.Outcome{Op: op("k4", cardea.VerbAdd), At: noon + 5, Edge: &e, Ledger: &again})
		row.EndedAt, row.Ended = noon+5, cardea.CauseVanished
		same(t, "history", ok(w.LedgerHistory(ctx, doors, "rnd/person:ana", "g1")), []cardea.LedgerRow{row, again})
		same(t, "of all groups", ok(w.LedgerHistory(ctx, doors, "rnd/person:ana", "")), []cardea.LedgerRow{row, again})
		same(t, "of another group", ok(w.LedgerHistory(ctx, doors, "rnd/person:ana", "g2")), []cardea.LedgerRow{})
		same(t, "of somebody else", ok(w.LedgerHistory(ctx, doors, "rnd/person:bob", "")), []cardea.LedgerRow{})
		lines := ok(w.Audit(ctx, 99))
		if len(lines) != 6 || lines[0].What != "add" || lines[1].What != "remove" || lines[0].Who != "keep kisi" {
			t.Errorf("audit: %+v", lines)
		}
		must(t, w.VerifyAudit(ctx))
	})
}

func TestOnlyAppliedAbsenceRemovalsCount(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		remove := func(key string, cause cardea.Cause, verb cardea.Verb, account cardea.AccountID) cardea.Operation {
			o := op(key, verb)
			o.Cause, o.Account = cause, account
			return o
		}
		answer(t, w, store.Outcome{Op: remove("1", cardea.CauseVanished, cardea.VerbRemove, "a"), At: noon})
		answer(t, w, store.Outcome{Op: remove("2", cardea.CauseStray, cardea.VerbRemove, "b"), At: noon + 1})
		answer(t, w, store.Outcome{Op: remove("3", cardea.CauseEnded, cardea.VerbRemove, "c"), At: noon})
		answer(t, w, store.Outcome{Op: remove("4", cardea.CauseExpired, cardea.VerbClean, "d"), At: noon})
		answer(t, w, store.Outcome{Op: remove("5", cardea.CauseStray, cardea.VerbRemove, "e"), At: noon, Skipped: "moved"})
		answer(t, w, store.Outcome{Op: remove("6", cardea.CauseStray, cardea.VerbForget, "f"), At: noon})
		answer(t, w, store.Outcome{Op: remove("7", cardea.CauseGranted, cardea.VerbAdd, "g"), At: noon})
		answer(t, w, store.Outcome{
			Op: remove("8", cardea.CauseStray, cardea.VerbRemove, "h"), At: noon, Err: cardea.Errorf(cardea.Unknown, "?"),
		})
		same(t, "removals", ok(w.Removals(ctx, doors, noon)), []store.Removal{
			{Group: "g1", Account: "a", At: noon}, {Group: "g1", Account: "b", At: noon + 1},
		})
		same(t, "later ones", ok(w.Removals(ctx, doors, noon+1)), []store.Removal{{Group: "g1", Account: "b", At: noon + 1}})
		same(t, "states", states(ok(w.RunOperations(ctx, "run1"))), map[cardea.OpKey]string{
			"1": store.OpSent, "2": store.OpSent, "3": store.OpSent, "4": store.OpSent, "5": store.OpSkipped, "6": store.OpConfirmed,
			"7": store.OpSent, "8": store.OpSending,
		})
	})
}
