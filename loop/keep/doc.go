// Package keep keeps one door organisation in step: it decides from what has been read, works out what differs, carries
// it out and reads it back.
//
//	store: facts of every integration -> decide -> Unite --+
//	store: accounts, links -------------> match -----------+--> change.Plan --> Changeset --> apply --> read back
//	store: edges, ledger, policies, removals, holds -------+         |
//	                                                                 +--> next: when it would plan otherwise
//
// Plan has no way to write at the door system: a preview is a Plan that nobody applies. Run is Plan and apply under one
// lease. PlanFor does the same for a few people from their own records alone, and never loads the directory. Keep never
// reads a space system: who wants fresher facts marks its wake row.
package keep
