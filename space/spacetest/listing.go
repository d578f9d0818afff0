package spacetest

import (
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
)

// same compares what came with what the vendor holds, and names the first difference.
func same(p *cardea.Pages, want []string) error {
	came := map[string]bool{}
	for _, r := range p.Records() {
		came[r.Key().ID] = true
		if !slices.Contains(want, r.Key().ID) {
			return fmt.Errorf("%s came, the vendor does not hold it", r.Key())
		}
	}
	for _, id := range want {
		if !came[id] {
			return fmt.Errorf("%s %s did not come, the vendor holds it", p.Kind(), id)
		}
	}
	return nil
}
