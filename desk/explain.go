package desk

import (
	"context"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/match"
	"github.com/cardea-access/cardea/desk/say"
)

// acquaint reads what was never read, so that a question can be answered before the first sync.
func (d *Desk) acquaint(ctx context.Context) error {
	unread := false
	for space := range sorted(d.c.Spaces) {
		known, err := d.ws.Collections(ctx, space)
		if err != nil {
			return err
		}
		unread = unread || len(known) == 0
	}
	if !unread {
		return nil
	}
	_, err := d.Preview(ctx, nil)
	return err
}

// Explain answers a question; NotFound when there is no such person or group.
func (d *Desk) Explain(ctx context.Context, q say.Question) (say.Explained, error) {
	if _, ok := d.c.Doors[q.Door]; !ok {
		return say.Explained{}, cardea.Errorf(cardea.NotFound, "there is no door connection %q", q.Door)
	}
	if at, key, ok := q.Person.Split(); ok && key.Kind == cardea.KindAccount {
		return d.explainAccount(ctx, at, key.ID, q)
	}
	k, err := d.knower(ctx, q.Door)
	if err != nil {
		return say.Explained{}, err
	}
	answer, err := k.Explain(ctx, q.Person, q.Group, q.At)
	if err != nil {
		return say.Explained{}, err
	}
	out := say.Explained{Explanation: answer.Explanation}
	if out.Person, err = d.onePerson(ctx, string(q.Person)); err != nil {
		return out, err
	}
	if out.Group, err = d.group(ctx, q); err != nil {
		return out, err
	}
	out.Group.Mapped = answer.Mapped
	out.Door = say.AtDoor{ReadAt: answer.SeenAt}
	if answer.Account != nil {
		a := *answer.Account
		out.Door.Account, out.Door.Shut, out.Door.Staff = a.Email, a.Shut, a.Staff
		if out.Door.Account == "" {
			out.Door.Account = a.Name
		}
		out.Door.Kept = kept(answer.Policy, a, q.At)
	}
	if answer.Mapped {
		out.Door.OwnTimes = d.ownTimes(ctx, q.Door, q.Group)
	}
	if answer.Edge != nil {
		out.Door.Member, out.Door.Window, out.Door.Locked = true, answer.Edge.Window, answer.Edge.Shut
	}
	if len(answer.Waits) > 0 {
		out.Door.Waiting = &answer.Waits[0]
	}
	connection, _, _ := q.Person.Split()
	if out.ReadAt, err = d.readAt(ctx, connection); err != nil {
		return out, err
	}
	out.Names, err = d.names(ctx, connection, answer.Explanation)
	return out, err
}

func (d *Desk) group(ctx context.Context, q say.Question) (say.Group, error) {
	state, err := d.ws.DoorGroups(ctx, q.Door)
	if err != nil {
		return say.Group{}, err
	}
	i := slices.IndexFunc(state.Groups, func(g cardea.Group) bool { return g.ID == q.Group })
	if i < 0 {
		return say.Group{}, cardea.Errorf(cardea.NotFound, "%s has no access group id:%s", q.Door, q.Group)
	}
	g := state.Groups[i]
	return say.Group{Door: q.Door, ID: g.ID, Name: g.Name, Place: g.Place}, nil
}

// kept is the note of the keep entry that holds an account in a group.
func kept(p cardea.Policy, a cardea.Account, at cardea.Instant) string {
	mail, hasMail := match.Fold(a.Email)
	for _, k := range p.Keep {
		folded, ok := match.Fold(k.Account)
		if at < k.Until && (k.Account == "id:"+string(a.ID) || ok && hasMail && folded == mail) {
			return k.Note
		}
	}
	return ""
}

// readAt is when every collection of a space connection had been read completely.
func (d *Desk) readAt(ctx context.Context, connection string) (cardea.Instant, error) {
	collections, err := d.ws.Collections(ctx, connection)
	if err != nil || len(collections) == 0 {
		return 0, err
	}
	at := cardea.Never
	for _, c := range collections {
		at = min(at, c.CompleteAt)
	}
	return at, nil
}

// names looks up what the records of an explanation are called.
func (d *Desk) names(ctx context.Context, connection string, e cardea.Explanation) (map[cardea.Key]string, error) {
	var keys, locked []cardea.Key
	for _, c := range e.Considered {
		keys = append(keys, c.Record)
		keys = append(keys, c.Via...)
		if n := len(c.Steps); c.Verdict == cardea.IsLocked && n > 0 && c.Steps[n-1].Key != nil {
			locked = append(locked, *c.Steps[n-1].Key) // perhaps somebody else: a payer that is suspended
		}
	}
	out, err := d.called(ctx, connection, keys)
	if err != nil || len(locked) == 0 {
		return out, err
	}
	records, err := d.ws.Facts(ctx, connection, locked)
	for _, r := range records {
		if p, is := r.(cardea.Person); is {
			out[p.Key()] = p.Name
		}
	}
	return out, err
}
