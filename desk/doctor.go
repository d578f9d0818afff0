package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// Checkup says what Doctor is to look at, and what only the configuration knows.
type Checkup struct {
	Connections []string // by name; none = all
	Wired       map[string]Wired
	Timeout     time.Duration // for all that one connection is asked; 0 = 2 min
}

// Wired is what the configuration knows of a connection.
type Wired struct {
	Secrets map[string]string // by their keys; they are compared, never kept
	Budget  string            // such as 5/s
}

// Diagnosis is what Doctor found.
type Diagnosis struct {
	At           cardea.Instant `json:"at"`
	Connections  []Examination  `json:"connections"`
	Integrations []Fitness      `json:"integrations"`
	// Webhooks are those who are told of events, when everything was to be looked at. Nobody of them is asked.
	Webhooks []WebhookStanding `json:"webhooks,omitempty"`
}

// Finding is one thing that is the matter. Minor ones are worth knowing and need no mending.
type Finding struct {
	Code  string `json:"code"`
	Text  string `json:"text"`            // a sentence
	Mend  string `json:"mend,omitempty"`  // a sentence; empty where Text says it already
	About string `json:"about,omitempty"` // the access group
	Minor bool   `json:"minor,omitempty"`
}

const (
	// atOnce is how many connections are looked at together.
	atOnce = 8
	// checkupTime is how long a connection is asked unless somebody says otherwise, and answerTime how long it may take to say
	// whose it is.
	checkupTime = 2 * time.Minute
	answerTime  = 30 * time.Second
	// maxSkew is RULES.md 5.7.
	maxSkew = 2 * time.Minute
)

// Doctor looks at connections, and at the integrations whose two connections are among them. It asks the systems, each for
// itself, and writes nothing but the ages of credentials into the store: it may run beside a server. Integrations are compared
// with what the systems list now, else with what was read last. Errors: NotFound for a connection that is not configured,
// and those of the store; what is wrong with a connection is a finding.
func (d *Desk) Doctor(ctx context.Context, c Checkup) (Diagnosis, error) {
	out := Diagnosis{At: d.now(), Connections: []Examination{}, Integrations: []Fitness{}}
	names, err := d.toCheck(c.Connections)
	if err != nil {
		return out, err
	}
	rows, err := d.ws.Connections(ctx)
	if err != nil {
		return out, err
	}
	known := map[string]store.Connection{}
	for _, r := range rows {
		known[r.Name] = r
	}
	if c.Timeout <= 0 {
		c.Timeout = checkupTime
	}
	seen, failed := make([]*patient, len(names)), make([]error, len(names)+1)
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			seen[i], failed[i] = d.examine(ctx, name, known[name], c)
		})
	}
	all.Wait()
	failed[len(names)] = ctx.Err()
	if err := errors.Join(failed...); err != nil {
		return out, err
	}
	patients := map[string]*patient{}
	for i, name := range names {
		patients[name] = seen[i]
	}
	sameOrganisation(seen, rows)
	mapped, err := d.fitnesses(ctx, patients, &out)
	if err != nil {
		return out, err
	}
	for _, p := range seen {
		p.weigh(mapped[p.Name])
		out.Connections = append(out.Connections, p.Examination)
	}
	if len(c.Connections) == 0 {
		out.Webhooks, err = d.Webhooks(ctx)
	}
	return out, err
}

// toCheck are the connections of these names, all of them when none is named.
func (d *Desk) toCheck(names []string) ([]string, error) {
	all := slices.AppendSeq(slices.Collect(maps.Keys(d.c.Spaces)), maps.Keys(d.c.Doors))
	slices.Sort(all)
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil, cardea.Errorf(cardea.NotFound, "there is no connection %q%s", n, Nearest(n, all))
		}
	}
	if len(all) == 0 {
		return nil, cardea.Errorf(cardea.Rejected, "no connection is configured: name one in the file")
	}
	if len(names) > 0 {
		all = slices.DeleteFunc(all, func(n string) bool { return !slices.Contains(names, n) })
	}
	return all, nil
}

// Standing is Incomplete when a connection failed, Pending when something is to be mended, else InStep.
func (d Diagnosis) Standing() Standing {
	worst := InStep
	if !d.toldWell() {
		worst = Pending
	}
	mend := func(fs []Finding) {
		if slices.ContainsFunc(fs, func(f Finding) bool { return !f.Minor }) {
			worst = max(worst, Pending)
		}
	}
	for _, c := range d.Connections {
		if c.Error != "" {
			worst = Incomplete
		}
		mend(c.Findings)
	}
	for _, i := range d.Integrations {
		mend(i.Findings)
	}
	return worst
}

// found makes a finding of one of doctor's own codes.
func found(code string, names ...any) Finding {
	w := say.Trouble(code, names...)
	return Finding{Code: code, Text: w.Text, Mend: w.Mend}
}

// minor makes one that needs no mending.
func minor(code string, names ...any) Finding {
	f := found(code, names...)
	f.Minor = true
	return f
}

// sameOrganisation finds connections to one system that lead to one organisation, here or as they were pinned.
func sameOrganisation(seen []*patient, rows []store.Connection) {
	for _, p := range seen {
		for _, r := range rows {
			if r.Name != p.Name && r.System == p.System && r.Organisation != "" && r.Organisation == p.Organisation.ID {
				p.Findings = append(p.Findings, found("same-organisation", p.Name, r.Name, called(p.Organisation.ID, p.Organisation.Name)))
			}
		}
		for _, o := range seen {
			pinned := slices.ContainsFunc(rows, func(r store.Connection) bool { return r.Name == o.Name && r.Organisation != "" })
			if o.Name != p.Name && !pinned && o.System == p.System && o.Organisation.ID != "" && o.Organisation.ID == p.Organisation.ID {
				p.Findings = append(p.Findings, found("same-organisation", p.Name, o.Name, called(o.Organisation.ID, o.Organisation.Name)))
			}
		}
	}
}

// called names an organisation by name and id.
func called(id, name string) string {
	if name == "" || name == id {
		return id
	}
	return name + " (" + id + ")"
}
