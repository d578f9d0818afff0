// Package cardea holds the words of the house: what a space system sells, what a door system lets pass, what was decided
// and what is to be changed, as plain values.
//
//	space system            Cardea                                      door system
//	------------            ------                                      -----------
//	person, team      ->    Directory --decide--> Grants --change-->    Account, Group
//	agreement, pass         (facts, evidence)     (why)     Changeset   Edge
//	booking                                                   |
//	                                                       Ledger (what we put there, and why)
//
// Nothing in this package does I/O, reads a clock or starts a goroutine. Values are immutable once built, sorted where
// they are lists, and survive a round trip through JSON.
package cardea
