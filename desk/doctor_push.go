package desk

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

const (
	// someHost stands for the public address of this Cardea where nobody said it yet.
	someHost = "https://YOUR-HOST"
	// silence is after how long without a push somebody is to look: whoever was not heard of for as long is compared (RULES.md 1,
	// PUSHED).
	silence = 24 * time.Hour
)

// pushes notes where a space system pushes to, what came and what is in the way. Systems that do not push have no such part.
func (d *Desk) pushes(ctx context.Context, p *patient) error {
	if _, is := d.c.Spaces[p.Name].Space.(space.Pushed); !is {
		return nil
	}
	base := someHost
	hooks, err := d.ws.Hooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks { // wherever hooks are taken, pushes are
		if before, _, ok := strings.Cut(h.URL, "/hooks/"); ok && before != "" && (base == someHost || h.Connection == p.Name) {
			base = before
		}
	}
	all, err := d.ws.Pushes(ctx, p.Name, nil)
	if err != nil {
		return err
	}
	at := base + "/acs/" + url.PathEscape(p.Name)
	p.Pushes = &Pushes{Groups: at + "/groups", Webhook: at + "/push", Kept: len(all)}
	for _, one := range all {
		p.Pushes.Last = max(p.Pushes.Last, one.Came)
	}
	if !slices.ContainsFunc(d.at(store.SideSpace, p.Name), func(in Integration) bool {
		in, _, err := d.inForce(ctx, in)
		return err != nil || slices.ContainsFunc(in.Mappings, func(m Mapping) bool { return m.Kind == cardea.ItemPushes })
	}) {
		p.Findings = append(p.Findings, found("pushes-not-mapped"))
	}
	switch last := p.Pushes.Last; {
	case last == 0:
		p.Findings = append(p.Findings, found("never-pushed"))
	case d.now() > last.Add(silence):
		p.Findings = append(p.Findings, minor("pushes-silent", say.Took(time.Duration(d.now()-last)*time.Microsecond)))
	}
	return nil
}
