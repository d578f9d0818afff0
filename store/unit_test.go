package store_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// unitOp is about a unit: nobody's entry.
func unitOp(key string, verb cardea.Verb) cardea.Operation {
	u := &cardea.Unit{Resource: cardea.Key{Kind: cardea.KindResource, ID: "u1"}, Number: "101A", Group: "101a"}
	if verb == cardea.VerbRenameUnit {
		u.Was = "101"
	}
	return cardea.Operation{
		Key: cardea.OpKey(key), Verb: verb, Group: u.Group, Unit: u, Window: cardea.Forever, Cause: cardea.CauseGranted,
		Due: noon, Deadline: noon + cardea.Minute,
	}
}

func TestOperationsOfUnitsAreCarriedOutAsOthersAre(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		add, rename, gone := unitOp("", cardea.VerbAddUnit), unitOp("", cardea.VerbRenameUnit), unitOp("", cardea.VerbDeleteUnit)
		gone.Group, gone.Unit = "9", &cardea.Unit{Number: "9", Group: "9"}
		gone.Held = &cardea.Hold{Code: cardea.HeldUnits, Why: "a unit would be deleted"}
		tenant := op("", cardea.VerbAdd)
		tenant.Account, tenant.Guest, tenant.Attributes = "", true, cardea.Attributes{Profile: "Gate A", TimeGroup: "Day"}
		tenant.New = &cardea.NewAccount{Person: "rnd/person:ana", First: "Ana", Last: "Ang", Mails: cardea.MailsNever}
		lock := op("", cardea.VerbLock)
		nobody := op("", cardea.VerbUnlock) // neither group nor account nor person
		nobody.Group, nobody.Account, nobody.Person, nobody.Reasons = "", "", "", nil
		reprofile := op("", cardea.VerbReprofile)
		e := edgeOf("g1", "a")
		e.Shut, e.Guest, e.Attributes = true, true, cardea.Attributes{TimeGroup: "Night"}
		reprofile.Was, reprofile.Attributes = &e, cardea.Attributes{TimeGroup: "Day"}
		ops := []cardea.Operation{add, rename, gone, tenant, lock, nobody, reprofile}
		for i := range ops {
			ops[i].Key = cardea.KeyOf(doors, ops[i])
		}
		c := changeset(noon, ops...)
		must(t, w.SaveChangeset(ctx, "r", c, nil))
		back, _, err := w.Changeset(ctx, doors, c.Hash)
		must(t, err)
		same(t, "changeset", back, c)
		keys := []cardea.OpKey{}
		for _, o := range ops {
			must(t, w.Sending(ctx, o, doors, "r", noon, nil))
			keys = append(keys, o.Key)
		}
		for _, r := range ok(w.InFlight(ctx, doors)) {
			i := 0
			for ops[i].Key != r.Op.Key {
				i++
			}
			same(t, "in flight", r.Op, ops[i])
		}
		for _, o := range ops {
			must(t, w.Answered(ctx, doors, "r", store.Outcome{Op: o, At: noon}, nil))
		}
		must(t, w.Confirmed(ctx, doors, keys[:6], noon, nil))
		want := map[cardea.OpKey]string{}
		for _, k := range keys {
			want[k] = store.OpConfirmed
		}
		want[keys[6]] = store.OpSent
		same(t, "states", states(ok(w.RunOperations(ctx, "r"))), want)
		// Without a changeset, and refused.
		late := unitOp("late", cardea.VerbAddUnit)
		must(t, w.Answered(ctx, doors, "r2", store.Outcome{Op: late, At: noon, Err: cardea.Errorf(cardea.Rejected, "400")}, nil))
		same(t, "states", states(ok(w.RunOperations(ctx, "r2"))), map[cardea.OpKey]string{"late": store.OpFailed})
		if n := len(ok(w.Removals(ctx, doors, 0))); n != 0 {
			t.Errorf("%d removals were counted", n)
		}
		line := ok(w.Audit(ctx, 1))[0]
		if line.What != "add-unit" || !strings.Contains(string(line.Detail), `"number":"101A"`) {
			t.Errorf("audit: %+v", line)
		}
	})
}

func TestOutcomeOfAUnitIsItsGroup(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		must(t, w.SaveDoorRead(ctx, store.DoorChange{
			Door: doors, Groups: []cardea.Group{grp("g1")}, Edges: []cardea.Edge{edgeOf("g1", "a")},
		}, nil))
		made := cardea.Group{ID: "101a", Name: "101A", Unit: cardea.UnitVacant}
		add := unitOp("add", cardea.VerbAddUnit)
		answer(t, w, store.Outcome{Op: add, Group: &made, Err: cardea.Errorf(cardea.Retry, "503")})
		same(t, "after a failure", ok(w.DoorState(ctx, doors)).Groups, []cardea.Group{grp("g1")})
		answer(t, w, store.Outcome{Op: add, Group: &made})
		same(t, "after it was made", ok(w.DoorState(ctx, doors)).Groups, []cardea.Group{made, grp("g1")})
		must(t, w.SaveDoorRead(ctx, store.DoorChange{Door: doors, Edges: []cardea.Edge{edgeOf("101a", "a")}}, nil))
		answer(t, w, store.Outcome{Op: unitOp("delete", cardea.VerbDeleteUnit), Group: &made})
		d := ok(w.DoorState(ctx, doors))
		same(t, "after it went", d.Groups, []cardea.Group{grp("g1")})
		same(t, "edges", keysOf(d.Edges), []string{"g1/a"})
	})
}
