package desk

import (
	"context"
	"slices"
	"strconv"

	"github.com/cardea-access/cardea/door"
)

// heard notes what is the matter with the webhooks of a connection that were installed from here. The vendor is asked only as
// long as ask lasts, which may be over.
func (d *Desk) heard(ctx, ask context.Context, p *patient) error {
	hooks, err := d.ws.Hooks(ctx)
	one := hooks[p.Name]
	if err != nil || one.Installed == 0 {
		return err
	}
	if one.Missed >= silentAfter {
		p.Findings = append(p.Findings, found("hooks-silent", strconv.Itoa(one.Missed)))
	}
	s, can := d.c.Doors[p.Name].Door.(door.Hooks) // a space system is asked by its own connector, or not for want of rights
	if !can || p.Error != "" {
		return nil
	}
	if why, _ := d.offAt(ask, s, p.Name, one.URL); why != "" {
		p.Findings = append(p.Findings, found("hooks-off", why))
	}
	return nil
}

// toldWell says whether everybody who is told of events takes what they are told.
func (d Diagnosis) toldWell() bool {
	return !slices.ContainsFunc(d.Webhooks, func(w WebhookStanding) bool { return w.State != WebhookOn })
}
