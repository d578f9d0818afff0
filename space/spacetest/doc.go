// Package spacetest is the conformance suite of the space side: what every connector to a space system must do, asked of the
// connector through its own HTTP client and of its faked vendor behind it.
//
//	Run(t, Rig)  -->  for each check: a bubble of testing/synctest
//	                    Rig.Open(Options)  -->  Bench{System, what the vendor holds, its faults, its log}
//	                    check(System)      -->  error: what it did and what it should have done
//	                    then: no secret in any error, log or record
//
// The suite believes no listing for its own sake: what should have come is asked of the vendor's side (Bench.Truth). What it
// asks above all is that silence is never taken for absence: a page that is short, empty or refused leaves no complete
// evidence, and a record is missing only when the vendor was asked for it by its id and knows no such one. Whether a reading
// is suspect is decided elsewhere, by comparing it with the one before; here is asked for what that rests on, evidence of the
// whole with the count that came. Its own tests run every check against systems that misbehave in one way each; a check that
// lets its liar pass is broken.
//
// # A rig for another connector
//
// In conformance_test.go beside the connector (package NAME_test, the only files that may import both a connector and the
// sandbox):
//
//  1. Open writes a world of the vendor (YAML) of o.Rows rows of o.Kind and of what they need, or for an empty kind a small
//     one with at least one record of each kind. It starts sandbox.New with Now: time.Now (the bubble's), sets the switches
//     of the habit, and builds a wire.Client on o.Line.Around(server.Transport()) as cmd does for production: same budget,
//     same Classify, same Secrets, and o.ReadOnly; in small worlds with a wire.Recorder that writes into a buffer. With
//     o.WrongSecret the credentials are such as the vendor refuses. Tokens come through the same transport.
//  2. Bench.Truth names the records of a kind by the ids that the connector gives them; Bench.Fault turns a Fault into the
//     sandbox's: its Kind names the listing that is struck, its Single the reads by id, and the rig knows which requests
//     those are.
//  3. Rig.Page says how many rows a page of each listing has, Rig.Floor which rows are always there, Rig.Grade what a whole
//     listing is worth where the vendor gives neither count nor end, Rig.Classes where statuses mean something of their own.
//  4. What the vendor cannot show goes into Rig.Lacks: the check's name, or the part before its colon, and why. The suite
//     logs it; nothing is left out silently.
//  5. spacetest.Run(t, rig), once for each habit of the vendor that matters.
//
// A system without HTTP (records of our own database) leaves Line alone, has no Page and no Rate, and names in Lacks the
// checks that strike at the wire: breaks off, short page, empty page, empty list, refused, status, passing trouble, trouble
// by key, expiry, throttle, wrong credentials, secrets.
package spacetest
