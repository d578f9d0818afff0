// Package apply carries out a changeset at one door system, one operation after the other, and reads back what it did.
//
//	operation --check--> store.Sending --> door.System --> store.Answered --...--> read back --> store.Confirmed
//	             |        (committed        |    |
//	             |         before the       |    +-- outcome unknown: look at the vendor before anything else
//	             v         request)         +-- throttled, passing trouble: wait, with jitter, and again
//	          skipped: its starting point moved
//
// Whatever stands in state sending when a run begins was cut short: Recover looks it up at the vendor and settles it
// before anything else goes out. That, and not the repeating, is why a crash makes no second account and loses no
// revocation. An operation counts when it was read back (RULES.md 6).
package apply
