package cardea_test

import (
	"encoding/json"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestKeysComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, k := range []cardea.Key{{Kind: cardea.KindPerson, ID: "a:b"}, {Kind: cardea.KindBooking}} {
		b, err := json.Marshal(cardea.Issue{Record: &k})
		if err != nil {
			t.Fatal(err)
		}
		var i cardea.Issue
		if err := json.Unmarshal(b, &i); err != nil || i.Record == nil || *i.Record != k {
			t.Errorf("%s came back as %+v: %v", b, i.Record, err)
		}
	}
	for _, bad := range []string{"", ":", "person", ":1"} {
		var k cardea.Key
		if err := k.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read as %+v", bad, k)
		}
	}
}

func TestBlocksAndFreezesHoldUntilTheyEnd(t *testing.T) {
	t.Parallel()
	b, f := cardea.Block{Since: 5, Until: 9}, cardea.Freeze{Since: 5, Until: cardea.Never}
	for at, want := range map[cardea.Instant][2]bool{4: {}, 5: {true, true}, 8: {true, true}, 9: {false, true}} {
		if got := [2]bool{b.Holds(at), f.Holds(at)}; got != want {
			t.Errorf("at %d: %v", at, got)
		}
	}
}
