package doortest

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
	"moody":                  {"describe"},
	"unpinned":               {"describe"},
	"quiet":                  {"wrong credentials"},
	"modest":                 {"limits"},
	"hides":                  {"limits"},
	"restless":               {"listing twice"},
	"near-sighted":           {"scopes"},
	"shrugs":                 {"scopes"},
	"drops":                  {"paging:account", "paging:group", "paging:edge"},
	"stops":                  {"paging:account", "paging:edge"},
	"repeats":                {"paging:account", "paging:edge"},
	"overclaims":             {"breaks off:account", "refused:account"},
	"trusts":                 {"short page:account", "empty page:edge"},
	"infers":                 {"empty list:account"},
	"drags":                  {"refused:group"},
	"claims":                 {"grant", "cut:grant"},
	"doubles":                {"grant", "lost answer"},
	"misnames":               {"grant"},
	"keeps":                  {"grant"},
	"sweeps":                 {"grant"},
	"pedantic":               {"grant", "gone already"},
	"grasping":               {"foreign"},
	"shifts":                 {"batch"},
	"second accounts":        {"create"},
	"blind":                  {"create", "lost answer"},
	"generous":               {"look-alike"},
	"careless of addresses":  {"no e-mail"},
	"vague":                  {"status:401", "status:403"},
	"hasty":                  {"status:429"},
	"careless":               {"lost answer", "cut:grant", "cut:create", "cut:revoke"},
	"resends":                {"lost answer", "cut:create"},
	"forgets tokens":         {"expiry"},
	"bursts":                 {"throttle"},
	"writes":                 {"read-only"},
	"leaks":                  {"secrets", "status:403"},
	"logs":                   {"secrets", "describe"},
	"deaf to windows":        {"timed"},
	"leaves both":            {"timed"},
	"gives up":               {"after:read"},
	"stubborn":               {"after:write"},
	"abandons":               {"cut:retime"},
	"deaf to profiles":       {"profiled"},
	"takes any profile":      {"profiled"},
	"curt":                   {"profiled"},
	"takes any field":        {"rewritable"},
	"takes everything along": {"rewritable"},
	"deaf to changes":        {"rewritable", "cut:rewrite"},
	"rewrites everybody":     {"rewritable"},
	"writes to nobody":       {"rewritable"},
	"deaf to locks":          {"lockable"},
	"locks once":             {"lockable"},
	"spells":                 {"units"},
	"adds twice":             {"units"},
	"evicts":                 {"units"},
	"leaves the old unit":    {"units"},
	"renames once":           {"units", "cut:rename"},
	"ruthless":               {"units"},
}

// TestLiarsAreFound: each misbehaviour is noticed by the checks that are there for it.
func TestLiarsAreFound(t *testing.T) {
	t.Parallel()
	for lie, by := range liars {
		for _, name := range by {
			t.Run(lie+"/"+name, func(t *testing.T) {
				t.Parallel()
				at := slices.IndexFunc(checks(), func(k check) bool { return k.name == name })
				if at < 0 {
					t.Fatalf("there is no check %q", name)
				}
				err := examine(t, fakeRig(lie), checks()[at])
				if err == nil {
					t.Fatalf("a System that lies (%s) passed", lie)
				}
				t.Log(err)
			})
		}
	}
}

// TestEachCheckFindsALiar: a check that nobody fails is none. Those of listings and statuses stand for each other.
func TestEachCheckFindsALiar(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, by := range liars {
		for _, name := range by {
			found[name] = true
			if p := readtest.Part(name); p != "cut" && p != "after" {
				found[p] = true
			}
		}
	}
	for _, k := range checks() {
		if !found[k.name] && !found[readtest.Part(k.name)] {
			t.Errorf("no liar is there for %q", k.name)
		}
	}
}

func TestLackingIsByNameOrItsFirstPart(t *testing.T) {
	t.Parallel()
	lacks := map[string]string{"paging": "no pages", "cut:grant": "no wire"}
	for name, want := range map[string]string{
		"paging:edge": "no pages", "paging": "no pages", "cut:grant": "no wire", "cut:revoke": "", "grant": "",
	} {
		if got := readtest.Lacking(lacks, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
