package door

import (
	"context"

	"github.com/cardea-access/cardea"
)

// Timed systems hold a validity window on each edge.
type Timed interface {
	// Retime brings the edge from was to the window of now as one resumable operation: called again after it was cut
	// short anywhere, it ends with exactly one edge with the new window. It returns the new Ref.
	Retime(ctx context.Context, was, now cardea.Edge) (string, error)
}

// Profiled systems hold attributes on each edge: where and when it opens (cardea.Attributes).
type Profiled interface {
	// Reprofile gives the edge the attributes of now that are not empty. It may be repeated. It returns the Ref.
	// Errors: Rejected when the system has no attribute of that name, naming those it has.
	Reprofile(ctx context.Context, was, now cardea.Edge) (string, error)
}

// Lockable systems can shut an edge without taking it away. What somebody else shut is read as Foreign and stays shut.
type Lockable interface {
	// Lock shuts edges; one that is shut already is a success. Errors by position.
	Lock(ctx context.Context, es []cardea.Edge) []error
	// Unlock opens edges that Lock shut; one that is open already is a success. Errors by position.
	Unlock(ctx context.Context, es []cardea.Edge) []error
}

// Units systems have rentable units, each of them an access group. A unit is known by its number, trimmed and whatever
// the case of its letters.
type Units interface {
	// UnitGroup returns the id of the group that a unit of this number has, or will have once it is made. It asks nobody.
	UnitGroup(number string) cardea.GroupID
	// AddUnit makes a vacant unit. One that is there already is a success. Errors: Rejected when the vendor refuses the
	// number.
	AddUnit(ctx context.Context, number string) (cardea.Group, error)
	// RenameUnit gives a unit another number; its people stay on it with their codes. It is resumable: called again
	// after it was cut short anywhere, it ends with exactly one unit, of the new number, and everybody on it.
	RenameUnit(ctx context.Context, was cardea.GroupID, number string) (cardea.Group, error)
	// DeleteUnit takes a vacant unit away; one that is not there is a success. Errors: Conflict when somebody has it.
	DeleteUnit(ctx context.Context, id cardea.GroupID) error
}

// Examined systems can look for what their operator should mend. It costs calls, and only doctor asks.
type Examined interface {
	Examine(ctx context.Context) ([]cardea.Issue, error)
}

// Assuming systems say what their connector takes for granted without the vendor's word for it, a sentence each.
type Assuming interface {
	Assumed() []string
}
