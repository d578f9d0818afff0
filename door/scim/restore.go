package scim

import (
	"context"
	"encoding/json"
	"time"

	"github.com/cardea-access/cardea"
)

// restoreTime is how long putting others back may take.
const restoreTime = time.Minute

// restore looks at a group after a removal that may have done more than was asked, and puts back whoever went as well. It
// returns the group as it was then and how many had gone. Errors: Unknown when they could not be put back, or when nobody
// can see whether anybody went.
func (r *removal) restore(ctx context.Context, before membership, batch []string) (after membership, gone int, err error) {
	// Others are without their access: it is mended even when the caller has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTime)
	defer cancel()
	for range maxTries {
		if after, err = r.s.look(ctx, r.group); err != nil {
			continue
		}
		if !after.there {
			return after, 0, nil
		}
		lost := before.lost(after, batch)
		gone = max(gone, len(lost))
		if len(lost) == 0 {
			return after, gone, nil
		}
		if err = r.putBack(ctx, after.view, lost); err == nil {
			return after, gone, nil
		}
	}
	if gone == 0 {
		return after, 0, cardea.Errorf(cardea.Unknown, "%s: members were taken out of group %s, and it cannot be seen whether others went "+
			"with them; look there: %w", r.s.client.Name(), r.group, err)
	}
	return after, gone, cardea.Errorf(cardea.Unknown, "%s: the server took %d other members out of group %s as well, and they could not "+
		"be put back; look there: %w", r.s.client.Name(), gone, r.group, err)
}

// putBack adds members as they were, all at once, else each alone: one who is no more hinders nobody.
func (r *removal) putBack(ctx context.Context, now view, lost []member) error {
	rows := make([]json.RawMessage, 0, len(lost))
	for _, m := range lost {
		rows = append(rows, m.raw)
	}
	_, err := r.s.write(ctx, now, change{add: rows})
	if err == nil || !ofOne(err) {
		return err
	}
	var first error
	for _, m := range lost {
		// The version that was seen is that of the first write only.
		if err := r.putBackOne(ctx, m); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// putBackOne adds one member, if there still is such a one and it is not in.
func (r *removal) putBackOne(ctx context.Context, m member) error {
	now, err := r.s.look(ctx, r.group)
	if err != nil {
		return err
	}
	if now.shows(m) {
		return nil
	}
	_, err = r.s.write(ctx, now.view, change{add: []json.RawMessage{m.raw}})
	if err == nil || !ofOne(err) {
		return err
	}
	path := "/Users/"
	if m.foreign == nested {
		path = "/Groups/"
	}
	if _, readErr := r.s.single(ctx, path, m.id); cardea.ClassOf(readErr) == cardea.NotFound {
		return nil
	}
	return err
}

// lost returns the members that went although they are not among those that were to go.
func (v view) lost(after membership, batch []string) []member {
	asked := map[string]bool{}
	for _, id := range batch {
		asked[id] = true
	}
	var out []member
	for _, m := range v.members {
		if (m.foreign != "" || !asked[m.id]) && !after.shows(m) {
			out = append(out, m)
		}
	}
	return out
}

// shows says whether a member is among those shown.
func (v view) shows(m member) bool {
	for _, o := range v.members {
		if o.id == m.id && o.foreign == m.foreign {
			return true
		}
	}
	return false
}

// among returns those of the ids that are members.
func (v view) among(ids []string) []string {
	var out []string
	for _, id := range ids {
		if v.plain(id) {
			out = append(out, id)
		}
	}
	return out
}
