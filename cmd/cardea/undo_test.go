package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// endsAndStarts has Ana's membership end and Dan's begin.
const endsAndStarts = "officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}, {_id: ms-dan, startDate: 2026-11-20}]}"

// edges prints who is in which group at the door, staged and over ones too, without the vendor's handles.
func (r *rig) edges() []string {
	var out []string
	for _, g := range r.vendors.Groups("kisi") {
		for _, e := range g.All {
			out = append(out, strings.Join([]string{g.Name, e.Email, e.From, e.Until}, " "))
		}
	}
	slices.Sort(out)
	return out
}

// ours prints what the ledger holds, without when and by which operation it was put.
func (r *rig) ours() []string {
	r.t.Helper()
	state, err := r.app.store.In("default").DoorState(context.Background(), "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, l := range state.Ledger {
		out = append(out, strings.Join([]string{string(l.Group), string(l.Account), string(l.Person)}, " "))
	}
	slices.Sort(out)
	return out
}

// changed does the run that takes Ana out and Dan in, and returns its id.
func (r *rig) changed() string {
	r.t.Helper()
	r.patch(endsAndStarts)
	run := r.sync(desk.InStep).Doors[0].Run
	if in := r.inside()["General access"]; slices.Contains(in, "ana") || !slices.Contains(in, "dan") {
		r.t.Fatalf("the run left %v in General access", in)
	}
	time.Sleep(time.Minute)
	return run
}

func (r *rig) undo(run string, want desk.Standing) desk.Undoing {
	r.t.Helper()
	u, err := r.app.desk.Undo(context.Background(), run)
	if err != nil {
		r.t.Fatal(err)
	}
	if u.Standing() != want {
		r.t.Fatalf("standing %d, want %d: %s", u.Standing(), want, brief(desk.Result{Doors: []desk.DoorRun{u.DoorRun}}))
	}
	return u
}

func (r *rig) applyUndo(run, hash string) desk.Undoing {
	r.t.Helper()
	u, err := r.app.desk.ApplyUndo(context.Background(), run, hash, "Ada")
	if err != nil {
		r.t.Fatal(err)
	}
	if u.Standing() != desk.InStep {
		r.t.Fatalf("standing %d: %s", u.Standing(), brief(desk.Result{Doors: []desk.DoorRun{u.DoorRun}}))
	}
	return u
}

// verbs are the operations that write, by verb and e-mail.
func verbs(u desk.DoorRun) []string {
	var out []string
	for _, o := range u.Operations {
		if o.Verb.Writes() {
			out = append(out, string(o.Verb)+" "+strings.ToLower(o.Email)+" "+o.GroupName)
		}
	}
	slices.Sort(out)
	return out
}

// TestUndoRestoresWhatARunDid undoes a run, sees it wait, undoes the undo, and that again.
func TestUndoRestoresWhatARunDid(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			r := tiny(t, db)
			defer r.shut()
			r.sync(desk.InStep)
			edges, ours := r.edges(), r.ours()
			run := r.changed()
			after := r.edges()

			n := r.writes()
			shown := r.undo(run, desk.Pending)
			want := []string{"add ana@x.test General access", "remove dan@x.test General access"}
			if got := verbs(shown.DoorRun); !slices.Equal(got, want) {
				t.Fatalf("undo is %v, want %v", got, want)
			}
			if s := r.sent(n); len(s) > 0 {
				t.Fatalf("showing wrote %v", s)
			}
			done := r.applyUndo(run, shown.Hash)
			if got := r.edges(); !slices.Equal(got, edges) {
				t.Errorf("the edges are not as before: %s", difference(got, edges))
			}
			if got := r.ours(); !slices.Equal(got, ours) {
				t.Errorf("the ledger is not as before: %s", difference(got, ours))
			}
			if len(done.Left) == 0 { // Dan's account
				t.Error("what stays is not told")
			}
			noted := false
			for _, line := range mustAudit(t, r) {
				noted = noted || line == "undo by Ada"
			}
			if !noted {
				t.Error("no audit line tells of the undo")
			}

			// The records still say so: it waits, run after run.
			for range 2 {
				time.Sleep(time.Minute)
				n = r.writes()
				result := r.sync(desk.Held)
				if s := r.sent(n); len(s) > 0 {
					t.Fatalf("the run after the undo wrote %v: %s", s, brief(result))
				}
				for _, o := range result.Doors[0].Operations {
					if o.Held == nil || o.Held.Code != cardea.HeldUndone || !strings.Contains(o.Held.Why, "undone by Ada") {
						t.Errorf("%s %s is held as %+v", o.Verb, o.Email, o.Held)
					}
				}
			}
			// An undo of the undo is the run again, and nothing waits any more.
			time.Sleep(time.Minute)
			shown = r.undo(done.Run, desk.Pending)
			second := r.applyUndo(done.Run, shown.Hash)
			if got := r.edges(); !slices.Equal(got, after) {
				t.Errorf("after the undo of the undo: %s", difference(got, after))
			}
			r.sync(desk.InStep)

			// And back once more: it waits again.
			time.Sleep(time.Minute)
			shown = r.undo(second.Run, desk.Pending)
			r.applyUndo(second.Run, shown.Hash)
			if got := r.edges(); !slices.Equal(got, edges) {
				t.Errorf("after the third undo: %s", difference(got, edges))
			}
			n = r.writes()
			r.sync(desk.Held)
			if s := r.sent(n); len(s) > 0 {
				t.Errorf("the run after the third undo wrote %v", s)
			}
		})
	})
}

func mustAudit(t *testing.T, r *rig) []string {
	t.Helper()
	lines, err := r.app.store.In("default").Audit(context.Background(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, l.What+" by "+l.Who)
	}
	return out
}

// TestWhatWasUndoneGoesWhenItIsReleased has the first changeset approved by hash, so that its operations were released once
// before they were undone: that counts no more.
func TestWhatWasUndoneGoesWhenItIsReleased(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, db database) {
		bubble(t, morning, func(t *testing.T) {
			ctx := context.Background()
			r := tiny(t, db, set(t, "{approve: always}"))
			defer r.shut()
			apply := func() desk.DoorRun {
				t.Helper()
				preview, err := r.app.desk.Preview(ctx, nil)
				if err != nil {
					t.Fatal(err)
				}
				result, err := r.app.desk.Apply(ctx, preview.Doors[0].Hash, nil, "test")
				if err != nil {
					t.Fatal(err)
				}
				return result.Doors[0]
			}
			apply()
			edges := r.edges()
			r.patch(endsAndStarts)
			run := apply().Run
			after := r.edges()
			time.Sleep(time.Minute)
			r.applyUndo(run, r.undo(run, desk.Pending).Hash)
			if got := r.edges(); !slices.Equal(got, edges) {
				t.Fatalf("the edges are not as before: %s", difference(got, edges))
			}
			time.Sleep(time.Minute)
			n := r.writes()
			held := r.sync(desk.Held).Doors[0]
			if s := r.sent(n); len(s) > 0 {
				t.Fatalf("an approval from before let %v go", s)
			}
			var keys []cardea.OpKey
			for _, o := range held.Operations {
				keys = append(keys, o.Key)
			}
			if err := r.app.store.In("default").Approve(ctx, "kisi", nil, keys, "Ada", cardea.At(time.Now())); err != nil {
				t.Fatal(err)
			}
			r.sync(desk.InStep)
			if got := r.edges(); !slices.Equal(got, after) {
				t.Errorf("released, it is not as the records say: %s", difference(got, after))
			}
		})
	})
}

// TestUndoPassesOverWhatSomebodyChanged has Dan taken out by hand, and refuses hashes that were never shown.
func TestUndoPassesOverWhatSomebodyChanged(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		ctx := context.Background()
		r := tiny(t, onSQLite)
		defer r.shut()
		first := r.sync(desk.InStep)
		before := r.inside()
		run := r.changed()
		both := r.undo(run, desk.Pending)
		for _, id := range r.assignments("dan@x.test") {
			r.patch("kisi: {role_assignments: [{id: " + id + ", delete: true}]}")
		}
		n := r.writes()
		for _, hash := range []string{"nonsense", first.Doors[0].Hash} {
			if _, err := r.app.desk.ApplyUndo(ctx, run, hash, "Ada"); cardea.ClassOf(err) != cardea.NotFound {
				t.Errorf("hash %s: %v", hash, err)
			}
		}
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("a wrong hash wrote %v", s)
		}
		// What was shown before is done as far as it still can be.
		done := r.applyUndo(run, both.Hash)
		if got := verbs(done.DoorRun); !slices.Equal(got, []string{"add ana@x.test General access"}) {
			t.Errorf("undone: %v", got)
		}
		gone := slices.ContainsFunc(done.Left, func(l desk.Remaining) bool {
			return l.Email == "dan@x.test" && l.Verb == cardea.VerbAdd && l.Why == "it is gone already"
		})
		if !gone {
			t.Errorf("left: %+v", done.Left)
		}
		r.wantInside("after the undo", before)
		if _, err := r.app.desk.Undo(ctx, "no-run"); cardea.ClassOf(err) != cardea.NotFound {
			t.Errorf("a run that is none: %v", err)
		}
	})
}

// assignments are the ids of an account's entries.
func (r *rig) assignments(email string) []string {
	r.t.Helper()
	state, err := r.app.store.In("default").DoorState(context.Background(), "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, a := range state.Accounts {
		for _, e := range state.Edges {
			if e.Account == a.ID && strings.EqualFold(a.Email, email) {
				out = append(out, e.Ref)
			}
		}
	}
	return out
}

// TestAStrayThatAnUndoPutsBackIsStillNotOurs has somebody in a group by hand, taken out by a run and put back.
func TestAStrayThatAnUndoPutsBackIsStillNotOurs(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer r.shut()
		r.sync(desk.InStep)
		ours := r.ours()
		r.patch(byHand)
		edges := r.edges()
		run := r.sync(desk.InStep).Doors[0].Run
		if slices.Equal(r.edges(), edges) {
			t.Fatal("nobody was taken out")
		}
		time.Sleep(time.Minute)
		r.applyUndo(run, r.undo(run, desk.Pending).Hash)
		if got := r.edges(); !slices.Equal(got, edges) {
			t.Errorf("not as before: %s", difference(got, edges))
		}
		if got := r.ours(); !slices.Equal(got, ours) {
			t.Errorf("the ledger is not as before: %s", difference(got, ours))
		}
		n := r.writes()
		r.sync(desk.Held)
		if s := r.sent(n); len(s) > 0 {
			t.Errorf("the run after it wrote %v", s)
		}
	})
}

func TestUndoCommandListsShowsAndDoes(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, kept(t))
		r.sync(desk.InStep)
		run := r.changed()
		r.shut()
		command := func(u undoCmd, want int) string {
			t.Helper()
			var out bytes.Buffer
			c := *r.term
			c.out = &out
			err := u.do(context.Background(), &c, r.set)
			var exit codeError
			if errors.As(err, &exit) {
				err = nil
			}
			if err != nil || int(exit) != want {
				t.Fatalf("exit %d, want %d: %v\n%s", exit, want, err, out.String())
			}
			return out.String()
		}
		if out := command(undoCmd{}, exitInStep); !strings.Contains(out, run) {
			t.Errorf("the list has no run %s:\n%s", run, out)
		}
		out := command(undoCmd{Of: run}, exitPending)
		_, hash, found := strings.Cut(out, "--apply ")
		if hash, _, _ = strings.Cut(hash, "\n"); !found || !strings.Contains(out, "accounts are never deleted") {
			t.Fatalf("shown was:\n%s", out)
		}
		out = command(undoCmd{Of: run, Apply: hash}, exitInStep)
		if !strings.Contains(out, "was undone") || !strings.Contains(out, "held until it is released") {
			t.Errorf("told was:\n%s", out)
		}
		if out = command(undoCmd{Of: run}, exitInStep); !strings.Contains(out, "nothing to undo") {
			t.Errorf("again it told:\n%s", out)
		}
	})
}
