package desk

import (
	"context"

	"github.com/cardea-access/cardea"
)

// everListed refuses what can only be told of a door that was listed once: asked of one that never was, it would have to be read first.
func (d *Desk) everListed(ctx context.Context, door string) error {
	at, err := d.ws.DoorReadAt(ctx, door)
	if err != nil || at != 0 {
		return err
	}
	return cardea.Errorf(cardea.Rejected, "%s was never listed: read both sides first, with: cardea preview", door)
}
