package main

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/desk"
)

// abused is a vendor whose hooks somebody forges, cuts, repeats, delays and sends in the wrong order.
type abused struct {
	name       string
	make       func(t *testing.T) (*rig, *calls)
	connection string        // whose hooks they are
	door       string        // the vendor that opens
	gone       [2]string     // the group and the person of which away tells
	atDoor     bool          // away is somebody's hand at the door, which is put right; else the space system's truth changes
	away       func(r *rig)  // and the hook that tells of it
	back       func(r *rig)  // takes away back; at the door, away is put right
	older      func(r *rig)  // two changes after which all is as before them
	newer      func(r *rig)  //
	another    [2]string     // what of a body is replaced, so that it tells of something else
	unsigned   bool          // no signature is over the body: the address is what nobody can guess
	window     time.Duration // how old one may be; 0 = nothing in it tells its time
	anew       bool          // nothing in it names an event: one that comes again is read again
	forged     func(t *testing.T, d, other delivery) map[string]delivery
}

// abuse is one vendor's story.
type abuse struct {
	*rig

	c     abused
	count *calls
}

// told lets something happen of which no hook arrives, and returns the last that was sent.
func (a *abuse) told(change func(*rig)) delivery {
	a.t.Helper()
	a.hooks.deaf = true
	n := len(a.hooks.sent)
	change(a.rig)
	synctest.Wait()
	a.hooks.deaf = false
	if len(a.hooks.sent) == n {
		a.t.Fatal("nothing was told")
	}
	return a.hooks.last(a.t)
}

func (a *abuse) changes() int { return len(a.vendors.Writes(a.c.door)) }

// sends delivers a request, gives it time, and wants it taken or not, who passes after it, and how much was written: -1 =
// something.
func (a *abuse) sends(what string, d delivery, taken bool, passing map[string][]string, written int) {
	a.t.Helper()
	calls, changes, before := a.count.n(), a.changes(), standing(a.t, a.rig, a.c.connection).Taken
	code := a.hooks.post(d)
	if (code == http.StatusOK) != taken || !taken && code != http.StatusBadRequest {
		a.t.Errorf("%s: answered %d", what, code)
	}
	wait := 30 * time.Second
	if !taken {
		wait = 5 * time.Second
	}
	time.Sleep(wait)
	if diff := cmp.Diff(passing, a.passing(a.c.door)); diff != "" {
		a.t.Errorf("%s: %s", what, diff)
	}
	wrote := a.vendors.Writes(a.c.door)[changes:]
	if written >= 0 && len(wrote) != written || written < 0 && len(wrote) == 0 {
		a.t.Errorf("%s: %d writes, want %d: %v", what, len(wrote), written, wrote)
	}
	if taken {
		return
	}
	if a.count.n() != calls {
		a.t.Errorf("%s: it was refused, and vendors were asked %v", what, a.count.list[calls:])
	}
	if n := standing(a.t, a.rig, a.c.connection).Taken; n != before {
		a.t.Errorf("%s: it was refused, and counted as one that came", what)
	}
}

// TestAbusedHooksChangeNothingTheyShouldNot sends what a vendor really sent in every wrong way, and then as it was: once, again,
// in the wrong order, and late. OfficeRnD's are in TestHooksThatAreNotTheVendorsChangeNothing.
func TestAbusedHooksChangeNothingTheyShouldNot(t *testing.T) {
	t.Parallel()
	for _, c := range abusedVendors() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r, count := c.make(t)
				defer func() { r.shut() }()
				stop := r.serving()
				time.Sleep(10 * time.Minute)
				a := &abuse{r, c, count}
				a.play()
				stop()
				a.late()
			})
		})
	}
}

func (a *abuse) play() {
	a.t.Helper()
	whole := a.passing(a.c.door)
	less := maps.Clone(whole)
	if group, who := a.c.gone[0], a.c.gone[1]; group != "" {
		if !slices.Contains(whole[group], who) {
			a.t.Fatalf("at first: %v", whole)
		}
		if less[group] = without(slices.Clone(whole[group]), who); len(less[group]) == 0 {
			delete(less, group)
		}
	}
	asIs, right := whole, less
	if a.c.atDoor {
		asIs, right = less, whole
	}
	acts := -1 // how much is written because of away
	if a.c.gone[0] == "" {
		acts = 0
	}
	other := a.told(a.c.older)
	a.told(a.c.newer)
	d := a.told(a.c.away)
	changed := delivery{d.path, d.header, bytes.ReplaceAll(d.body, []byte(a.c.another[0]), []byte(a.c.another[1]))}
	if bytes.Equal(changed.body, d.body) {
		a.t.Fatalf("%q is not in %s", a.c.another[0], d.body)
	}
	wrong := map[string]delivery{
		"cut in the middle":             {d.path, d.header, d.body[:len(d.body)/2]},
		"cut by a byte":                 {d.path, d.header, d.body[:len(d.body)-1]},
		"empty":                         {d.path, d.header, nil},
		"to another connection":         {"/hooks/nobody" + strings.TrimPrefix(d.path, "/hooks/"+a.c.connection), d.header, d.body},
		"with another vendor's headers": {d.path, http.Header{"Signature": {"00"}}, []byte(`{"forged":true}`)},
	}
	if a.c.unsigned { // whoever knows the address says what they like: it says what to read
		delete(wrong, "with another vendor's headers")
	} else {
		wrong["of another record"] = changed
	}
	maps.Copy(wrong, a.c.forged(a.t, d, other))
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		a.sends(what, wrong[what], false, asIs, 0)
	}
	a.sends("as it was", d, true, right, acts)
	taken, calls := standing(a.t, a.rig, a.c.connection).Taken, a.count.n()
	a.sends("twice", d, true, right, 0)
	if again := standing(a.t, a.rig, a.c.connection).Taken > taken; again != a.c.anew || !again && a.count.n() != calls {
		a.t.Errorf("delivered twice, it was taken again: %v, and vendors were asked %v", again, a.count.list[calls:])
	}
	if a.c.unsigned {
		a.sends("of another record, to the right address", changed, true, right, 0)
	}
	older := a.told(a.c.older)
	time.Sleep(5 * time.Second)
	newer := a.told(a.c.newer)
	a.sends("the newer first", newer, true, right, 0)
	a.sends("the older after it", older, true, right, 0)
	if a.c.back != nil {
		a.sends("the next", a.told(a.c.back), true, whole, -1)
	} else {
		a.sends("the next", a.told(a.c.away), true, whole, acts)
	}
	a.inStep(whole)
}

// inStep reads everything and wants nothing to be written, and these people to pass.
func (a *abuse) inStep(passing map[string][]string) {
	a.t.Helper()
	n := a.changes()
	a.sync(desk.InStep)
	if diff := cmp.Diff(passing, a.passing(a.c.door)); diff != "" || a.changes() != n {
		a.t.Errorf("not in step: %s%v", diff, a.vendors.Writes(a.c.door)[n:])
	}
}

// late delivers for the first time what was sent long ago, to a server that does nothing else meanwhile.
func (a *abuse) late() {
	a.t.Helper()
	d := a.told(a.c.away)
	if a.c.window == 0 {
		time.Sleep(20 * time.Minute)
		a.sends("twenty minutes late", d, true, a.passing(a.c.door), 0)
	} else {
		inTime := a.told(a.c.older)
		time.Sleep(a.c.window - 20*time.Second)
		a.sends("just in time", inTime, true, a.passing(a.c.door), 0) // takes half a minute
		a.sends("later than it may be", d, false, a.passing(a.c.door), 0)
		a.told(a.c.newer)
	}
	defer a.serving()()
	time.Sleep(15 * time.Minute)
	if group, who := a.c.gone[0], a.c.gone[1]; group != "" && slices.Contains(a.passing(a.c.door)[group], who) != a.c.atDoor {
		a.t.Errorf("in the end: %v", a.passing(a.c.door))
	}
}
