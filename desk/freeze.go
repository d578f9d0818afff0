package desk

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// Freeze stops what is written for an integration, or for all when none is named, from now on: only blocks and locks go
// through. An until of 0 or Never is no end. Errors: Rejected without a reason; NotFound when there is no such integration.
func (d *Desk) Freeze(
	ctx context.Context, integration, reason string, until cardea.Instant, who string,
) (cardea.Freeze, error) {
	if until == 0 {
		until = cardea.Never
	}
	f := cardea.Freeze{Integration: integration, Reason: reason, By: who, Since: d.now(), Until: until}
	if say.Clean(reason) == "" {
		return f, cardea.Errorf(cardea.Rejected, "say why, with --reason: whoever finds it frozen will ask")
	}
	if until <= f.Since {
		return f, cardea.Errorf(cardea.Rejected, "it would be frozen until %s, which is past: name a later end, or none", until)
	}
	if err := d.known(integration); err != nil {
		return f, err
	}
	return f, d.ws.SaveFreeze(ctx, f, d.marksOf(integration))
}

// Unfreeze lets an integration be written again, or ends the freeze of all when none is named. NotFound when it is not frozen.
func (d *Desk) Unfreeze(ctx context.Context, integration, who string) error {
	lifted, err := d.ws.LiftFreeze(ctx, integration, who, d.now(), d.marksOf(integration))
	if err != nil || lifted {
		return err
	}
	if err := d.known(integration); err != nil {
		return err
	}
	frozen, err := d.Freezes(ctx)
	if err != nil {
		return err
	}
	switch {
	case len(frozen) == 0:
		return cardea.Errorf(cardea.NotFound, "nothing is frozen")
	case integration != "" && frozen[0].Integration == "":
		return cardea.Errorf(cardea.NotFound, "%s is frozen with all integrations: lift that, with: cardea unfreeze", integration)
	}
	var names []string
	for _, f := range frozen {
		names = append(names, say.Clean(f.Integration))
	}
	return cardea.Errorf(cardea.NotFound, "that is not frozen: what is frozen is %s", say.And(names))
}

// Freezes returns what is frozen now; that of all integrations comes first.
func (d *Desk) Freezes(ctx context.Context) ([]cardea.Freeze, error) {
	all, err := d.ws.Freezes(ctx)
	now := d.now()
	return slices.DeleteFunc(all, func(f cardea.Freeze) bool { return !f.Holds(now) }), err
}

// known refuses the name of an integration that there is not.
func (d *Desk) known(integration string) error {
	var names []string
	for _, in := range d.c.Integrations {
		names = append(names, in.Name)
	}
	if integration == "" || slices.Contains(names, integration) {
		return nil
	}
	return cardea.Errorf(cardea.NotFound, "there is no integration %q%s", integration, Nearest(integration, names))
}

// marksOf say that the doors of an integration, or all, are to be looked at now.
func (d *Desk) marksOf(integration string) []store.Mark {
	return slices.DeleteFunc(d.keepMarks(), func(m store.Mark) bool {
		return integration != "" && !slices.ContainsFunc(d.at(store.SideDoor, m.Unit), func(in Integration) bool {
			return in.Name == integration
		})
	})
}
