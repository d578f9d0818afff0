package say

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestRunsInWords(t *testing.T) {
	t.Parallel()
	for wanted, r := range map[string]Run{
		"3 added, 1 removed because the time was over": {Kind: "keep", Counts: Counts{"add/granted": 3, "remove/ended": 1}},
		"2 removed because the person left, 1 removed because the time was over, 3 windows changed, 1 account made": {
			Counts: Counts{"remove/ended": 1, "remove/left": 2, "retime/window": 3, "create/granted": 1},
		},
		"4 added, 12 removals held, 1 change held": {
			Counts: Counts{"add/granted": 3, "add/adopted": 1, "held/remove/vanished": 12, "held/add/granted": 1},
		},
		"read 1,204 people and 1 booking": {Kind: "read", Counts: Counts{"person": 1204, "booking": 1}},
		"nothing to change":               {Kind: "keep", Outcome: EndedInStep, Counts: Counts{"add/granted": 0}},
		"nothing new":                     {Kind: "read", Outcome: EndedInStep},
		"nothing was changed":             {Kind: "keep", Outcome: EndedFailed},
		"at work":                         {Kind: "keep", Outcome: Running},
		"3 odd things":                    {Counts: Counts{"odd things": 3}},
		"1 added, 2 failed, 1 not read back yet": {
			Kind: "keep", Counts: Counts{"add/granted": 1, "failed/add/granted": 2, "open/remove/ended": 1, "_next": 5, "_left/7": 1},
		},
		"2 people and 9 bookings new or changed, 1 pass gone, of 1,300 records": {Kind: "read", Counts: Counts{
			"changed/booking": 9, "changed/person": 2, "gone/pass": 1, "person": 904, "booking": 396, ChangedKey: 11,
		}},
		"nothing new in 904 records": {Kind: "read", Counts: Counts{"person": 904, ChangedKey: 0}},
		"nothing came":               {Kind: "read", Outcome: EndedFailed, Counts: Counts{ChangedKey: 0}},
	} {
		want(t, r.Kind, Did(r), wanted)
	}
}

func TestQuietRunsHaveNothingToTell(t *testing.T) {
	t.Parallel()
	for _, r := range []Run{
		{Kind: "keep", Outcome: EndedInStep, Counts: Counts{"_next": 7, "held/remove/stray": 2, "add/granted": 0}},
		{Kind: "read", Outcome: EndedInStep, Counts: Counts{ChangedKey: 0, "person": 900, "changed/person": 0}},
	} {
		if !Quiet(r) {
			t.Errorf("%+v is news", r)
		}
	}
	for _, r := range []Run{
		{Kind: "keep", Outcome: EndedInStep, Counts: Counts{"add/granted": 1}},
		{Kind: "keep", Outcome: EndedInStep, Counts: Counts{"failed/add/granted": 1}},
		{Kind: "keep", Outcome: EndedInStep, Detail: "odd"},
		{Kind: "keep", Outcome: EndedHeld},
		{Kind: "keep", Outcome: Running},
		{Kind: "read", Outcome: EndedInStep, Counts: Counts{ChangedKey: 1, "person": 900, "changed/person": 1}},
		{Kind: "read", Outcome: EndedInStep, Counts: Counts{"person": 900}},
	} {
		if Quiet(r) {
			t.Errorf("%+v is no news", r)
		}
	}
}

func TestCountsOfAChangeset(t *testing.T) {
	t.Parallel()
	got := CountsOf([]cardea.Operation{
		{Verb: cardea.VerbAdd, Cause: cardea.CauseGranted},
		{Verb: cardea.VerbAdd, Cause: cardea.CauseGranted},
		{Verb: cardea.VerbRemove, Cause: cardea.CauseStray, Held: &cardea.Hold{Code: cardea.HeldBrake}},
	})
	if len(got) != 2 || got["add/granted"] != 2 || got["held/remove/stray"] != 1 {
		t.Errorf("counted %v", got)
	}
}

func TestWorstStateIsTold(t *testing.T) {
	t.Parallel()
	c := Clock{Zone: zone(t, "Europe/London"), Now: 1_795_340_000 * cardea.Second}
	integration := func(s State, pending, held int) Integration {
		return Integration{Name: "london", State: s, Pending: pending, Held: held, NextWake: c.Now + 8*cardea.Minute}
	}
	both := []Integration{integration(Held, 1, 2), integration(Held, 1, 2)} // of one door: what they share counts once
	for head, o := range map[string]Overview{
		"Nothing is set up yet":    {},
		"Nothing has run yet":      {Integrations: []Integration{integration(New, 0, 0)}},
		"The first run is at work": {Running: true, Integrations: []Integration{integration(New, 0, 0)}},
		"Everything is in step": {
			Integrations: []Integration{integration(InStep, 0, 0)}, Connections: []Connection{{State: Fresh}},
		},
		"1 change is on the way":       {Pending: 1, Integrations: []Integration{integration(Pending, 1, 0)}},
		"Changes are on the way":       {Integrations: []Integration{integration(Pending, 0, 0)}},
		"2 changes wait for a person":  {Pending: 1, Held: 2, Integrations: both},
		"Something waits for a person": {Integrations: []Integration{integration(Held, 0, 0)}},
		"Reading is late": {
			Integrations: []Integration{integration(InStep, 0, 0)}, Connections: []Connection{{Name: "rnd", State: Late}},
		},
		"Something does not work": {
			Integrations: []Integration{integration(Held, 0, 2)}, Connections: []Connection{{Name: "kisi", State: Failed}},
		},
	} {
		g := AtAGlance(o, c)
		want(t, "head", g.Head, head)
		if !strings.HasSuffix(g.Text, ".") || strings.Contains(g.Text, "  ") {
			t.Errorf("%s: %q", head, g.Text)
		}
		if len(o.Integrations) > 0 && !strings.Contains(g.Text, "Next look ") {
			t.Errorf("%s does not say when it looks again: %q", head, g.Text)
		}
	}
}

func TestOperationsByCauseHeldFirst(t *testing.T) {
	t.Parallel()
	op := func(c cardea.Cause, held bool) Operation {
		o := Operation{Operation: cardea.Operation{Cause: c}}
		if held {
			o.Held = &cardea.Hold{Code: cardea.HeldBrake}
		}
		return o
	}
	got := ByCause([]Operation{
		op(cardea.CauseEnded, false), op(cardea.CauseGranted, false), op(cardea.CauseEnded, true), op(cardea.CauseEnded, false),
	})
	if len(got) != 3 || !got[0].Held || got[1].Cause != cardea.CauseEnded ||
		len(got[1].Operations) != 2 || got[2].Title != "Granted" {
		t.Errorf("grouped as %+v", got)
	}
}

func FuzzCleanLeavesNothingThatSteersATerminal(f *testing.F) {
	f.Add("Ana\x1b[31m Lopes\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if strings.ContainsAny(got, "\x1b\n\r\x00\u202e\u2028") || strings.TrimSpace(got) != got {
			t.Errorf("%q became %q", s, got)
		}
		if Clean(got) != got {
			t.Errorf("cleaning %q twice gives %q", got, Clean(got))
		}
	})
}
