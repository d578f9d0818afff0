package door

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Absent judges a "no such thing" before it is taken for the end of a group, an account or an entry. An outage, a base_url that
// is wrong and a login that was taken off the organisation answer so to everything: whoever believed that would call groups gone
// and removals done. It is believed only while probe, the vendor's cheapest read that shows the organisation, goes through. The
// probe must not be judged by Absent itself. Errors: the given one when it is of another class or is believed; Retry when the
// probe is not found either; any other error of the probe.
func Absent(ctx context.Context, vendor string, err error, probe func(context.Context) error) error {
	if cardea.ClassOf(err) != cardea.NotFound {
		return err
	}
	switch seen := probe(ctx); {
	case cardea.ClassOf(seen) == cardea.NotFound:
		return cardea.Errorf(cardea.Retry, "%s answers that nothing is there, its own organisation neither: an outage, or a wrong "+
			"base_url. Check base_url when it stays so: %w", vendor, err)
	case seen != nil:
		return seen
	}
	return err
}
