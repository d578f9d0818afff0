package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/console"
	"github.com/cardea-access/cardea/desk/say"
)

// crowd is a workspace with more of everything, under longer names, than anybody has drawn a page for.
type crowd struct{ *desk }

const (
	longName  = "Bartholomew-Maximilian Featherstonehaugh-Cholmondeley of Woolfardisworthy"
	longWord  = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
	longEmail = "bartholomew.maximilian.featherstonehaugh.cholmondeley@woolfardisworthy.llanfairpwllgwyngyllgogerychwyrndrobwll.example"
	many      = 130
)

func (c crowd) Overview(ctx context.Context) (console.Overview, error) {
	o, err := c.desk.Overview(ctx)
	for i := range 12 {
		o.Integrations = append(o.Integrations, say.Integration{
			Name: fmt.Sprint(longWord, i), Space: longWord, Door: longWord, State: say.Failed, Pending: 12345, Held: 67890, NextWake: c.at(-9),
			Why: longWord + " answered 503: " + strings.Repeat("the vendor is away for maintenance, ", 6),
		})
		o.Connections = append(o.Connections, say.Connection{
			Name: fmt.Sprint(longWord, i), Side: "space", System: "officernd", Organisation: longName, State: say.Late, LastRead: c.at(5000),
			Why: strings.Repeat(longWord, 2), SkewSeconds: 4000,
		})
		o.Frozen = append(o.Frozen, cardea.Freeze{
			Integration: fmt.Sprint(longWord, i), Reason: longWord, By: longEmail, Since: c.at(5), Until: cardea.Never,
		})
	}
	for i := range many {
		o.Blocked = append(o.Blocked, cardea.Block{
			Person: "rnd/person:x", Name: fmt.Sprint(longName, i), Note: longWord, By: longEmail, Since: c.at(7), Until: cardea.Never,
		})
		o.Waits = append(o.Waits, say.Wait{Door: "kisi", Group: "g", Name: fmt.Sprint(longWord, i), Count: 12345})
		o.Issues = append(o.Issues, say.Issue{
			Issue: cardea.Issue{Code: "left-but-named", Text: fmt.Sprint(longWord, " ", i%9)}, Who: fmt.Sprint(longName, i), Where: longWord,
			Since: c.at(9), Mend: "cardea explain --person " + longEmail + " --group 'id:" + longWord + "'",
		})
	}
	o.Issues = append(o.Issues, say.Issue{
		Issue: cardea.Issue{Code: "revocation-unconfirmed", Text: "INCIDENT: access that should have ended is not seen to be gone"},
		Who:   longName, Where: longWord, Since: c.at(20), Mend: "cardea sync",
	})
	return o, err
}

func (c crowd) Run(ctx context.Context, id string) (console.RunDetail, error) {
	d, err := c.desk.Run(ctx, id)
	d.Operations = nil
	for i := range many {
		o := c.operations()[i%8]
		o.PersonName, o.GroupName, o.Cause = fmt.Sprint(longName, i), longWord, cardea.CauseGranted
		d.Operations = append(d.Operations, o)
	}
	d.Planned = 4321
	return d, err
}

func (c crowd) FindPeople(context.Context, string) ([]console.Person, error) {
	var out []console.Person
	for i := range many {
		out = append(out, console.Person{
			ID: cardea.PersonID(fmt.Sprint("rnd/person:p", i)), Name: fmt.Sprint(longName, i), Email: longEmail, Team: longWord,
		})
	}
	return out, nil
}

func (c crowd) Groups(ctx context.Context) ([]console.Group, error) {
	out, err := c.desk.Groups(ctx)
	for i := range many {
		out = append(out, console.Group{
			Door: "kisi", ID: cardea.GroupID(fmt.Sprint("g", i)), Name: fmt.Sprint(longWord, i), Place: longWord, Mapped: true,
		})
	}
	return out, err
}
