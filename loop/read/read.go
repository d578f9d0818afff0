package read

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// Store is what a read needs kept.
type Store interface {
	Collections(ctx context.Context, connection string) ([]store.Collection, error)
	FactStates(ctx context.Context, connection string, kind cardea.Kind) (map[string]store.FactState, error)
	Facts(ctx context.Context, connection string, keys []cardea.Key) ([]cardea.Record, error)
	Referring(ctx context.Context, connection string, kind cardea.Kind, to []cardea.Key) ([]cardea.Key, error)
	LookFence(ctx context.Context, connection string) (int64, error)
	SaveRead(ctx context.Context, at cardea.Instant, who string, changes []store.ReadChange, marks []store.Mark,
		l *store.Lease) error
	SaveIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error
	AddIssues(ctx context.Context, source string, is []cardea.Issue, at cardea.Instant) error
}

// Reader reads one space connection.
type Reader struct {
	Store      Store
	System     space.System
	Connection string
	// Doors are the door connections that this one feeds: they are woken by what a read brings.
	Doors    []string
	Interval time.Duration // between full reads; a suspect one waits this long for a second
	Lag      time.Duration // the longest lag of any mapping
	Horizon  time.Duration
	Now      func() time.Time
	Lease    *store.Lease
	// Ask is how many records one read asks for by id, 0 = 200.
	Ask int
	// Progress, if any, is told the running count of each collection.
	Progress func(kind cardea.Kind, records int)

	near  bool         // what hangs on records comes with them
	sight *store.Sight // when this read saw what it saw
}

// Full reads every collection and keeps what it found. The error is set when nothing could be read at all, with the
// vendor's class, or when the store failed; a collection that failed on its own is in the report.
func (r *Reader) Full(ctx context.Context) (_ Report, err error) {
	now := cardea.At(r.Now())
	span := cardea.Window{From: now.Add(-r.Lag - 24*time.Hour), Until: now.Add(r.Horizon)}
	if r.sight, err = r.beside(ctx); err != nil {
		return Report{}, err
	}
	before, err := r.standings(ctx)
	if err != nil {
		return Report{}, err
	}
	ctx = sweeping(ctx)
	scope := cardea.Scope{Kinds: r.System.Collections(), Span: span}
	in := cardea.NewIntake(scope, r.Progress)
	readErr := r.System.Read(ctx, scope, in)
	if err := ctx.Err(); err != nil {
		return Report{}, fmt.Errorf("the read was stopped: %w", err)
	}
	results := map[cardea.Kind]*Result{}
	for _, kind := range scope.Kinds {
		p := in.Open(kind) // one that was never opened grades as failed
		if readErr != nil && p.Err() == nil && p.Evidence().Grade() == cardea.Failed {
			p.Fail(readErr)
		}
		res, err := r.merge(ctx, Reading{
			Standing: before[kind], Pages: p, Now: now, Interval: r.Interval, Span: span, Hash: hash,
		})
		if err != nil {
			return Report{}, err
		}
		results[kind] = &res
	}
	r.settle(ctx, results)
	rep := r.report(now, in, results)
	if err := r.save(ctx, now, "read", results, nil); err != nil {
		return rep, err
	}
	keep := r.Store.SaveIssues
	if readErr != nil { // what was not looked at is not mended
		keep = r.Store.AddIssues
	}
	if err := keep(ctx, "read:"+r.Connection, rep.Issues, now); err != nil {
		return rep, fmt.Errorf("could not keep the issues of the read: %w", err)
	}
	if readErr != nil {
		return rep, fmt.Errorf("%s could not be read: %w", r.Connection, readErr)
	}
	return rep, nil
}

// standings returns how each collection stood after the last read.
func (r *Reader) standings(ctx context.Context) (map[cardea.Kind]Standing, error) {
	cs, err := r.Store.Collections(ctx, r.Connection)
	if err != nil {
		return nil, fmt.Errorf("could not see how the last read of %s went: %w", r.Connection, err)
	}
	m := map[cardea.Kind]Standing{}
	for _, c := range cs {
		m[c.Kind] = StandingOf(c)
	}
	return m, nil
}

// StandingOf is how a collection stands according to the store.
func StandingOf(c store.Collection) Standing {
	return Standing{
		Grade: c.Grade, Why: c.Why, At: c.At, CompleteAt: c.CompleteAt, SuspectSince: c.SuspectSince, Records: c.Records,
	}
}

// hash is the store's hash of a body. A record that cannot be hashed never equals what is stored.
func hash(rec cardea.Record) string {
	h, err := store.FactHash(rec)
	if err != nil {
		return "unhashed"
	}
	return h
}

// merge compares a collection with what is stored. Bodies are fetched of what changed or did not come, and of nothing else.
func (r *Reader) merge(ctx context.Context, x Reading) (Result, error) {
	kind := x.Pages.Kind()
	states, err := r.Store.FactStates(ctx, r.Connection, kind)
	if err != nil {
		return Result{}, fmt.Errorf("could not see what is known of the %s records of %s: %w", kind, r.Connection, err)
	}
	x.Known = make(map[string]Known, len(states))
	came := x.listed()
	var fetch []cardea.Key
	for id, s := range states {
		x.Known[id] = Known{Hash: s.Hash, MissingSince: s.MissingSince, GoneAt: s.GoneAt, Unsure: s.Unsure}
		rec, is := came[id]
		if s.GoneAt == 0 && (!is && kind == cardea.KindBooking || is && s.Hash != hash(rec)) {
			fetch = append(fetch, cardea.Key{Kind: kind, ID: id})
		}
	}
	if len(fetch) > 0 {
		bodies, err := r.Store.Facts(ctx, r.Connection, sortedKeys(fetch))
		if err != nil {
			return Result{}, fmt.Errorf("could not fetch what is known of the %s records of %s: %w", kind, r.Connection, err)
		}
		for _, b := range bodies {
			k := x.Known[b.Key().ID]
			k.Body = b
			x.Known[b.Key().ID] = k
		}
	}
	return Merge(x), nil
}

// settle asks for what the merges left open, in one targeted read, and decides it.
func (r *Reader) settle(ctx context.Context, results map[cardea.Kind]*Result) {
	limit := r.Ask
	if limit <= 0 {
		limit = 200
	}
	kinds := slices.Sorted(maps.Keys(results))
	var keys []cardea.Key
	// Round by round, so that a collection with many questions does not starve the others.
	for i := 0; len(keys) < limit; i++ {
		more := false
		for _, kind := range kinds {
			if ask := results[kind].Ask; i < len(ask) && len(keys) < limit {
				keys, more = append(keys, ask[i]), true
			}
		}
		if !more {
			break
		}
	}
	answers := map[cardea.Key]Answer{}
	if len(keys) > 0 {
		scope := cardea.Scope{Kinds: kindsOf(keys), Keys: keys}
		in := cardea.NewIntake(scope, nil)
		if err := r.System.Read(ctx, scope, in); err == nil {
			answers = Answers(in)
		}
		// Without an answer every question stays open: nothing is removed because of it.
	}
	for _, kind := range kinds {
		results[kind].Settle(kind, answers, hash)
	}
}

func kindsOf(keys []cardea.Key) []cardea.Kind {
	var out []cardea.Kind
	for _, k := range keys {
		if !slices.Contains(out, k.Kind) {
			out = append(out, k.Kind)
		}
	}
	return out
}

// save keeps what the results say in one transaction.
func (r *Reader) save(
	ctx context.Context, now cardea.Instant, who string, results map[cardea.Kind]*Result, dirty []cardea.PersonID,
) error {
	kinds := slices.Sorted(maps.Keys(results))
	unsure := map[cardea.Kind][]cardea.Key{}
	doubtful := map[cardea.Key]bool{}
	for _, kind := range kinds {
		for _, k := range results[kind].Unsure {
			unsure[k.Kind] = append(unsure[k.Kind], k)
			doubtful[k] = true
		}
	}
	changed := len(dirty) > 0
	var changes []store.ReadChange
	for _, kind := range kinds {
		res := results[kind]
		c := store.ReadChange{
			Connection: r.Connection, Kind: kind, Upsert: res.Upsert, Unsure: sortedKeys(unsure[kind]),
			Missing: res.Missing, Gone: res.Gone, Sight: r.sight,
		}
		delete(unsure, kind)
		for _, id := range res.Seen {
			if !doubtful[cardea.Key{Kind: kind, ID: id}] {
				c.Seen = append(c.Seen, id)
			}
		}
		if s := res.Standing; s.At == now {
			c.Collection = &store.Collection{
				Kind: kind, Grade: s.Grade, Why: s.Why, At: s.At, CompleteAt: s.CompleteAt, SuspectSince: s.SuspectSince,
				Records: s.Records,
			}
		}
		changed = changed || len(c.Upsert)+len(c.Gone) > 0 || c.Collection != nil
		changes = append(changes, c)
	}
	for _, kind := range slices.Sorted(maps.Keys(unsure)) {
		changes = append(changes, store.ReadChange{
			Connection: r.Connection, Kind: kind, Unsure: sortedKeys(unsure[kind]), Sight: r.sight,
		})
	}
	if len(dirty) > 0 {
		changes[0].Dirty = dirty
	}
	var marks []store.Mark
	if changed {
		for _, d := range r.Doors {
			marks = append(marks, store.Mark{Unit: d, Kind: store.WakeKeep, At: now})
		}
	}
	if err := r.Store.SaveRead(ctx, now, who+" "+r.Connection, changes, marks, r.Lease); err != nil {
		return fmt.Errorf("could not keep what was read of %s: %w", r.Connection, err)
	}
	return nil
}

var errNothing = errors.New("no record was named")
