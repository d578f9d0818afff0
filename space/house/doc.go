// Package house is our own space system, for operators who have none: its records live in our own database and arrive by
// import (package sheet) or by commands.
//
//	Read(scope) --> whole: one collection after another, each with its count
//	            --> keys:  the record, or Missing: the database's own word that it is not there
//	            --> people: the person, their team, what both hold, what invites them, and what those point to
//	Check(records)       --> what makes a record useless, with the mend
//	Diff(before, after)  --> what an import would change, before it does
//
// Records are stored as they are, so nothing is decided here. What is imported becomes true for the rules only when it is
// read, through the same evidence as every other space system: an import that empties a collection is as suspect as a
// vendor's empty answer.
package house
