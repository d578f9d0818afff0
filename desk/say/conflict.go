package say

import (
	"strings"

	"github.com/cardea-access/cardea"
)

// Update tells what an account is given: "name Ana Silva, email ana@x.test".
func Update(o cardea.Operation) string {
	if o.New == nil {
		return Verb(o.Verb).Text
	}
	var parts []string
	named := false
	for _, f := range o.Fields {
		switch {
		case f != cardea.FieldFirst && f != cardea.FieldLast:
			parts = append(parts, f+" "+Clean(o.New.Field(f)))
		case !named:
			named = true
			parts = append(parts, "name "+Clean(o.New.Name))
		}
	}
	return "account gets " + strings.Join(parts, ", ")
}

var conflicts = map[cardea.ConflictKind]Word{
	cardea.ConflictSameEmail: {
		"same e-mail", "several people bear one address and share one account",
		"merge: they are one person. apart: the account stays with one of them (--person names another); the others get none until " +
			"they have an address of their own",
	},
	cardea.ConflictSeveral: {
		"several people", "people with different addresses are on one account",
		"merge: they are one person, or meant to share it. apart: it stays with one of them (--person names another); the others are " +
			"matched anew",
	},
	cardea.ConflictEmailChanged: {
		"e-mail changed", "a person's address is not their account's any more",
		"merge: the account is theirs all the same. apart: it is not theirs any more; they are matched anew",
	},
	cardea.ConflictTaken: {
		"account taken", "the account with a person's address is somebody else's",
		"merge: they are one person; with --person, the account is that person's alone. apart: it stays with who has it",
	},
	cardea.ConflictTwoAccounts: {
		"two accounts", "two accounts seem to be one person's",
		"merge --account ID: that one is theirs, and the other one is not. apart: those that are not linked to them are not theirs",
	},
}

// Conflict tells what a conflict is called, what it is, and what each choice would do.
func Conflict(k cardea.ConflictKind) Word {
	if w, ok := conflicts[k]; ok {
		return w
	}
	return Word{Short: Clean(string(k)), Text: Clean(string(k))}
}
