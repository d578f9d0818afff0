// Package space is the side that knows what was sold: what every connector to a space system can do.
//
//	read  -->  System.Read(scope, intake)  -->  vendor's API
//	            records, page by page  -->  Intake  -->  evidence
//
// A connector brings records and marks; it never says that a listing is complete, and it never decides.
package space

import (
	"context"
	"net/http"

	"github.com/cardea-access/cardea"
)

// System is one connection to a space system.
type System interface {
	// Describe names the tenant behind the connection. Errors: Auth, Retry, Rejected.
	Describe(ctx context.Context) (cardea.Organisation, error)
	// Read brings what the scope asks for into the intake, each collection on its own: one that fails is ended with
	// Fail and the others go on. It returns an error only when nothing can be read at all (credentials, tenant).
	Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error
	// Collections lists the kinds that the system has.
	Collections() []cardea.Kind
}

// Lacking systems have no items of some kinds: a mapping of them would never give anything, and is refused.
type Lacking interface {
	// Lacks returns a clause that says so, such as "OfficeRnD has no rentable units"; "" when there are items of the kind.
	// It asks nobody.
	Lacks(kind cardea.ItemKind) string
}

// Examined systems can look for what their operator should mend. It costs calls, and only doctor asks.
type Examined interface {
	Examine(ctx context.Context) ([]cardea.Issue, error)
}

// Assuming systems say what their connector takes for granted without the vendor's word for it, a sentence each.
type Assuming interface {
	Assumed() []string
}

// Editable systems keep their records in our own database, and people here edit them: by import and by commands. Editable
// is called by nobody; having it is the mark.
type Editable interface {
	Editable()
}

// Profiled systems may give one person several records, which bear one e-mail address. Profiled is called by nobody; having it is
// the mark.
type Profiled interface {
	Profiled()
}

// Hooked systems announce changes. Verify checks the signature over the raw body in constant time and returns which records
// should be read again; it returns no facts. Errors: Auth for what is not the vendor's or is too old, Rejected for what is but
// cannot be read, Retry when it cannot be told now.
type Hooked interface {
	Verify(ctx context.Context, h http.Header, body []byte) (cardea.Hint, error)
	// Announces lists the collections whose changes the vendor tells of. It asks nobody.
	Announces() []cardea.Kind
}

// Pushed systems push what each person may pass, worked out by themselves, and ask which groups they may name (RULES.md PUSHED).
type Pushed interface {
	// Accept proves in constant time that a request is the system's, and reads the push in its body. Errors: Auth for what is not the
	// system's, Rejected for what is but cannot be read.
	Accept(r *http.Request) (cardea.Push, error)
	// Asks proves that a request for the groups is the system's, as Accept does. Errors: Auth.
	Asks(h http.Header) error
}

// Hooks systems can be told by their API where to send what they announce.
type Hooks interface {
	// Install has everything that Verify understands sent to the address, and switches on again what the vendor had switched
	// off. It may be repeated. What was registered for another address under our name is taken away.
	Install(ctx context.Context, url string) (cardea.HookState, error)
	// Installed says how that stands. NotFound when nothing of ours is registered.
	Installed(ctx context.Context) (cardea.HookState, error)
	// Uninstall takes away what Install registered; nothing there is a success.
	Uninstall(ctx context.Context) error
}
