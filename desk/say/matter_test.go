package say

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestIssuesThatSayTheSameAreOneMatter(t *testing.T) {
	t.Parallel()
	issue := func(code, text, who, where string, since cardea.Instant) Issue {
		return Issue{Issue: cardea.Issue{Code: code, Text: text}, Who: who, Where: where, Since: since}
	}
	got := Matters([]Issue{
		issue("left-but-named", "the person has left", "bram Okafor", "", 300),
		issue("no-email", "cannot be given: no e-mail.", "Ana Lopes", "First floor", 200),
		issue("left-but-named", "the person has left", "Ana\x1b Lopes", "", 100),
		issue("left-but-named", "the person has left", "Ana\x1b Lopes", "", 400),
		issue("left-but-named", "another text", "", "", 0),
		{Issue: cardea.Issue{Code: "left-but-named", Text: "the person has left", Person: "rnd/person:9"}},
	})
	if len(got) != 3 {
		t.Fatalf("%d matters: %+v", len(got), got)
	}
	want(t, "text", got[0].Text, "The person has left.")
	want(t, "about", strings.Join(got[0].About, "; "), "Ana  Lopes; bram Okafor")
	want(t, "some", got[0].Some(1), "Ana  Lopes and 2 others")
	want(t, "none", got[2].Some(3), "")
	want(t, "another", strings.Join(got[1].About, "; "), "Ana Lopes (First floor)")
	want(t, "sentence", got[1].Text, "Cannot be given: no e-mail.")
	if got[0].Count != 4 || got[0].Since != 100 || len(got[2].About) != 0 {
		t.Errorf("counted %+v", got)
	}
}
