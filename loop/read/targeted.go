package read

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Of reads single records by id and everything about single people, and marks the people they touch for the doors. It
// is what a hook or a button asks for. It is no evidence of absence but for a record that the vendor says it does not
// know, and that only while the last full reading of its collection was complete and not suspect (RULES.md 4: deleted).
func (r *Reader) Of(ctx context.Context, keys, people []cardea.Key) (Report, error) {
	if len(keys)+len(people) == 0 {
		return Report{}, cardea.Errorf(cardea.Rejected, "there is nothing to read: %w", errNothing)
	}
	now := cardea.At(r.Now())
	scope := cardea.Scope{
		Kinds: r.System.Collections(), Keys: keys, People: people,
		Span: cardea.Window{From: now.Add(-r.Lag - 24*time.Hour), Until: now.Add(r.Horizon)},
		Near: r.near,
	}
	if err := r.seeing(ctx); err != nil {
		return Report{}, err
	}
	before, err := r.standings(ctx)
	if err != nil {
		return Report{}, err
	}
	r.stood(before)
	in := cardea.NewIntake(scope, r.Progress)
	if err := r.System.Read(ctx, scope, in); err != nil {
		return Report{}, fmt.Errorf("%s could not be read: %w", r.Connection, err)
	}
	old, err := r.known(ctx, in)
	if err != nil {
		return Report{}, err
	}
	results := map[cardea.Kind]*Result{}
	var touched []cardea.Key
	var bodies []cardea.Record
	for _, p := range in.Collections() {
		kind := p.Kind()
		res := &Result{Standing: before[kind], Bad: p.BadOnes()}
		for _, rec := range p.Records() {
			was, known := old[rec.Key()]
			rec = Remembered(was, rec, now)
			res.Upsert = append(res.Upsert, rec)
			if !known || hash(was) != hash(rec) {
				touched, bodies = append(touched, rec.Key()), append(bodies, rec)
			}
		}
		gone, unsure, err := r.missing(ctx, p, before[kind], now)
		if err != nil {
			return Report{}, err
		}
		res.Gone, res.Unsure = gone, unsure
		for _, g := range gone {
			touched = append(touched, g.Key)
		}
		for _, b := range p.BadOnes() {
			res.Unsure = append(res.Unsure, b.Who...)
		}
		slices.SortFunc(res.Upsert, byID)
		res.Unsure = sortedKeys(res.Unsure)
		results[kind] = res
	}
	rep := r.report(now, in, results)
	rep.Issues = nil // single records say nothing of a collection
	rep.Answered = slices.SortedFunc(maps.Keys(Answers(in)), byKey)
	// What was asked for is looked at even when it is as it was: somebody waits for the answer.
	for _, k := range rep.Answered {
		if !slices.Contains(touched, k) {
			touched = append(touched, k)
		}
	}
	dirty, err := r.dirty(ctx, touched, bodies)
	if err != nil {
		return rep, err
	}
	r.brought(in, now)
	if len(results) == 0 {
		return rep, nil
	}
	return rep, r.save(ctx, now, "targeted read", results, dirty)
}

// known returns what is stored of the records that came.
func (r *Reader) known(ctx context.Context, in *cardea.Intake) (map[cardea.Key]cardea.Record, error) {
	var keys []cardea.Key
	for _, p := range in.Collections() {
		for _, rec := range p.Records() {
			keys = append(keys, rec.Key())
		}
	}
	m := map[cardea.Key]cardea.Record{}
	if len(keys) == 0 {
		return m, nil
	}
	recs, err := r.Store.Facts(ctx, r.Connection, sortedKeys(keys))
	if err != nil {
		return nil, fmt.Errorf("could not fetch what is known of the records that came: %w", err)
	}
	for _, rec := range recs {
		m[rec.Key()] = rec
	}
	return m, nil
}

// missing files the records that the vendor does not know by id: deleted, or unsure while the collection proves nothing.
func (r *Reader) missing(
	ctx context.Context, p *cardea.Pages, s Standing, now cardea.Instant,
) (gone []cardea.Gone, unsure []cardea.Key, err error) {
	if len(p.MissingOnes()) == 0 {
		return nil, nil, nil
	}
	states, err := r.Store.FactStates(ctx, r.Connection, p.Kind())
	if err != nil {
		return nil, nil, fmt.Errorf("could not see what is known of the %s records of %s: %w", p.Kind(), r.Connection, err)
	}
	for _, k := range p.MissingOnes() {
		state, known := states[k.ID]
		switch {
		case !known || state.GoneAt != 0:
		case s.Blind() == "" && s.Grade == cardea.Complete:
			gone = append(gone, cardea.Gone{Key: k, Cause: cardea.CauseDeleted, Since: now})
		default:
			unsure = append(unsure, k)
		}
	}
	return gone, unsure, nil
}

// dirty returns the people whom records touch: those they name before and after, and the holders they lead to. What may
// touch more people than it names (a team, a plan, a room) stands for itself: it asks for a look at everyone.
func (r *Reader) dirty(ctx context.Context, touched []cardea.Key, now []cardea.Record) ([]cardea.PersonID, error) {
	if len(touched) == 0 {
		return nil, nil
	}
	before, err := r.Store.Facts(ctx, r.Connection, sortedKeys(touched))
	if err != nil {
		return nil, fmt.Errorf("could not fetch what was known before: %w", err)
	}
	out := map[cardea.PersonID]bool{}
	var agreements []cardea.Key
	note := func(rec cardea.Record) {
		of := rec.Key().Kind
		for _, k := range append(rec.Refs(), rec.Key()) {
			switch k.Kind { //nolint:exhaustive // door systems' kinds are not read here
			case cardea.KindPerson, cardea.KindVisitor:
				out[cardea.PersonOf(r.Connection, k)] = true
			case cardea.KindTeam:
				if of != cardea.KindPerson {
					out[cardea.PersonOf(r.Connection, k)] = true
				}
			case cardea.KindAgreement:
				agreements = append(agreements, k)
			case cardea.KindLocation, cardea.KindFloor, cardea.KindResource, cardea.KindPlan:
				if k == rec.Key() {
					out[cardea.PersonOf(r.Connection, k)] = true
				}
			case cardea.KindAssignment, cardea.KindBooking, cardea.KindPass:
			}
		}
	}
	for _, rec := range slices.Concat(before, now) {
		note(rec)
	}
	holders, err := r.Store.Facts(ctx, r.Connection, sortedKeys(agreements))
	if err != nil {
		return nil, fmt.Errorf("could not fetch the agreements of what changed: %w", err)
	}
	for _, rec := range holders {
		note(rec)
	}
	// What concerns a team's paying member concerns the team: it asks for a look at everyone.
	var people []cardea.Key
	for id := range out {
		if _, k, ok := id.Split(); ok && k.Kind == cardea.KindPerson {
			people = append(people, k)
		}
	}
	if len(people) > 0 {
		paid, err := r.Store.Referring(ctx, r.Connection, cardea.KindTeam, sortedKeys(people))
		if err != nil {
			return nil, fmt.Errorf("could not see for which teams these people pay: %w", err)
		}
		for _, k := range paid {
			out[cardea.PersonOf(r.Connection, k)] = true
		}
	}
	return slices.Sorted(maps.Keys(out)), nil
}

var _ Store = (*store.Workspace)(nil)
