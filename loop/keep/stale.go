package keep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/decide"
	"github.com/cardea-access/cardea/loop/read"
)

// staleAlarm is how long a space connection may be silent before somebody is told (RULES.md 5.8).
const staleAlarm = time.Hour

// silence is since when not everything that feeds a group through one integration was known: 0 = never, or it is known now.
func silence(standings map[cardea.Kind]read.Standing, feeds []cardea.Kind) (since cardea.Instant, blind bool) {
	since = cardea.Never
	for _, kind := range feeds {
		if s, has := standings[kind]; has && s.Blind() != "" {
			since, blind = min(since, s.CompleteAt), true
		}
	}
	if !blind {
		return 0, len(standings) == 0
	}
	return since, true
}

// silent notes of an integration's groups since when they are not known, and which of them outlived their time.
func (k *Keeper) silent(f *facts, i Integration, x *decide.Index) {
	for _, g := range x.Mapped() {
		since, blind := silence(f.standings[i.Space], x.Feeds(g))
		if !blind {
			continue
		}
		if was, has := f.good[g]; !has || since < was {
			f.good[g] = since
		}
		after := k.Policies[g].Expire
		switch {
		case after <= 0 || since == 0:
		case f.at < since.Add(after):
			f.turns = min(f.turns, since.Add(after))
		default:
			if f.stale[i.Settings.Integration] == nil {
				f.stale[i.Settings.Integration] = map[cardea.GroupID]bool{}
			}
			f.stale[i.Settings.Integration][g] = true
		}
	}
}

// current leaves out what an integration was silent about for too long.
func (f *facts) current(integration string, grants []cardea.Grant) []cardea.Grant {
	stale := f.stale[integration]
	if len(stale) == 0 {
		return grants
	}
	return slices.DeleteFunc(grants, func(g cardea.Grant) bool { return stale[g.Group] })
}

// outlived says why reasons of one integration do not count any more: each for what its record says, or else because
// nothing was heard of it for too long. Empty: the integration is not silent about the group.
func (f *facts) outlived(
	x *decide.Index, integration string, p cardea.PersonID, g cardea.GroupID, was []cardea.Reason,
) []cardea.Cause {
	if !f.stale[integration][g] || len(was) == 0 {
		return nil
	}
	var out []cardea.Cause
	for i := range was {
		c := x.Cause(p, g, was[i:i+1], f.at)
		if c == "" {
			c = cardea.CauseStale
		}
		out = append(out, c)
	}
	return out
}

// silences says which space connections were not read for an hour, and when the next of them will have been silent so long.
func (k *Keeper) silences(ctx context.Context, at cardea.Instant) (out []cardea.Issue, next cardea.Instant, err error) {
	next = cardea.Never
	told := map[string]bool{}
	for _, i := range k.Integrations {
		if told[i.Space] {
			continue
		}
		told[i.Space] = true
		standings, err := k.standings(ctx, i.Space)
		if err != nil {
			return nil, next, err
		}
		since, blind := cardea.Never, false
		for _, s := range standings {
			if s.Blind() != "" && s.CompleteAt != 0 {
				since, blind = min(since, s.CompleteAt), true
			}
		}
		switch {
		case !blind:
		case at < since.Add(staleAlarm):
			next = min(next, since.Add(staleAlarm))
		default:
			out = append(out, cardea.Issue{
				Code: "space-stale", Record: &cardea.Key{Kind: "connection", ID: i.Space}, Text: fmt.Sprintf(
					"%s was last read whole at %s. Standing access stays; ends of agreements are held from %s on, and nobody new is let in. "+
						"Mend the connection: cardea doctor", i.Space, since, since.Add(6*time.Hour)),
			})
		}
	}
	return out, next, nil
}
