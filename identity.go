package cardea

// The fields of a person's profile, as the configuration file, Limits.Profile and operations name them.
const (
	FieldFirst = "first"
	FieldLast  = "last"
	FieldEmail = "email"
	FieldPhone = "phone"
)

// ConflictKind says what is not settled about who is who (RULES.md LINK).
type ConflictKind string

// The kinds of conflicts.
const (
	ConflictSameEmail    ConflictKind = "same-email"     // people of one connection bear one address and share an account
	ConflictSeveral      ConflictKind = "several-people" // people with different addresses are on one account
	ConflictEmailChanged ConflictKind = "email-changed"  // a person's address is not their account's any more
	ConflictTaken        ConflictKind = "account-taken"  // the account with a person's address is somebody else's
	ConflictTwoAccounts  ConflictKind = "two-accounts"   // two accounts seem to be one person's
)

// IdentityConflict is a question of who is who that only a person can answer. It is derived anew with every plan: what answers it
// is a Decision.
type IdentityConflict struct {
	// ID names the kind, the people and the accounts, and nothing else.
	ID   string       `json:"id"`
	Door string       `json:"door"`
	Kind ConflictKind `json:"kind"`
	// People are those whom it is about, sorted; of account-taken, whoever asks for the account comes first.
	People []PersonID `json:"people"`
	// Accounts are those in question, sorted.
	Accounts []AccountID `json:"accounts,omitempty"`
	// Has is the account that the person of two-accounts is linked to already, if any.
	Has AccountID `json:"has,omitempty"`
	// Holder is who keeps the account when people are kept apart and nobody else is named.
	Holder PersonID `json:"holder,omitempty"`
	Text   string   `json:"text"`
}

// Decision is what an operator said of who is who. It speaks of a person and an account, or of two people, and wins over
// stored links, external ids and addresses until it is undone.
type Decision struct {
	ID       string `json:"id"`
	Conflict string `json:"conflict"` // the ID of the conflict that it settles
	Door     string `json:"door"`
	// Together says that the account is theirs, or that the two are one person; otherwise they are kept apart.
	Together bool      `json:"together"`
	Person   PersonID  `json:"person"`
	Account  AccountID `json:"account,omitempty"` // empty when it is about two people
	Other    PersonID  `json:"other,omitempty"`   // empty when it is about an account
	Note     string    `json:"note,omitempty"`
	By       string    `json:"by"`
	At       Instant   `json:"at"`
	UndoneAt Instant   `json:"undone_at,omitempty"` // 0 = it stands
	UndoneBy string    `json:"undone_by,omitempty"`
}

// Stands says whether nobody took the decision back.
func (d Decision) Stands() bool { return d.UndoneAt == 0 }

// Field is a field of the profile by its name.
func (a NewAccount) Field(name string) string {
	switch name {
	case FieldFirst:
		return a.First
	case FieldLast:
		return a.Last
	case FieldEmail:
		return a.Email
	case FieldPhone:
		return a.Phone
	}
	return ""
}

// AccountUpdate is what an account is to be given because its person's profile changed: the Fields of New, in the order in
// which they stand above.
type AccountUpdate struct {
	Account AccountID
	Person  PersonID
	Fields  []string
	New     NewAccount
}
