package say

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// glanceOf is a workspace in which everything is in step, but for what is said.
func glanceOf(change func(*Overview)) Overview {
	o := Overview{Integrations: []Integration{{Name: "london", State: InStep}}, Connections: []Connection{{State: Fresh}}}
	change(&o)
	return o
}

func TestWhatAPersonHasToKnowIsToldAtAGlance(t *testing.T) {
	t.Parallel()
	c := Clock{Zone: zone(t, "Europe/London"), Now: 1_795_340_000 * cardea.Second}
	since := c.Now - cardea.Hour
	for head, one := range map[string]struct {
		o    Overview
		tell string // state, word, text, list and command of what is to be known
	}{
		"Everything is in step": {glanceOf(func(*Overview) {}), ""},
		"London is frozen": {
			glanceOf(func(o *Overview) {
				o.Frozen = []cardea.Freeze{{Integration: "london", Reason: "rewiring", By: "olga", Since: since, Until: cardea.Never}}
			}),
			"held frozen London is frozen since Sun 22 Nov 08:33 by olga: rewiring. Nothing is written meanwhile but blocks and locks. [] " +
				"cardea unfreeze london",
		},
		"Everything is frozen": {
			glanceOf(func(o *Overview) {
				o.Frozen = []cardea.Freeze{{Reason: "x", By: "y", Since: since, Until: c.Now + cardea.Hour}}
			}),
			"held frozen Every integration is frozen since Sun 22 Nov 08:33 until Sun 22 Nov 10:33 by y: x. " +
				"Nothing is written meanwhile but blocks and locks. [] cardea unfreeze",
		},
		"A, b, c and 1 other are frozen": {
			glanceOf(func(o *Overview) {
				for _, in := range []string{"a", "b", "c", "d"} {
					o.Frozen = append(o.Frozen, cardea.Freeze{Integration: in, Reason: "x", By: "y", Since: since, Until: cardea.Never})
				}
			}),
			"held frozen 4 freezes are in force. Nothing is written there meanwhile but blocks and locks. " +
				"[a is frozen since Sun 22 Nov 08:33 by y: x, b is frozen since Sun 22 Nov 08:33 by y: x, " +
				"c is frozen since Sun 22 Nov 08:33 by y: x, d is frozen since Sun 22 Nov 08:33 by y: x] " +
				"cardea unfreeze",
		},
		"1 incident needs a person": {
			glanceOf(func(o *Overview) {
				o.Issues = []Issue{
					{Issue: cardea.Issue{Code: "odd", Text: "something odd"}},
					{Issue: cardea.Issue{Code: "revocation-unconfirmed", Text: "INCIDENT: access is not seen to be gone"}, Who: "Ana Lopes"},
				}
			}),
			"failed incident Access is not seen to be gone. [Ana Lopes] cardea issues",
		},
	} {
		want(t, "head", AtAGlance(one.o, c).Head, head)
		var told []string
		for _, h := range Heeds(one.o, c) {
			told = append(told, strings.Join([]string{string(h.State), h.Word, h.Text, "[" + strings.Join(h.List, ", ") + "]", h.Type}, " "))
		}
		want(t, head, strings.Join(told, "\n"), one.tell)
	}
}

func TestWhatWaitsIsAtRiskOrBlockedIsToldToo(t *testing.T) {
	t.Parallel()
	c := Clock{Now: 1_795_340_000 * cardea.Second}
	got := Heeds(glanceOf(func(o *Overview) {
		o.AtRisk = 3
		o.Waits = []Wait{
			{Door: "kisi", Count: 2}, {Door: "kisi", Group: "7", Name: "Night", Count: 4}, {Door: "kisi", Group: "8", Count: 1},
		}
		o.Blocked = []cardea.Block{
			{Person: "rnd/person:1", Name: "Ana Lopes", Note: "lost her badge", By: "olga", Since: c.Now, Until: cardea.Never},
		}
	}), c)
	if len(got) != 3 {
		t.Fatalf("told %+v", got)
	}
	want(t, "at risk", got[0].Text+" "+got[0].Type, "3 changes that are due soon will hardly be there in time. cardea due")
	want(t, "waits", got[1].Text+" "+strings.Join(got[1].List, "; ")+" "+got[1].Type,
		"Changes wait for a person in 2 groups. Night: 4 changes; id:8: 1 change; Accounts and units: 2 changes cardea holds")
	want(t, "blocked", got[2].Text+" "+got[2].List[0]+" "+got[2].Type, "1 person is kept out of every door, whatever records give. "+
		"Ana Lopes, since Sun 22 Nov 09:33 by olga: lost her badge cardea blocks")
}

func TestIncidentsComeFirstAndMinorMattersLast(t *testing.T) {
	t.Parallel()
	ms := Matters([]Issue{
		{Issue: cardea.Issue{Code: "small", Text: "a", Minor: true}, Mend: "cardea issues drop 1"},
		{Issue: cardea.Issue{Code: "middle", Text: "b"}, Mend: "cardea due"},
		{Issue: cardea.Issue{Code: "middle", Text: "b"}, Mend: "cardea due"},
		{Issue: cardea.Issue{Code: "big", Text: "INCIDENT: c"}, Mend: "cardea sync a"},
		{Issue: cardea.Issue{Code: "big", Text: "INCIDENT: c"}, Mend: "cardea sync b"},
	})
	var got []string
	for _, m := range ms {
		got = append(got, m.Code+" "+m.Mend)
	}
	want(t, "order", strings.Join(got, "; "), "big cardea issues; middle cardea due; small cardea issues drop 1")
}

func TestNothingIsSaidToGoOnThatIsFrozen(t *testing.T) {
	t.Parallel()
	o := glanceOf(func(o *Overview) { o.Held, o.Integrations[0].State = 6, Held })
	want(t, "held", AtAGlance(o, Clock{}).Text, "Everything else goes on.")
	o.Frozen = []cardea.Freeze{{Integration: "london", Until: cardea.Never}}
	if g := AtAGlance(o, Clock{}); strings.Contains(g.Text, "goes on") || g.Head != "6 changes wait for a person" {
		t.Errorf("held and frozen: %+v", g)
	}
}
