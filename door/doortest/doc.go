// Package doortest is the conformance suite of the door side: what every connector to a door system must do, asked of the
// connector through its own HTTP client and of its faked vendor behind it.
//
//	Run(t, Rig)  -->  for each check: a bubble of testing/synctest
//	                    Rig.Open(Options)  -->  Bench{System, what the vendor holds, its faults, its log}
//	                    check(System)      -->  error: what it did and what it should have done
//	                    then: no secret in any error, log or record
//
// The suite believes nothing that a System says of its own doings: whether an edge was put is asked of the vendor's side
// (Bench.Truth), and so is how often something was sent (Bench.Writes). Its own tests run every check against systems that
// misbehave in one way each; a check that lets its liar pass is broken.
//
// # A rig for another connector
//
// In conformance_test.go beside the connector (package NAME_test, the only files that may import both a connector and the
// sandbox):
//
//  1. Open writes a world of the vendor (YAML) of o.Rows rows of o.Kind, or for an empty kind a small one: two groups that
//     can be written to, the first with plain edges of two accounts. It starts sandbox.New with Now: time.Now (the
//     bubble's), sets the switches of the habit, and builds a wire.Client on o.Line.Around(server.Transport()) as cmd does
//     for production: same budget, same Classify, same Secrets, and o.ReadOnly; in small worlds with a wire.Recorder that
//     writes into a buffer. With o.WrongSecret the credentials are such as the vendor refuses. Tokens come through the
//     same transport.
//  2. Bench.Truth turns the vendor's control state into edges, Bench.Fault turns a Fault into the sandbox's: its Call
//     names what is struck, and the rig knows which requests those are.
//  3. Rig.Page says how many rows a page of each listing has, Rig.Floor which rows are always there, Rig.Grade what a whole
//     listing is worth where the vendor gives neither count nor end, Rig.Classes where statuses mean something of their own.
//  4. What the vendor cannot show goes into Rig.Lacks: the check's name, or the part before its colon, and why. The suite
//     logs it; nothing is left out silently.
//  5. doortest.Run(t, rig), once for each habit of the vendor that matters.
//
// A system without HTTP leaves Line alone and names the checks that strike at the wire in Lacks.
package doortest
