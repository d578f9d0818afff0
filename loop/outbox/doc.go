// Package outbox sends what is to be told to endpoints: webhooks that go out.
//
//	loop/wake --lease--> Wake --> the endpoint's events, in order --> Sender --HTTP--> the endpoint
//	                       |                                            |
//	                       +--- taken | again, when | given up | off <--+  a status, and nothing else of an answer
//
// An event was written down in the transaction of what it speaks of, so that none is lost and none is invented. It is sent until
// the endpoint takes it, under one id: a node that dies between the answer and our note of it has it sent again.
//
// Order: what happened first is sent first. An endpoint that does not answer is asked again later for the same event, so that
// nothing overtakes it; an event that is answered and refused is put aside, and holds nothing up. Each endpoint has a lane of its
// own.
package outbox
