package officernd

import (
	"context"
	"fmt"
	"net/url"

	"github.com/cardea-access/cardea"
)

// stands asks once in a read whether a collection's listing answers: while it does not, "no such item" is what everything gets, and
// ends nobody's access. Errors: nil = it answers, be it that it was not asked rightly; Retry when it is not found either.
func (r *reader) stands(ctx context.Context, c collection) error {
	if r.stood[c.path] {
		return nil
	}
	answer, err := r.s.get(ctx, c.path, url.Values{"$limit": {"1"}})
	if err == nil {
		if _, err = decodePage(answer.Body); err != nil {
			err = fmt.Errorf("%s: %w", c.path, err)
		}
	}
	if cardea.ClassOf(err) == cardea.NotFound {
		return cardea.Errorf(cardea.Retry, "OfficeRnD says of single records that they are gone, and of the whole listing too: it is not "+
			"believed. Check base_url and org when it stays so: %w", err)
	}
	if cardea.ClassOf(err) == cardea.Rejected {
		err = nil // it is there: assignments are listed by membership or resource, and it says so
	}
	r.stood[c.path] = err == nil
	return err
}
