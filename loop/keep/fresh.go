package keep

import (
	"context"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
	"github.com/cardea-access/cardea/store"
)

const (
	// rereadBefore is how long before the end of an agreement its record is read again: late enough to be believed at the
	// end, early enough for an extension to be staged where the vendor ends access by itself.
	rereadBefore = 3 * time.Minute
	// rereadFor is how long an end waits for an answer (RULES.md 5.6).
	rereadFor = 15 * time.Minute
)

// terms knows when agreements end and when they were last seen.
type terms struct {
	k     *Keeper
	f     *facts
	lists map[string]cardea.Instant // when the agreements of a space connection were last listed whole
	asked map[string]map[cardea.Key]store.Reread
}

func (k *Keeper) terms(ctx context.Context, f *facts) (*terms, error) {
	t := &terms{k: k, f: f, lists: map[string]cardea.Instant{}, asked: map[string]map[cardea.Key]store.Reread{}}
	for _, i := range k.Integrations {
		if _, has := t.asked[i.Space]; has {
			continue
		}
		t.lists[i.Space] = f.standings[i.Space][cardea.KindAgreement].CompleteAt
		asked, err := k.Store.Rereads(ctx, i.Space)
		if err != nil {
			return nil, failed("see which records were read again", err)
		}
		t.asked[i.Space] = make(map[cardea.Key]store.Reread, len(asked))
		for _, a := range asked {
			t.asked[i.Space][a.Key] = a
		}
	}
	return t, nil
}

// of says what is known of the end of the agreement behind a reason.
func (t *terms) of(r cardea.Reason) (change.Term, bool) {
	if r.Record.Kind != cardea.KindAgreement {
		return change.Term{}, false
	}
	for i, x := range t.f.indexes {
		if t.k.Integrations[i].Settings.Integration != r.Integration {
			continue
		}
		ends, is := x.Ends(&r)
		if !is {
			return change.Term{}, false
		}
		space := t.k.Integrations[i].Space
		term := change.Term{Ends: ends, Seen: t.lists[space], Until: max(ends, t.f.at).Add(rereadFor)}
		if ends == cardea.Never {
			term.Until = cardea.Never
		}
		if a, has := t.asked[space][r.Record]; has {
			term.Seen = max(term.Seen, a.Seen)
			if a.Ends == ends {
				term.Until = a.Until
			}
		}
		return term, true
	}
	return change.Term{}, false
}

// again has the records read by id whose end is near, or waits for that, and says when to look next: an end that comes within
// the horizon is asked for shortly before.
//
//nolint:gocognit // it walks the terms once
func (k *Keeper) again(ctx context.Context, r *Report) error {
	p := &r.After
	if p.terms == nil {
		return nil
	}
	at := k.now()
	asks := map[string]map[cardea.Key]store.Reread{}
	note := func(reason *cardea.Reason) {
		term, is := p.terms.of(*reason)
		if !is || term.Ends == cardea.Never || term.Ends > at.Add(k.Horizon) || term.Fresh() {
			return
		}
		due := max(term.Ends.Add(-rereadBefore), at)
		if due > at {
			r.After.Next = earliest(r.After.Next, due)
		}
		for _, i := range k.Integrations {
			if i.Settings.Integration != reason.Integration {
				continue
			}
			if asks[i.Space] == nil {
				asks[i.Space] = map[cardea.Key]store.Reread{}
			}
			for _, key := range append([]cardea.Key{reason.Record}, assignments(reason)...) {
				asks[i.Space][key] = store.Reread{Key: key, Ends: term.Ends, Due: due, Until: max(term.Ends, at).Add(rereadFor)}
			}
		}
	}
	for i := range p.Wanted {
		g := &p.Wanted[i]
		last := g.Windows[len(g.Windows)-1].Until
		if last == cardea.Never || last <= at || last > at.Add(k.Horizon) {
			continue
		}
		for j := range g.Reasons {
			if ws := g.Reasons[j].Windows; len(ws) > 0 && ws[len(ws)-1].Until == last {
				note(&g.Reasons[j])
			}
		}
	}
	for i := range r.Held {
		if o := &r.Held[i]; o.Held.Code == cardea.HeldFresh {
			for j := range o.Reasons {
				if term, is := p.terms.of(o.Reasons[j]); is && term.Ends <= at {
					note(&o.Reasons[j])
				}
			}
		}
	}
	for space, of := range asks {
		list := make([]store.Reread, 0, len(of))
		for _, a := range of {
			list = append(list, a)
		}
		if err := k.Store.AskAgain(ctx, space, list, at); err != nil {
			return failed("have records read again", err)
		}
	}
	return nil
}

// assignments are the records that an agreement counts through and that may end by themselves.
func assignments(r *cardea.Reason) []cardea.Key {
	if len(r.Via) > 0 && r.Via[0].Kind == cardea.KindAssignment {
		return r.Via[:1]
	}
	return nil
}
