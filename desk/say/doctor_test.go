package say

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

func TestLimitsInWords(t *testing.T) {
	t.Parallel()
	for wanted, l := range map[string]cardea.Limits{
		"takes one entry a call; holds 1 window for each person and group; makes no account without an e-mail address; " +
			"writes to people of its own accord, as the setting mails says; changes nothing of an account once it is made": {
			Batch: 1, Timed: true, WindowsPerEdge: 1, NeedsEmail: true, SendsMail: true,
		},
		"takes up to 20 entries a call; holds no times: what ends while Cardea is down stays open until Cardea is back; " +
			"puts a person into at most 1 group; needs about 30 s to reach the doors; invites people as soon as they have an account, " +
			"which is therefore made when access begins; writes to nobody of its own accord; changes of an account, once it is made: " +
			"email and phone; keeps the person on each entry": {
			Batch: 20, GroupsPerPerson: 1, Propagation: 30 * time.Second, InvitesOnCreate: true, Profile: []string{"email", "phone"}, NamesEdges: true,
		},
	} {
		want(t, "limits", strings.Join(Limits(l), "; "), wanted)
	}
}

func TestAbilitiesInWords(t *testing.T) {
	t.Parallel()
	got := Abilities([]string{"timed", "od\x1bd"}, []cardea.Kind{cardea.KindPerson, cardea.KindPlan})
	if len(got) != 3 || got[0] != "lists people and plans" || !strings.HasPrefix(got[1], "holds times on each entry") || got[2] != "od d" {
		t.Errorf("%q", got)
	}
}

func TestClocksInWords(t *testing.T) {
	t.Parallel()
	for d, wanted := range map[time.Duration]string{
		0: "agrees with ours", -1900 * time.Millisecond: "agrees with ours", 3 * time.Minute: "is 3 min ahead of ours",
		-130 * time.Second: "is 2 min 10 s behind ours",
	} {
		want(t, d.String(), Skew(d), wanted)
	}
}

func TestAgesInWords(t *testing.T) {
	t.Parallel()
	c := Clock{Zone: zone(t, "Europe/London"), Now: 1_795_340_000 * cardea.Second}
	want(t, "unchanged", c.Age("api_key", c.Now-3*cardea.Hour, c.Now-3*cardea.Hour, 0), "api_key first seen 3 h ago, not changed since")
	want(t, "changed", c.Age("api_key", c.Now-72*cardea.Hour, c.Now-cardea.Hour, 0), "api_key changed 1 h ago, first seen 3 days ago")
	want(t, "token", c.Age("token", 0, 0, c.Now+7), "token lives until "+c.Moment(c.Now))
}

func TestReadsInWords(t *testing.T) {
	t.Parallel()
	c := Clock{Now: 1_795_340_000 * cardea.Second}
	at := c.Now - 5*cardea.Minute
	got := c.Reads([]Collection{
		{Kind: cardea.KindPerson, Grade: cardea.Complete, Records: 40, At: at}, {Kind: cardea.KindPass, Grade: cardea.Failed, At: at},
		{Kind: cardea.KindPlan, Grade: cardea.Complete, Records: 1, At: at},
	})
	if !slices.Equal(got, []string{"complete, 5 min ago: 40 people and 1 plan", "failed, 5 min ago: 0 passes"}) {
		t.Errorf("%q", got)
	}
	if got := c.Reads(nil); !slices.Equal(got, []string{"never read yet"}) {
		t.Errorf("%q", got)
	}
}

func TestTroublesAreSentencesWithTheirNamesAndAMend(t *testing.T) {
	t.Parallel()
	want(t, "a name keeps its letter", Trouble("refused", "c.yaml:7: no plan").Text, "c.yaml:7: no plan.")
	want(t, "no second stop", Trouble("refused", "did you mean it?").Text, "did you mean it?")
	want(t, "capital", Trouble("clock", "is slow", "2 min").Text, "Its clock is slow; nothing is written while the two differ by more than 2 min.")
	want(t, "cleaned", Trouble("not-listed", "a\x1b[31mb").Text, "What a mapping can name could not be listed now: a [31mb.")
	want(t, "unknown", Trouble("no such code").Text, "no such code")
	for code, w := range troubles {
		names := make([]any, strings.Count(w.Text, "%s"))
		for i := range names {
			names[i] = "name"
		}
		got := Trouble(code, names...)
		if strings.Contains(got.Text+got.Mend, "%") || got.Text == "" && got.Mend == "" || got.Mend != "" && !strings.HasSuffix(got.Mend, ".") {
			t.Errorf("%s: %q %q", code, got.Text, got.Mend)
		}
	}
	for _, class := range []cardea.Class{
		cardea.Retry, cardea.Throttled, cardea.Auth, cardea.Rejected, cardea.NotFound, cardea.Conflict, cardea.Unknown,
	} {
		if Trouble(string(class)).Mend == "" {
			t.Errorf("%s has no mend", class)
		}
	}
}
