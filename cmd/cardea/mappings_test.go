package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// tinySection is the mappings: of tiny's configuration, as a file of its own.
func tinySection(t *testing.T) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(read(t, worldsDir+"tiny.cardea.yaml")), "\n    mappings:\n")
	if !ok {
		t.Fatal("tiny has no mappings")
	}
	return paper(t, "mappings:\n"+rest)
}

func paper(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "section.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// bare leaves the mappings of an integration to the store.
func bare(names ...string) func(*config.File) {
	return func(f *config.File) {
		for _, n := range names {
			f.Integrations[n].Mappings, f.Integrations[n].Groups, f.Integrations[n].Section = config.Mappings{}, nil, 0
		}
	}
}

type mapEdit struct {
	with       string
	set, unset []string
	apply      string
	yes        bool
	in         string
}

func (e mapEdit) on() onMappings {
	if e.in == "" {
		e.in = "london"
	}
	return onMappings{onOrders: onOrders{JSON: true}, Integration: e.in, With: e.with, Map: e.set, Unmap: e.unset}
}

// diff shows an edit, and wants that it writes nothing anywhere.
func (r *rig) diff(e mapEdit, want int) desk.Impact {
	r.t.Helper()
	n := r.writes()
	before, err := r.app.desk.Mappings(context.Background(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	i := r.impact((&mappingsDiffCmd{e.on()}).do, want)
	after, err := r.app.desk.Mappings(context.Background(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	if d := cmp.Diff(before, after); d != "" || r.writes() != n {
		r.t.Errorf("a diff changed something: %s%v", d, r.sent(n))
	}
	return i
}

func (r *rig) setMappings(e mapEdit, want int) desk.Impact {
	r.t.Helper()
	n := r.writes()
	i := r.impact((&mappingsSetCmd{onMappings: e.on(), Apply: e.apply, Yes: e.yes}).do, want)
	if r.writes() != n {
		r.t.Errorf("written at the door: %v", r.sent(n))
	}
	return i
}

func (r *rig) impact(do func(context.Context, *terminal, settings) error, want int) desk.Impact {
	r.t.Helper()
	code, out, log := r.command(nil, do)
	if code != want {
		r.t.Fatalf("exit code %d, want %d: %s%s", code, want, out, log)
	}
	var i desk.Impact
	if err := json.Unmarshal([]byte(out), &i); err != nil {
		r.t.Fatal(err, out, log)
	}
	return i
}

// refused wants that an edit is refused with this said.
func (r *rig) refusedEdit(e mapEdit, texts ...string) {
	r.t.Helper()
	code, out, log := r.command(nil, (&mappingsSetCmd{onMappings: e.on(), Yes: true}).do)
	if code != exitUsage {
		r.t.Errorf("%+v: exit code %d: %s", e, code, out)
	}
	for _, text := range texts {
		if !strings.Contains(log, text) {
			r.t.Errorf("%+v: %q is not said: %s", e, text, log)
		}
	}
}

// TestAKeepEntryEndsInTheIntegrationsZone lists an end that is a day in Berlin: it is that day's 24:00, and not an instant in UTC.
func TestAKeepEntryEndsInTheIntegrationsZone(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, onSQLite, set(t, `{zone: Europe/Berlin, groups: {Night: {keep: [{account: cleaner@x.test, note: Cleaning, until: 2027-01-31}]}}}`))
		defer r.shut()
		code, out, log := r.command(nil, (&mappingsListCmd{}).do)
		if want := "keep cleaner@x.test (Cleaning) until Sun 31 Jan 2027 24:00"; code != exitInStep || !strings.Contains(out, want) {
			t.Errorf("exit code %d, %s; %q is not in %s", code, log, want, out)
		}
	})
}

// deeds says of each operation on somebody's access what it is, sorted.
func deeds(ops []say.Operation) []string {
	var out []string
	for _, o := range ops {
		if o.Verb != cardea.VerbAdd && o.Verb != cardea.VerbRemove && o.Verb != cardea.VerbRetime {
			continue
		}
		held := ""
		if o.Held != nil {
			held = " held " + string(o.Held.Code)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s %s%s", o.Verb, strings.ToLower(o.Email), o.GroupName, o.Window.From, o.Window.Until, held))
	}
	slices.Sort(out)
	return out
}

// stored plays tiny with its mappings in the store.
func stored(t *testing.T, db database) *rig {
	t.Helper()
	r := tiny(t, db, bare("london"))
	if i := r.setMappings(mapEdit{with: tinySection(t), yes: true}, exitInStep); !i.Saved || i.Managed != "store" || len(i.People) == 0 {
		t.Fatalf("not saved: %+v", i)
	}
	r.sync(desk.InStep)
	r.wantInside("from the store", atNine)
	return r
}

// TestMappingsDiffShowsExactlyWhomTheNextSyncChanges lets an operator look at edits of every kind, saves each by its hash, and
// compares what was shown with what the run after it does.
func TestMappingsDiffShowsExactlyWhomTheNextSyncChanges(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]mapEdit{
		"another group":                {set: []string{"plans/Hot desk=General access,Night"}},
		"the last mapping of a group":  {unset: []string{"floors/London/Floor 2"}},
		"both, and a group in use":     {set: []string{"plans/Dedicated desk=Cleaners"}, unset: []string{"plans/Night owl"}},
		"hours":                        {with: "hours"},
		"a group taken off one of two": {set: []string{"plans/Night owl=Night"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachKept(t, func(t *testing.T, db database) {
				bubble(t, quiet, func(t *testing.T) {
					r, e := stored(t, db), e
					defer r.shut()
					if e.with == "hours" {
						e.with = paper(t, strings.Replace(string(read(t, tinySection(t))), `hours: {mon-fri: "17:00-22:00"}`, `hours: {mon-fri: "10:00-22:00"}`, 1))
					}
					shown := r.diff(e, exitPending)
					if len(shown.Rows) == 0 || len(shown.People) == 0 {
						t.Fatalf("nothing is shown: %+v", shown)
					}
					e.apply = shown.Hash
					if saved := r.setMappings(e, exitInStep); !saved.Saved || saved.Hash != shown.Hash {
						t.Fatalf("not saved: %+v", saved)
					}
					result, err := r.try(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					if d := cmp.Diff(deeds(shown.Operations), deeds(result.Doors[0].Operations)); d != "" {
						t.Errorf("shown (-), done (+): %s", d)
					}
					if n, who, detail := r.audited("mappings"); n != 2 || !strings.Contains(who, "olga") || !strings.Contains(detail, `"version":2`) {
						t.Errorf("%d audit lines, %s: %s", n, who, detail)
					}
					if e.unset == nil { // what is gone cannot be taken out again
						if again := r.diff(e, exitInStep); len(again.Rows) > 0 || len(again.People) > 0 {
							t.Errorf("after it: %+v", again)
						}
					}
				})
			})
		})
	}
}

// TestMappingsDiffHoldsWhatNoMappingNamesAnyMore takes the last mapping off a group: who is in it by us is shown as waiting.
func TestMappingsDiffHoldsWhatNoMappingNamesAnyMore(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := stored(t, kept(t))
		defer r.shut()
		i := r.diff(mapEdit{unset: []string{"floors/London/Floor 2"}}, exitPending)
		if len(i.People) != 1 || i.People[0].Email != "gus@x.test" || len(i.People[0].Loses) != 1 ||
			i.People[0].Loses[0].Held == nil || i.People[0].Loses[0].Held.Code != cardea.HeldUnmapped {
			t.Errorf("%+v", i.People)
		}
		e := mapEdit{unset: []string{"floors/London/Floor 2"}}.on()
		e.JSON = false
		code, out, _ := r.command(nil, (&mappingsDiffCmd{e}).do)
		for _, want := range []string{"- floors London/Floor 2: Second floor", "gus@x.test", "1 would lose", "would wait", "--apply " + i.Hash} {
			if code != exitPending || !strings.Contains(out, want) {
				t.Errorf("%q is not printed: %s", want, out)
			}
		}
	})
}

// TestMappingsAreRefusedLikeTheConfiguration has names and keys that are wrong.
func TestMappingsAreRefusedLikeTheConfiguration(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := stored(t, kept(t))
		defer r.shut()
		before := r.diff(mapEdit{unset: []string{"plans/Evening"}}, exitPending).Version
		r.refusedEdit(mapEdit{set: []string{"plans/Hot desk=Genral access"}}, `no access group "Genral access"`, `did you mean "General access"`)
		r.refusedEdit(mapEdit{set: []string{"plans/Hot dsk=Night"}}, `no plan "Hot dsk"`, `did you mean "Hot desk"`, "--map")
		r.refusedEdit(mapEdit{unset: []string{"plans/Evning"}}, `no mapping of plans "Evning"`, `did you mean "Evening"`)
		r.refusedEdit(mapEdit{unset: []string{"plan/Evening"}}, `did you mean "plans"`)
		r.refusedEdit(mapEdit{set: []string{"plans/*=Night"}}, "for passes only")
		r.refusedEdit(mapEdit{set: []string{"units/7=Night"}}, "units")
		r.refusedEdit(mapEdit{}, "say what is to change")
		r.refusedEdit(mapEdit{in: "lodnon", set: []string{"plans/Hot desk=Night"}}, `did you mean "london"`)
		r.refusedEdit(mapEdit{with: paper(t, "mappings:\n  plns: {Hot desk: [Night]}\n")}, ":2:", `did you mean "plans"`)
		r.refusedEdit(mapEdit{with: paper(t, "mappings:\n  plans:\n    Hot desk: {groups: [Night], huors: always}\n")}, ":3:", `did you mean "hours"`)
		r.refusedEdit(mapEdit{with: paper(t, "mappings:\n  plans:\n    Hot desk: [Night]\n    hot desk: [Evening]\n")}, "two mappings of plans")
		r.refusedEdit(mapEdit{with: paper(t, "groups: {Night: {mode: shard}}\n")}, ":1:", `did you mean "shared"`)
		if after := r.diff(mapEdit{unset: []string{"plans/Evening"}}, exitPending).Version; after != before {
			t.Errorf("version %d after %d: a refused edit was saved", after, before)
		}
	})
}

// TestMappingsOfTheFileAreEditedThere lets an edit of the file be looked at, and refuses to save it elsewhere.
func TestMappingsOfTheFileAreEditedThere(t *testing.T) {
	t.Parallel()
	bubble(t, quiet, func(t *testing.T) {
		r := tiny(t, kept(t))
		defer r.shut()
		r.sync(desk.InStep)
		i := r.diff(mapEdit{with: paper(t, "mappings: {plans: {Hot desk: [General access, Night]}}\n")}, exitPending)
		if i.Managed != "file" || len(i.People) == 0 || !strings.Contains(i.Where, "tiny.cardea.yaml:19") {
			t.Errorf("%s %d %s", i.Managed, len(i.People), i.Where)
		}
		r.refusedEdit(mapEdit{unset: []string{"plans/Evening"}}, "tiny.cardea.yaml:19", "managed by the configuration file")
	})
}

// TestMappingsThatMovedAreShownAnew changes the world, and then the mappings, between the look and the word.
func TestMappingsThatMovedAreShownAnew(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := stored(t, db)
			defer r.shut()
			mine := mapEdit{set: []string{"plans/Hot desk=General access,Night"}}
			shown := r.diff(mine, exitPending)
			// Somebody else's edit of another row goes in between. Neither loses the other's.
			r.setMappings(mapEdit{unset: []string{"plans/Evening"}, yes: true}, exitInStep)
			mine.apply = shown.Hash
			moved := r.setMappings(mine, exitPending)
			if moved.Saved || !moved.Moved || moved.Hash == shown.Hash || moved.Version != shown.Version+1 {
				t.Fatalf("%+v", moved)
			}
			// The world moves: one who was shown has no plan any more.
			r.patch("officernd: {memberships: [{_id: ms-ana, endDate: 2026-11-20}]}")
			r.sync(desk.Held) // what the other edit left waits
			mine.apply = moved.Hash
			again := r.setMappings(mine, exitPending)
			if again.Saved || !again.Moved || len(again.People) != len(moved.People)-1 {
				t.Fatalf("%d people were shown, now %d: %+v", len(moved.People), len(again.People), again)
			}
			mine.apply = again.Hash
			r.setMappings(mine, exitInStep)
			all, err := r.app.desk.Mappings(context.Background(), "london")
			if err != nil {
				t.Fatal(err)
			}
			says := map[string]string{}
			for _, row := range all[0].Rows {
				says[row.Item] = row.Says
				if row.Kind != "passes" && row.ID == "" {
					t.Errorf("%s %s has no id", row.Kind, row.Item)
				}
			}
			if says["Hot desk"] != "General access, Night" || says["Evening"] != "" || says["Elephant"] != "Elephant room; lead: 10 min; lag: 5 min" {
				t.Errorf("%q", says)
			}
		})
	})
}

// TestMappingsServeUsesWhatAnotherProcessSaved saves an edit beside a server that runs.
func TestMappingsServeUsesWhatAnotherProcessSaved(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := stored(t, db)
			defer r.shut()
			stop := r.serving()
			defer func() { stop() }()
			time.Sleep(3 * time.Minute)
			r.setMappings(mapEdit{set: []string{"plans/Hot desk=General access,Night"}, yes: true}, exitInStep)
			time.Sleep(2 * time.Minute)
			if got := r.inside()["Night"]; !slices.Contains(got, "ana") {
				t.Errorf("two minutes after it Night holds %v", got)
			}
		})
	})
}

// TestMappingsImpactCountsAllIntegrationsOfADoor takes a group off one integration that another gives too: who has it from both
// loses nothing.
func TestMappingsImpactCountsAllIntegrationsOfADoor(t *testing.T) {
	t.Parallel()
	eachKept(t, func(t *testing.T, db database) {
		bubble(t, quiet, func(t *testing.T) {
			r := tiny(t, db, func(f *config.File) {
				second := *f.Integrations["london"]
				second.Name = "second"
				second.Mappings = config.Mappings{Plans: map[string]*config.Target{"Night owl": {Groups: []config.Name{{Text: "General access"}}}}}
				f.Integrations["second"] = &second
			}, bare("london"))
			defer r.shut()
			r.setMappings(mapEdit{with: tinySection(t), yes: true}, exitInStep)
			r.sync(desk.InStep)
			e := mapEdit{unset: []string{"plans/Night owl"}}
			shown := r.diff(e, exitPending)
			lost := map[string]int{}
			for _, p := range shown.People {
				for _, a := range p.Loses {
					lost[a.Name]++
				}
			}
			if lost["General access"] != 0 || lost["Night"] == 0 {
				t.Errorf("%v", lost)
			}
			e.apply = shown.Hash
			r.setMappings(e, exitInStep)
			result, err := r.try(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(deeds(shown.Operations), deeds(result.Doors[0].Operations)); d != "" {
				t.Errorf("shown (-), done (+): %s", d)
			}
		})
	})
}
