// Package store keeps what Cardea knows, on SQLite or PostgreSQL.
//
//	          In(workspace)                one SQL text for both engines (query/*.sql, compiled into internal/gen)
//	*Store  --------------->  *Workspace  -------------------------------------------------------------------------
//	   |                          |   connections, integrations, secrets, policies         what was said
//	   |                          |   SaveRead -> facts, references, evidence, dirty       the space side
//	   |                          |   SaveHouse, Remember                                  our own records; what connectors keep
//	   |                          |   SaveDoorRead -> groups, accounts, edges, MoveGroup   the door side
//	   |                          |   changesets, operations, links, ledger, removals      what is being done, and was
//	   |                          |   issues, runs, audit                                  what is told
//	   |                          |   RememberTelling -> outbox, endpoints                 what others are told by webhook
//	   +-- Claim, Renew, Release, NextWake: the wake rows of all workspaces                who does it, and when
//
// A workspace is the only way to a query, and every query names it. Bulk rows and sets of ids travel as one JSON object in
// one parameter. Instants are microseconds, and come in from the caller; SaveHouse and Remember, which get none, ask
// Options.Now.
//
// What belongs together is written in one transaction: the facts of a read with the wake marks and dirty people they
// cause, an operation's outcome with the ledger, both with their line in the audit log. No transaction is held
// across a vendor's answer. A write that carries a lease writes nothing when the lease is lost.
//
// SQLite gets one writer, whose transactions take the write lock when they begin, and readers that refuse to write.
//
// Errors are cardea.Errors: NotFound (what it belongs to is not there), Conflict (it is there already, or the lease is
// lost), Rejected (it can never be stored), Retry (the database is busy or away), Unknown (everything else). They come
// beside each method only where that says more.
package store
