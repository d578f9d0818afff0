package main

import (
	"fmt"

	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// printClosed prints the connections that nothing went through.
func (c *terminal) printClosed(closed []desk.Closed) {
	for _, one := range closed {
		fmt.Fprintf(c.out, "%s  %s\n", c.paint(bold, say.Clean(one.Connection)), c.paint(red, "closed: "+say.Clean(one.Error)))
		what := "it did not answer; it is asked again with the next run"
		if one.Refused {
			what = "mend the configuration"
		}
		fmt.Fprintf(c.out, "  %s waits for it: %s. Everything else went on\n", say.Clean(say.And(one.Integrations)), what)
	}
}
