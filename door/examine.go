package door

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Look is one thing that Examine looks at.
type Look func(context.Context) ([]cardea.Issue, error)

// Examine takes the looks one after another. What the credentials may not read, or the vendor does not have, becomes an issue.
// Errors: any other, with what was found before it.
func Examine(ctx context.Context, looks ...Look) ([]cardea.Issue, error) {
	var out []cardea.Issue
	for _, look := range looks {
		found, err := look(ctx)
		switch cardea.ClassOf(err) {
		case "":
		case cardea.NotFound, cardea.Rejected, cardea.Auth:
			found = append(found, cardea.Issue{Code: "not-examined", Text: "not everything could be looked at: " + err.Error()})
		case cardea.Retry, cardea.Throttled, cardea.Conflict, cardea.Unknown:
			return out, err
		}
		out = append(out, found...)
	}
	return out, nil
}
