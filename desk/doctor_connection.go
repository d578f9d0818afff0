package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// Examination is what Doctor found of one connection. Can, Bounds and Clock are words; unset instants are left out.
type Examination struct {
	Name   string `json:"name"`
	Side   string `json:"side"` // space, door
	System string `json:"system"`
	// Organisation is whose the connection is, as it says now; Pinned the id of the one that it belongs to, empty = not yet.
	Organisation cardea.Organisation `json:"organisation,omitzero"`
	Pinned       string              `json:"pinned,omitempty"`
	Error        string              `json:"error,omitempty"` // it cannot be used: why
	Mend         string              `json:"mend,omitempty"`  // and what to do
	Abilities    []string            `json:"abilities"`       // codes
	Can          []string            `json:"can"`
	Limits       *cardea.Limits      `json:"limits,omitempty"` // of door systems
	Bounds       []string            `json:"bounds,omitempty"`
	Budget       string              `json:"budget,omitempty"`
	Clock        string              `json:"clock,omitempty"`
	Credentials  []Credential        `json:"credentials,omitempty"`
	Collections  []say.Collection    `json:"collections,omitempty"` // of space systems: the last read of each
	ListedAt     cardea.Instant      `json:"listed_at,omitempty"`   // of door systems: when it was last listed whole
	// Pushes is set where the space system pushes who passes.
	Pushes   *Pushes   `json:"pushes,omitempty"`
	Assumed  []string  `json:"assumed,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	Seconds  float64   `json:"seconds"`
}

// Pushes are where a connection's space system pushes to, and what came.
type Pushes struct {
	Groups  string         `json:"groups"`  // the address that says which groups may be pushed
	Webhook string         `json:"webhook"` // and the one that takes pushes
	Last    cardea.Instant `json:"last"`    // the last that was believed and brought something new, 0 = none ever
	Kept    int            `json:"kept"`    // the newest of each person and location
}

// patient is a connection that is being looked at.
type patient struct {
	Examination

	issues []cardea.Issue    // what its connector found
	dir    *cardea.Directory // what mappings can name, as listed now; nil = it could not be listed
	groups []cardea.Group    // of a door system, the same
	listed bool              // groups are as listed now
}

// examine looks at one connection.
func (d *Desk) examine(ctx context.Context, name string, was store.Connection, c Checkup) (*patient, error) {
	began := d.c.Now()
	p := &patient{Examination: Examination{Name: name, Pinned: was.Organisation, Budget: c.Wired[name].Budget}}
	ask, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if s, ok := d.c.Spaces[name]; ok {
		p.Side, p.System = store.SideSpace, s.System
		p.know(s.Space, s.Space.Collections())
		p.describe(ask, was, min(answerTime, c.Timeout), s.Space.Describe)
		if p.Error == "" {
			p.look(ask, s.Space)
			p.listSpace(ask, s.Space)
		}
	} else {
		o := d.c.Doors[name]
		p.Side, p.System = store.SideDoor, o.System
		limits := o.Door.Limits()
		p.Limits, p.Bounds = &limits, say.Limits(limits)
		p.know(o.Door, nil)
		p.describe(ask, was, min(answerTime, c.Timeout), o.Door.Describe)
		if p.Error == "" {
			p.look(ask, o.Door)
			p.listGroups(ask, o.Door)
		}
	}
	if err := d.lastRead(ctx, p); err != nil {
		return p, err
	}
	if err := d.pushes(ctx, p); err != nil {
		return p, err
	}
	if err := d.heard(ctx, ask, p); err != nil {
		return p, err
	}
	if len(d.at(p.Side, name)) == 0 {
		p.Findings = append(p.Findings, minor("unused"))
	}
	p.Seconds = d.c.Now().Sub(began).Seconds()
	return p, d.credentials(ctx, p, was, c.Wired[name].Secrets)
}

// know notes what a system says of itself without being asked at its vendor.
func (p *patient) know(system any, lists []cardea.Kind) {
	p.Abilities = []string{}
	for _, a := range []struct {
		code string
		has  bool
	}{
		{"timed", is[door.Timed](system)},
		{"lockable", is[door.Lockable](system)},
		{"coded", is[door.Coded](system)},
		{"rewritable", is[door.Rewritable](system)},
		{"profiled", is[door.Profiled](system)},
		{"units", is[door.Units](system)},
		{"hooked", is[space.Hooked](system)},
		{"pushed", is[space.Pushed](system)},
		{"examined", is[door.Examined](system)}, // a space.Examined is one too
	} {
		if a.has {
			p.Abilities = append(p.Abilities, a.code)
		}
	}
	p.Can = say.Abilities(p.Abilities, lists)
	if a, ok := system.(door.Assuming); ok { // and so is a space.Assuming
		p.Assumed = a.Assumed()
	}
}

func is[T any](system any) bool {
	_, ok := system.(T)
	return ok
}

// describe asks whose the connection is.
func (p *patient) describe(
	ctx context.Context, was store.Connection, within time.Duration, ask func(context.Context) (cardea.Organisation, error),
) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	o, err := ask(ctx)
	if err != nil {
		p.Error, p.Mend = say.Clean(err.Error()), say.Trouble(string(cardea.ClassOf(err))).Mend
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
			p.Error, p.Mend = say.Trouble("no-answer", p.Name, say.Took(within)).Text, say.Trouble(string(cardea.Retry)).Mend
		}
		return
	}
	p.Organisation = o
	if o.Skew != 0 {
		p.Clock = say.Skew(o.Skew)
	}
	if o.Skew.Abs() > maxSkew {
		p.Findings = append(p.Findings, found("clock", p.Clock, say.Took(maxSkew)))
	}
	if was.Organisation != "" && was.Organisation != o.ID && was.Organisation != o.Was {
		p.Findings = append(p.Findings, found("other-organisation",
			called(o.ID, o.Name), called(was.Organisation, was.OrganisationName)))
	}
}

// look has the connector look for what should be mended.
func (p *patient) look(ctx context.Context, system any) {
	e, ok := system.(door.Examined)
	if !ok {
		return
	}
	issues, err := e.Examine(ctx)
	p.issues = issues
	if err != nil {
		p.Findings = append(p.Findings, found("not-examined", err.Error()))
	}
}

// weigh turns the connector's issues into findings. What is about a group that nobody maps needs no mending; mapped is nil
// where that is not known.
func (p *patient) weigh(mapped map[cardea.GroupID]bool) {
	names := map[cardea.GroupID]string{}
	for _, g := range p.groups {
		names[g.ID] = g.Name
	}
	for _, i := range p.issues {
		f := Finding{Code: i.Code, Text: say.Sentence(i.Text), Minor: i.Minor || i.Group != "" && mapped != nil && !mapped[i.Group]}
		if name := say.Clean(names[i.Group]); !strings.Contains(f.Text, name) {
			f.About = name
		}
		p.Findings = append(p.Findings, f)
	}
}

// lastRead notes how the connection was read the last time, by whoever did.
func (d *Desk) lastRead(ctx context.Context, p *patient) error {
	if p.Side == store.SideDoor {
		var err error
		p.ListedAt, err = d.ws.DoorReadAt(ctx, p.Name)
		return err
	}
	collections, err := d.ws.Collections(ctx, p.Name)
	type trouble struct {
		grade cardea.Grade
		why   string
	}
	lacking, at := map[trouble][]string{}, map[trouble]int{} // what failed for one reason is told once
	for _, c := range collections {
		p.Collections = append(p.Collections, collectionView(c))
		_, many := say.Kind(c.Kind)
		switch {
		case c.Grade == cardea.Failed && p.Error != "" && say.Clean(c.Why) == p.Error: // said already
		case c.Grade == cardea.Incomplete || c.Grade == cardea.Failed:
			same := trouble{c.Grade, c.Why}
			if _, told := at[same]; !told {
				at[same] = len(p.Findings)
				p.Findings = append(p.Findings, Finding{})
			}
			lacking[same] = append(lacking[same], many)
			f := found("read-incomplete", say.And(lacking[same]), c.Why)
			f.Mend = say.Grade(c.Grade).Mend
			p.Findings[at[same]] = f
		case c.SuspectSince != 0:
			p.Findings = append(p.Findings, minor("read-suspect", many))
		}
	}
	return err
}
