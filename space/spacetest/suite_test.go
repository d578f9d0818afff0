package spacetest

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea/wire/readtest"
)

// TestHonestSystemPasses: what the suite asks can be done.
func TestHonestSystemPasses(t *testing.T) {
	t.Parallel()
	Run(t, fakeRig(""))
}

// liars are what a System can do wrong, and the checks that must notice.
var liars = map[string][]string{
	"moody":                 {"describe"},
	"unpinned":              {"describe"},
	"quiet":                 {"wrong credentials"},
	"forgets a kind":        {"collections"},
	"hides":                 {"collections"},
	"talkative":             {"paging:team"},
	"writes":                {"describe", "read-only"},
	"sulks":                 {"read-only"},
	"restless":              {"listing twice"},
	"narrow":                {"people"},
	"garbles":               {"by key:person", "people"},
	"shrugs":                {"by key:person"},
	"despairs":              {"trouble by key:person"},
	"says nothing":          {"trouble by key:team"},
	"drops":                 {"paging:person", "paging:agreement"},
	"stops":                 {"paging:person", "paging:team"},
	"repeats":               {"paging:person"},
	"overclaims":            {"breaks off:person", "refused:person"},
	"trusts":                {"short page:person", "empty page:team"},
	"infers":                {"empty list:person"},
	"drags":                 {"refused:person"},
	"vague":                 {"status:401", "status:403"},
	"hasty":                 {"status:429"},
	"gives up":              {"passing trouble"},
	"forgets tokens":        {"expiry"},
	"bursts":                {"throttle"},
	"leaks":                 {"secrets", "status:403"},
	"logs":                  {"secrets", "describe"},
	"believes anybody":      {"hook"},
	"believes the unsigned": {"hook"},
}

// TestLiarsAreFound: each misbehaviour is noticed by the checks that are there for it.
func TestLiarsAreFound(t *testing.T) {
	t.Parallel()
	for lie, by := range liars {
		for _, name := range by {
			t.Run(lie+"/"+name, func(t *testing.T) {
				t.Parallel()
				all := checks(fakeKinds)
				at := slices.IndexFunc(all, func(k check) bool { return k.name == name })
				if at < 0 {
					t.Fatalf("there is no check %q", name)
				}
				err := examine(t, fakeRig(lie), all[at])
				if err == nil {
					t.Fatalf("a System that lies (%s) passed", lie)
				}
				t.Log(err)
			})
		}
	}
}

// TestEachCheckFindsALiar: a check that nobody fails is none.
func TestEachCheckFindsALiar(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, by := range liars {
		for _, name := range by {
			found[readtest.Part(name)] = true
		}
	}
	for _, k := range checks(fakeKinds) {
		if !found[readtest.Part(k.name)] {
			t.Errorf("no liar is there for %q", k.name)
		}
	}
}

func TestLackingIsByNameOrItsFirstPart(t *testing.T) {
	t.Parallel()
	lacks := map[string]string{"paging": "no pages", "refused:team": "no wire"}
	for name, want := range map[string]string{
		"paging:team": "no pages", "paging": "no pages", "refused:team": "no wire", "refused:person": "", "hook": "",
	} {
		if got := readtest.Lacking(lacks, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
