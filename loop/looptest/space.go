package looptest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/cardea-access/cardea"
)

// Space is a space system.
type Space struct {
	mu      sync.Mutex
	records map[cardea.Key]cardea.Record
	rows    map[cardea.Key]cardea.Record // what lists show instead of the record
	trouble map[cardea.Kind]error
	empty   map[cardea.Kind]bool
	deaf    bool
	down    error
	reads   []cardea.Scope
}

// PageSize is how many records a page of a fake listing holds.
const PageSize = 2

// NewSpace makes a space system with records.
func NewSpace(recs ...cardea.Record) *Space {
	s := &Space{
		records: map[cardea.Key]cardea.Record{}, rows: map[cardea.Key]cardea.Record{},
		trouble: map[cardea.Kind]error{}, empty: map[cardea.Kind]bool{},
	}
	s.Put(recs...)
	return s
}

// Put adds or changes records.
func (s *Space) Put(recs ...cardea.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range recs {
		s.records[r.Key()] = r
	}
}

// Delete removes records.
func (s *Space) Delete(keys ...cardea.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		delete(s.records, k)
	}
}

// Row makes lists show another body than the record has; nil ends that.
func (s *Space) Row(k cardea.Key, r cardea.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r == nil {
		delete(s.rows, k)
		return
	}
	s.rows[k] = r
}

// Trouble makes listings of a kind fail after their first page; nil ends it.
func (s *Space) Trouble(kind cardea.Kind, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble[kind] = err
}

// Empty makes listings of a kind empty, with every sign of being complete.
func (s *Space) Empty(kind cardea.Kind, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.empty[kind] = yes
}

// Deaf makes reads by id fail.
func (s *Space) Deaf(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = yes
}

// Down makes every read fail at once; nil ends it.
func (s *Space) Down(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = err
}

// Reads returns the scopes that were asked for.
func (s *Space) Reads() []cardea.Scope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.reads)
}

// Describe implements space.System.
func (s *Space) Describe(context.Context) (cardea.Organisation, error) {
	return cardea.Organisation{ID: "tenant", Name: "Fake space"}, nil
}

// Collections implements space.System.
func (s *Space) Collections() []cardea.Kind { return slices.Clone(cardea.Kinds) }

// Read implements space.System.
func (s *Space) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, want)
	if err := ctx.Err(); err != nil {
		return cardea.Errorf(cardea.Retry, "stopped: %w", err)
	}
	if s.down != nil {
		return s.down
	}
	if !want.Full() {
		return s.byID(want, into)
	}
	for _, kind := range cardea.Kinds {
		if want.Wants(kind) {
			s.list(kind, want, into.Open(kind))
		}
	}
	return nil
}

func (s *Space) byID(want cardea.Scope, into *cardea.Intake) error {
	for _, k := range slices.Concat(want.Keys, want.People) {
		p := into.Open(k.Kind)
		r, ok := s.records[k]
		switch {
		case s.deaf:
			p.Fail(cardea.Errorf(cardea.Retry, "500"))
			continue
		case ok:
			p.Add([]cardea.Record{r}, cardea.Mark{})
		default:
			p.Missing(k)
		}
	}
	for _, p := range into.Collections() {
		p.Close()
	}
	return nil
}

func (s *Space) list(kind cardea.Kind, want cardea.Scope, p *cardea.Pages) {
	var recs []cardea.Record
	for k, r := range s.records {
		if k.Kind != kind || s.empty[kind] {
			continue
		}
		if row, ok := s.rows[k]; ok {
			r = row
		}
		if b, ok := r.(cardea.Booking); ok && (b.Start >= want.Span.Until || max(b.End, b.Last) <= want.Span.From) {
			continue
		}
		recs = append(recs, r)
	}
	slices.SortFunc(recs, func(a, b cardea.Record) int { return strings.Compare(a.Key().ID, b.Key().ID) })
	for page := 0; ; page++ {
		from, until := page*PageSize, min((page+1)*PageSize, len(recs))
		if page > 0 && s.trouble[kind] != nil {
			p.Fail(s.trouble[kind])
			return
		}
		p.Add(recs[from:until], cardea.Mark{Total: len(recs), Counted: true, More: until < len(recs)})
		if until == len(recs) {
			if s.trouble[kind] != nil {
				p.Fail(s.trouble[kind])
				return
			}
			p.Close()
			return
		}
	}
}
