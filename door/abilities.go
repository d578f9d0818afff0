package door

import (
	"context"
	"net/http"
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

// Rewritable systems can change what an account says of its person once it is made: the fields of Limits.Profile.
type Rewritable interface {
	// Rewrite gives the account these fields of now, one at least and none outside Limits.Profile, and leaves the rest as it
	// is. It may be repeated. What it gave is what Read shows of the account afterwards. Errors: NotFound when there is no
	// such account; Conflict when another one has the address and the system keeps addresses apart; Rejected when a field
	// cannot be given.
	Rewrite(ctx context.Context, account cardea.AccountID, now cardea.NewAccount, fields []string) error
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

// Scheduled systems may keep times of their own on a group, which cut what is given there without anybody's seeing it in an edge.
type Scheduled interface {
	// OwnTimes returns what follows "the group opens": when it does, by what the system itself keeps on it, and what to do; "" =
	// around the clock. It costs calls, and only explain asks. Errors: NotFound for a group that is gone.
	OwnTimes(ctx context.Context, g cardea.GroupID) (string, error)
}

// Polled systems announce nothing of their own accord, and keep a log that can be asked what happened.
type Polled interface {
	// Poll returns what is worth another look since an instant, and the instant to ask from the next time; since 0 it learns only the
	// latter.
	Poll(ctx context.Context, since cardea.Instant) (cardea.Hint, cardea.Instant, error)
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

// Clocked systems know how far the vendor's clock is ahead of ours, from the last answer; false before the first one, and where our
// clock may have been set since: then it may be as large as this, and whoever must know asks the vendor something.
type Clocked interface {
	Skew() (time.Duration, bool)
}

// Hooked systems announce what happens at the vendor's. Verify checks the signature over the raw body in constant time and returns
// what is to be looked at again: accounts, groups, entries by their Ref. Errors: Auth for what is not the vendor's or is too old,
// Rejected for what is but cannot be read, Retry when it cannot be told now.
type Hooked interface {
	Verify(ctx context.Context, h http.Header, body []byte) (cardea.Hint, error)
}

// Hooks systems can be told by their API where to send what they announce.
type Hooks interface {
	// Install has everything that Verify understands sent to the address, signed with the secret where the vendor lets it be
	// chosen, and switches on again what the vendor had switched off. It may be repeated. What was registered for another
	// address under our name is taken away.
	Install(ctx context.Context, url, secret string) (cardea.HookState, error)
	// Installed says how that stands. NotFound when nothing of ours is registered.
	Installed(ctx context.Context) (cardea.HookState, error)
	// Uninstall takes away what Install registered; nothing there is a success.
	Uninstall(ctx context.Context) error
}

// PassState is how far somebody's mobile pass is.
type PassState string

// The states.
const (
	PassAsked    PassState = "asked"    // an invitation was meant to be made; whether it was is looked up first
	PassPending  PassState = "pending"  // an invitation is out
	PassRedeemed PassState = "redeemed" // it is on a phone
)

// Pass is what is remembered of an account's mobile pass.
type Pass struct {
	Account cardea.AccountID
	State   PassState
	Expires cardea.Instant // of a pending invitation; 0 = it is not known
	Theirs  bool           // somebody else issued it
}

// PassWish is what an account's grants ask of its mobile pass.
type PassWish struct {
	Account cardea.AccountID
	Email   string // where an invitation goes, and what it is redeemed with
	// Runs says that it holds an entry that we put; Soon that a grant runs, or begins within a day. Neither: all is over.
	Runs, Soon bool
	Mails      cardea.Mails // never = the vendor is not to write
	// People are whose account it is: whoever is told of the pass is told of them.
	People []cardea.Whom
}

// Passes systems let people in by a pass on their phone, to which they are invited once.
type Passes interface {
	// Passes lists what is remembered, in any order, and says whether passes are issued at all. It asks nobody.
	Passes(ctx context.Context) (issued []Pass, on bool, err error)
	// SettlePasses does what is left to do for each of the accounts: Runs and no pass, one invitation; an invitation that expired, and
	// Runs or Soon, another one; all over, a pending one is cancelled, and a redeemed one goes where that is configured. What somebody
	// else issued stays. It may be repeated, and cut short anywhere: an invitation goes out once. Errors by position.
	SettlePasses(ctx context.Context, wishes []PassWish) []error
	// PassCode returns the code that a pending invitation is redeemed with. It asks nobody. Errors: NotFound.
	PassCode(ctx context.Context, a cardea.AccountID) (string, error)
}

// Counting systems count every group that an account is in towards Limits.GroupsPerPerson, those too whose entries nobody lists.
type Counting interface {
	// Counted says when Read by accounts last told whole what an account is in; the zero time = not since the process began. It
	// asks nobody.
	Counted(a cardea.AccountID) time.Time
}
