// Package door is the side that lets people pass: what every connector to a door system can do.
package door

import (
	"context"

	"github.com/cardea-access/cardea"
)

// System is one connection to a door system. Errors are cardea.Errors with a class.
type System interface {
	// Describe names the vendor's tenant behind the connection.
	Describe(ctx context.Context) (cardea.Organisation, error)
	// Limits says what the system can do, without asking it.
	Limits() cardea.Limits
	// Read brings accounts (KindAccount), groups (KindGroup) and edges (KindEdge, of the scope's groups or accounts).
	// With Scope.Accounts it reads these accounts' edges; with Scope.Groups those groups' edges.
	Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error
	// Find returns the accounts that may be this person's: by external id, else by exact e-mail. It is how a create
	// whose outcome is unknown is looked up.
	Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error)
	// Create makes an account. Conflict means that one is there already: Find it.
	Create(ctx context.Context, a cardea.NewAccount) (cardea.Account, error)
	// Grant puts edges; an edge that is there already with the same window is a success. It returns the edge's Ref by
	// position, and an error by position. len(es) <= Limits().Batch.
	Grant(ctx context.Context, es []cardea.Edge) ([]string, []error)
	// Revoke takes edges away; one that is not there is a success.
	Revoke(ctx context.Context, es []cardea.Edge) []error
}
