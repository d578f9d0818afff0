package door

import (
	"context"
	"time"

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

// Explains systems know why a name that an operator wrote is none of their groups.
type Explains interface {
	// WhyNoGroup returns what follows "there is no access group NAME: ", a clause that says what would make it one; "" when
	// there is nothing to say of this name. It asks nobody.
	WhyNoGroup(name string) string
}

// Examined systems can look for what their operator should mend. It costs calls, and only doctor asks.
type Examined interface {
	Examine(ctx context.Context) ([]cardea.Issue, error)
}

// Assuming systems say what their connector takes for granted without the vendor's word for it, a sentence each.
type Assuming interface {
	Assumed() []string
}

// Code is an access code that a connector issued: whose it is and where it opens. The digits are not in it.
type Code struct {
	Account cardea.AccountID
	Group   cardea.GroupID
	ShownAt cardea.Instant // 0 = not shown yet
}

// Coded systems let people in by codes, and their connector draws and keeps them. Codes that somebody else set are neither
// shown nor changed. A code stands in no error.
type Coded interface {
	// Codes lists the codes that are in use, by account and group. It asks nobody.
	Codes(ctx context.Context) ([]Code, error)
	// Show returns the digits of a code, once: that they were shown is kept before they are. It asks nobody. Errors: Conflict
	// when they were shown before, or when it is not certain which code holds; NotFound when none was issued.
	Show(ctx context.Context, a cardea.AccountID, g cardea.GroupID) (string, error)
	// Renew puts another code in the place of one, which opens nothing from then on; the new one can be shown once. It may be
	// repeated. Errors: NotFound when none was issued, or the entry is gone; Conflict when it is not certain whose the entry
	// is; Unknown when it is not certain which of the two codes holds.
	Renew(ctx context.Context, a cardea.AccountID, g cardea.GroupID) error
}

// Clocked systems know how far the vendor's clock is ahead of ours, from the last answer; false before the first one.
type Clocked interface {
	Skew() (time.Duration, bool)
}
