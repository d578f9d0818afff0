// Package twin is what every faked vendor of the sandbox stands on: records read from a world file by a declared shape,
// dates that move, closed-window rate limits, switches for what a fact sheet says twice, and the sending of webhooks.
// It knows no vendor.
//
//	world file --Parse(shape)--> Record --vendor package--> its own rows --HTTP--> the client under test
//	                                                            |
//	                                                        Outbox --signed--> the client's hook
package twin
