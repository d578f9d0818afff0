// Package read brings what one space connection says into the store, with the evidence for it.
//
//	space.System --pages--> Intake --evidence--> Merge --questions--> space.System (by id)
//	                                               |                        |
//	                                            findings <---- Settle <-----+
//	                                               |
//	                                       store.SaveRead: facts, collections, dirty people, wake marks: one transaction
//
// Silence never removes anybody. Merge and Settle are pure and hold every rule of absence (RULES.md 5.1 to 5.3): only a
// complete reading that is not suspect says that a record is not there, and even that is asked again by id, or waits for
// a second reading. Everything less only adds.
package read
