// Package wake does what is due, when it is due: one row for each unit of work, whoever asks for it.
//
//	hook, button, timer, another loop --mark--> wake row --claim--> lease --> handler --> release (next instant)
//	                                              ^                   |                         |
//	                                              |            renewed at a third               |
//	                                              |            of its life; lost =              |
//	                                              |            the context ends                 |
//	                                              +------------- sleep until the earliest <-----+
//
// The rows are the truth; a poke only ends the sleep early. A mark that comes while its unit is being worked on leaves
// the row due, so that nothing is lost. Any number of nodes may run a loop on one database: a lease is held by one.
package wake
