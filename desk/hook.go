package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// What became of a hook, for counting.
const (
	HookTaken   = "taken"   // something is looked at because of it
	HookNothing = "nothing" // it is of what changes nobody's access
	HookAgain   = "again"   // it was delivered before
)

// verifier tells a vendor's hooks from others.
type verifier interface {
	Verify(ctx context.Context, h http.Header, body []byte) (cardea.Hint, error)
}

// hooked returns who knows the hooks of a connection, and the kind of the wake row of whoever looks.
func (d *Desk) hooked(connection string) (verifier, string, bool) {
	if s, ok := d.c.Spaces[connection]; ok {
		v, can := s.Space.(space.Hooked)
		return v, store.WakeLook, can
	}
	v, can := d.c.Doors[connection].Door.(door.Hooked)
	return v, store.WakeKeep, can
}

// Hooked says whether a connection may be told of by hooks.
func (d *Desk) Hooked(connection string) bool {
	_, _, can := d.hooked(connection)
	return can
}

// Hook takes a hook in: it is believed or refused, and what it names is marked to be read again. It waits for no vendor but for what
// a verifier needs. Errors: NotFound for a connection that has no hooks, Auth and Rejected for what is not believed, Retry when it
// could not be kept: the vendor is to send it again.
func (d *Desk) Hook(ctx context.Context, connection string, h http.Header, body []byte) (string, error) {
	v, wake, can := d.hooked(connection)
	if !can {
		return "", cardea.Errorf(cardea.NotFound, "no connection %q has hooks", connection)
	}
	hint, err := v.Verify(ctx, h, body)
	if err != nil {
		return "", err
	}
	if hint.Event == "" {
		sum := sha256.Sum256(body)
		hint.Event = "sha256:" + hex.EncodeToString(sum[:])
	}
	at := d.now()
	isNew, err := d.ws.TakeHook(ctx, store.HookTaken{Connection: connection, Event: hint.Event, At: at, Wake: wake, Keys: hint.Keys})
	switch {
	case err != nil:
		return "", unkept(connection, err)
	case !isNew:
		return HookAgain, nil
	case hint.Off != "":
		return HookNothing, d.ws.AddIssues(ctx, "hooks:"+connection, []cardea.Issue{d.hooksOff(connection, hint.Off)}, at)
	case len(hint.Keys) == 0:
		return HookNothing, nil
	}
	d.poke()
	return HookTaken, nil
}

func (d *Desk) hooksOff(connection, why string) cardea.Issue {
	return cardea.Issue{Code: "hooks-off", Text: fmt.Sprintf(
		"%s: %s; until it is on again changes are found by the interval", connection, why)}
}

// unkept says that what was believed could not be kept. It is the vendor's, whatever keeps us, and is to be sent again: a connection
// that was never reached yet, for one, is not saved.
func unkept(connection string, why error) error {
	return cardea.Errorf(cardea.Retry, "a hook of %s could not be kept: %w", connection, why)
}

// poke has the loops of this process look at the wake rows now.
func (d *Desk) poke() {
	if f := d.poked.Load(); f != nil {
		(*f)()
	}
}

// lookPause is how long a record that was just looked at is left alone: a burst of hooks about it costs one look at once and one
// after it.
const lookPause = 2 * time.Second
