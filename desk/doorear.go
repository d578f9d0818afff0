package desk

import (
	"context"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/keep"
)

// doorEar looks, after each listing of a door system whose hooks were installed from here, whether they are still on at the vendor's
// and whether they should have told of what was found. A vendor that switched a webhook off cannot say so by that webhook.
func (d *Desk) doorEar(connection string) func(context.Context, keep.Swept) error {
	s, can := d.c.Doors[connection].Door.(door.Hooks)
	if !can {
		return nil
	}
	return func(ctx context.Context, found keep.Swept) error {
		hooks, err := d.ws.Hooks(ctx)
		one := hooks[connection]
		if err != nil || one.Installed == 0 {
			return err
		}
		missed := one.Missed
		if found.Others > 0 && found.Before > one.Installed {
			if missed, err = d.ws.MissHook(ctx, connection, found.Before); err != nil {
				return err
			}
		}
		var is []cardea.Issue
		off, known := d.offAt(ctx, s, connection, one.URL)
		switch {
		case off != "":
			is = append(is, d.hooksOff(connection, off))
		case missed >= silentAfter:
			is = append(is, hooksSilent(connection, missed, one.Last))
		case !known:
			return nil // what was told stands
		}
		return d.ws.SaveIssues(ctx, "hooks:"+connection, is, d.now())
	}
}

// offAt asks the vendor what is the matter with a connection's hooks, empty when nothing is. Known is false when it does not say.
func (d *Desk) offAt(ctx context.Context, s door.Hooks, connection, address string) (why string, known bool) {
	state, err := s.Installed(ctx)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		return "the webhook that was installed is not there any more", true
	case err != nil:
		d.c.Log.Info("the vendor does not say how hooks stand", "connection", connection, "error", err)
		return "", false
	case state.Why != "":
		return state.Why, true
	case !state.On:
		return "the webhook is switched off", true
	case state.URL != address:
		return "the webhook is registered for another address", true
	}
	return "", true
}
