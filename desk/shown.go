package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// shownAs are the operations that somebody was shown under a hash for these groups.
func (d *Desk) shownAs(ctx context.Context, door, hash string, groups []cardea.GroupID, what ...string) (map[cardea.OpKey]bool, error) {
	c, found, err := d.ws.Changeset(ctx, door, hash)
	if err != nil {
		return nil, err
	}
	if !found || bound(c.Operations, groups, what...) != hash {
		return nil, cardea.Errorf(cardea.NotFound, "nothing of this was shown as %s: run `cardea %s` without --apply, and copy the hash "+
			"it prints", hash, strings.Join(what, " "))
	}
	return keysOf(c.Operations), nil
}

func keysOf(ops []cardea.Operation) map[cardea.OpKey]bool {
	keys := make(map[cardea.OpKey]bool, len(ops))
	for _, o := range ops {
		keys[o.Key] = true
	}
	return keys
}

func operationsOf(run DoorRun) []cardea.Operation {
	out := make([]cardea.Operation, len(run.Operations))
	for i, o := range run.Operations {
		out[i] = o.Operation
	}
	return out
}

// within leaves the operations of groups, and the accounts and links that are made for them.
func within(ops []cardea.Operation, groups []cardea.GroupID) []cardea.Operation {
	people := map[cardea.PersonID]bool{}
	for _, o := range ops {
		if o.Group != "" && o.Person != "" && slices.Contains(groups, o.Group) {
			people[o.Person] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(ops), func(o cardea.Operation) bool {
		if o.Group == "" {
			return !people[o.Person]
		}
		return !slices.Contains(groups, o.Group)
	})
}

// letGo is a changeset as it looks once a person said yes to all of it: what a word releases is not held.
func letGo(c cardea.Changeset) cardea.Changeset {
	c.Operations = slices.Clone(c.Operations)
	for i := range c.Operations {
		if o := &c.Operations[i]; o.Held != nil && slices.Contains(releasable, o.Held.Code) {
			o.Held = nil
		}
	}
	return c
}

// shownOnly is a changeset as it is kept for a person's yes: none of it waits for a release.
func shownOnly(c cardea.Changeset) cardea.Changeset {
	c.Operations = slices.Clone(c.Operations)
	for i := range c.Operations {
		c.Operations[i].Held = nil
	}
	return c
}

// bound is the hash of operations that were shown for something, and for nothing else.
func bound(ops []cardea.Operation, groups []cardea.GroupID, what ...string) string {
	sum := sha256.New()
	for _, part := range what {
		fmt.Fprintf(sum, "%d %s\n", len(part), part)
	}
	for _, g := range groups {
		fmt.Fprintf(sum, "%d %s\n", len(g), g)
	}
	fmt.Fprint(sum, cardea.HashOf(ops))
	return hex.EncodeToString(sum.Sum(nil))
}
