package scim_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire/wiretest"
)

// crowd is a server with a group of six people and of another group, and that other group with somebody in it.
type crowd struct {
	t      *testing.T
	server *sandbox.Server
	bench  *doortest.Bench
	id     cardea.GroupID
	ids    map[string]cardea.AccountID // by the part of the address before @
}

// newCrowd starts one that differs from the defaults in some switches. Where only users tell their groups nobody sees a
// group within a group, so that there is none.
func newCrowd(t *testing.T, switches ...string) *crowd {
	t.Helper()
	var world strings.Builder
	fmt.Fprintf(&world, "name: crowd\nanchor: 2026-11-23\nscim:\n  tokens: [{secret: %s}]\n  users:\n", suiteToken)
	for i, name := range strings.Fields("ada bea cid dan eve fay gus") {
		world.WriteString(suiteUser(1000+i, name))
	}
	kids := `, "group:Kids"`
	if slices.Contains(switches, "users") {
		kids = ""
	}
	fmt.Fprintf(&world, `  groups:
    - {id: "5001", displayName: Kids, members: [gus@x.test]}
    - {id: "5000", displayName: Crowd, members: [ada@x.test, bea@x.test, cid@x.test, dan@x.test, eve@x.test, fay@x.test%s]}
`, kids)
	server := of(nil, nil, switches...).server(t, world.String())
	c := &crowd{
		t: t, server: server, ids: map[string]cardea.AccountID{},
		bench: suiteBench(t, server, doortest.Options{Line: &wiretest.Line{}}),
	}
	for _, g := range server.Groups("scim") {
		if g.Name == "Crowd" {
			c.id = cardea.GroupID(g.ID)
		}
		for _, e := range g.All {
			name, _, _ := strings.Cut(e.Email, "@")
			c.ids[name] = cardea.AccountID(e.Account)
		}
	}
	return c
}

// in says who is in the crowd, sorted; the group within it is `kids`, one who is no user any more `ghost`.
func (c *crowd) in() string {
	var out []string
	for _, g := range c.server.Groups("scim") {
		if cardea.GroupID(g.ID) != c.id {
			continue
		}
		for _, e := range g.All {
			name, _, _ := strings.Cut(e.Email, "@")
			switch {
			case strings.HasPrefix(e.Account, "group:"):
				name = "kids"
			case name == "":
				name = "ghost"
			}
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (c *crowd) revoke(names ...string) string {
	var es []cardea.Edge
	for _, n := range names {
		es = append(es, edge(c.id, c.ids[n]))
	}
	return class(c.bench.System.Revoke(c.t.Context(), es))
}

func (c *crowd) fault(f sandbox.Fault) {
	c.t.Helper()
	if err := c.server.Fault("scim", f); err != nil {
		c.t.Fatal(err)
	}
}

// combinations runs f with every combination of what servers make of removals, each with each of some sets of switches and
// in a bubble of its own.
func combinations(t *testing.T, bare []string, sets [][]string, f func(t *testing.T, switches []string)) {
	t.Helper()
	for _, form := range []string{"filter", "value", "both"} {
		for _, other := range []string{"all", "400", "ignored"} {
			for _, b := range bare {
				for _, set := range sets {
					switches := append([]string{"remove_form", form, "remove_other", other, "bare_remove", b}, set...)
					t.Run(strings.Join(switches, " "), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { f(t, switches) })
					})
				}
			}
		}
	}
}

// TestARemovalLeavesTheOthers: whatever a server makes of a removal, in the end exactly those are out who were to go.
func TestARemovalLeavesTheOthers(t *testing.T) {
	t.Parallel()
	combinations(t, []string{"all", "400"}, [][]string{
		{"members", "asked", "absent_remove", "404", "etag", "none"}, {"members", "asked", "absent_remove", "204", "etag", "offered"},
		{"members", "listed", "absent_remove", "400", "etag", "offered"}, {"members", "users", "absent_remove", "404", "etag", "none"},
	}, func(t *testing.T, switches []string) {
		c := newCrowd(t, switches...)
		for _, step := range []struct{ who, want, left string }{
			{"bea", "ok", "ada cid dan eve fay kids"},
			{"bea", "ok", "ada cid dan eve fay kids"}, // gone already
			{"cid dan", "ok ok", "ada eve fay kids"},
			{"dan eve gus", "ok ok ok", "ada fay kids"},
			{"ada fay", "ok ok", "kids"},
		} {
			want := step.left
			if slices.Contains(switches, "users") {
				want = strings.TrimSpace(strings.TrimSuffix(want, "kids"))
			}
			if got := c.revoke(strings.Fields(step.who)...); got != step.want || c.in() != want {
				t.Fatalf("after %s went %s: %q, want %q", step.who, got, c.in(), want)
			}
		}
	})
}

// TestARemovalThatIsCutLeavesTheOthers: the first removal has no answer, and the writes after it have troubles of their own,
// before it is known what the server makes of a removal. Nobody else is out then, and done again it comes to its end.
func TestARemovalThatIsCutLeavesTheOthers(t *testing.T) {
	t.Parallel()
	troubles := map[string][]sandbox.Fault{
		"500":            {{Effect: sandbox.EffectError, Status: 500}},
		"lost":           {{Effect: sandbox.EffectDropAfter}},
		"lost, then 503": {{Effect: sandbox.EffectDropAfter}, {Effect: sandbox.EffectError, Status: 503}},
		"lost, lost":     {{Effect: sandbox.EffectDropAfter}, {Effect: sandbox.EffectDropAfter}},
	}
	var sets [][]string
	for _, trouble := range slices.Sorted(maps.Keys(troubles)) {
		sets = append(sets, []string{"members", "asked", "trouble", trouble})
	}
	sets = append(sets, []string{"members", "users", "trouble", "lost, lost"})
	combinations(t, []string{"all"}, sets, func(t *testing.T, switches []string) {
		last := len(switches) - 1
		c := newCrowd(t, switches[:last-1]...)
		for _, f := range troubles[switches[last]] {
			f.Method, f.Times = "PATCH", 1
			c.fault(f)
		}
		left := "ada dan eve fay"
		if !slices.Contains(switches, "users") {
			left += " kids"
		}
		if got := c.revoke("bea", "cid"); got != "unknown unknown" {
			t.Errorf("the first time: %s", got)
		}
		for _, name := range strings.Fields(left) {
			if !slices.Contains(strings.Fields(c.in()), name) {
				t.Errorf("%s is out too; in are %q", name, c.in())
			}
		}
		for tries := 0; c.revoke("bea", "cid") != "ok ok" && tries < 3; tries++ {
		}
		if c.in() != left {
			t.Errorf("in the end %q are in, want %q", c.in(), left)
		}
	})
}

// TestWhoIsNoMoreHindersNoPuttingBack: among those who went without being asked for is one who is no user any more.
func TestWhoIsNoMoreHindersNoPuttingBack(t *testing.T) {
	t.Parallel()
	combinations(t, []string{"all"}, [][]string{
		{"unknown_member", "ignored"}, {"unknown_member", "400"}, {"unknown_member", "404"},
	}, func(t *testing.T, switches []string) {
		c := newCrowd(t, switches...)
		if err := c.server.Patch([]byte("scim: {users: [{id: \"1005\", delete: true}]}")); err != nil { // fay
			t.Fatal(err)
		}
		got := c.revoke("bea")
		if left := strings.Replace(c.in(), "ghost ", "", 1); got != "ok" || left != "ada cid dan eve kids" {
			t.Errorf("%s, left %q", got, left)
		}
	})
}

// TestNobodyIsTakenOutWhereNobodyIsSeen: a server that never shows who is in a group, and says that nobody is (AWS IAM
// Identity Center), is not kept in step: whoever is put in is told as open, then everything is refused, and nobody goes.
func TestNobodyIsTakenOutWhereNobodyIsSeen(t *testing.T) {
	t.Parallel()
	combinations(t, []string{"all", "400"}, [][]string{{"unasked", "empty"}, {"unasked", "absent"}}, func(t *testing.T, switches []string) {
		c := newCrowd(t, append(switches, "members", "never")...)
		const all = "ada bea cid dan eve fay kids"
		if got := c.revoke("bea", "cid"); got != "rejected rejected" || c.in() != all {
			t.Errorf("before anything is known: %s, left %q", got, c.in())
		}
		_, errs := c.bench.System.Grant(t.Context(), []cardea.Edge{edge(c.id, c.ids["gus"]), edge(c.id, "999999")})
		if class(errs) != "unknown rejected" || c.in() != "ada bea cid dan eve fay gus kids" {
			t.Errorf("Grant: %v, in are %q", errs, c.in())
		}
		if _, errs = c.bench.System.Grant(t.Context(), []cardea.Edge{edge(c.id, c.ids["gus"])}); class(errs) != "rejected" {
			t.Errorf("Grant again: %v", errs)
		}
		if got := c.revoke("gus"); got != "rejected" || c.in() != "ada bea cid dan eve fay gus kids" {
			t.Errorf("Revoke: %s, left %q", got, c.in())
		}
		in := cardea.NewIntake(edgesOf(c.id), nil)
		if err := c.bench.System.Read(t.Context(), in.Scope(), in); err != nil {
			t.Fatal(err)
		}
		if p := in.Collection(cardea.KindEdge); p.Evidence().Grade() != cardea.Failed || len(p.MissingOnes()) > 0 {
			t.Errorf("edges are %s, missing %v", p.Evidence().Grade(), p.MissingOnes())
		}
	})
}
