// Package notify sends webhooks as the Standard Webhooks specification (version 1.0.0) has them, with an HTTP client of its own.
//
//	Send(endpoint, id, body) --sign: HMAC-SHA256 of id.timestamp.body--> POST --> a status
//
// It dials what the configuration names and nothing else: no proxy of the environment, no redirect, no cookie. Of an answer the
// status alone is looked at; the body is read to a limit, so that the line can be used again, and thrown away. Nothing that an
// endpoint says gets into an error, a log or the database.
package notify
