// Package wire is the HTTP client that the connectors of both sides share. It knows no vendor.
//
//	Do(ctx, Call) -> admit      read-only mode, declared reads
//	              -> Budget     wait for a slot; the most urgent waiter goes first
//	              -> Authorizer key or token; a refused token is dropped and tried again once
//	              -> transport  one attempt with a timeout, no redirects, answers capped at 8 MiB
//	              -> Budget     corrected by what the answer's headers say
//	              -> Answer, or an error with a class
//
// Reads are repeated a few times with jitter. Writes are never repeated here: whoever sends them knows how to look whether
// they took effect. Every error is a *cardea.Error whose text holds no secret.
package wire
