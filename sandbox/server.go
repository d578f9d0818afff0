package sandbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea/sandbox/nexudus"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// GroupState is a door vendor's group as the control route shows it.
type GroupState = twin.GroupState

// EdgeSeen is one edge of a GroupState.
type EdgeSeen = twin.EdgeSeen

// Switch is one thing that a vendor sheet says twice; its name is "vendor.switch" here.
type Switch = twin.Switch

// Options are what a Server needs beside its world.
type Options struct {
	Now      func() time.Time // required
	Shift    bool             // move every date by whole weeks, so that the anchor's week is the present one
	Hook     twin.Hook        // delivers webhooks; nil = HTTP POST
	Fetch    nexudus.Fetch    // asks our groups route of Nexudus Custom ACS; nil = HTTP GET
	Switches map[string]string
}

// vendor is what the server asks of a faked vendor.
type vendor interface {
	http.Handler
	Switches() *twin.Switches
	Records() map[string][]map[string]any
	ErrorBody(status int, path string) (contentType string, body []byte)
	EmptyList() (h http.Header, body []byte)
	Shorten(body []byte, rows int) ([]byte, error)
}

// grouped is a vendor with groups.
type grouped interface{ Groups() []twin.GroupState }

// expiring is a vendor whose tokens can be ended.
type expiring interface{ ExpireTokens() }

// controlled is a vendor with control routes of its own; known says whether this is one.
type controlled interface {
	Control(method, what string, body []byte) (answer any, known bool, err error)
}

// booth is one vendor in the sandbox, with its faults and its log.
type booth struct {
	kind   *kind
	vendor vendor

	mu     sync.Mutex
	faults []Fault
	log    []Write
}

// Server is every vendor of a world, and the control routes. It is an http.Handler, safe for concurrent use.
type Server struct {
	now    func() time.Time
	world  *World
	days   int
	outbox *twin.Outbox
	booths map[string]*booth
}

// New builds a server. A reference to nothing, an unknown switch or a key without a user is an error. The world can be used
// again.
func New(w *World, o Options) (*Server, error) {
	s := &Server{now: o.Now, world: w, outbox: twin.NewOutbox(o.Hook), booths: map[string]*booth{}}
	if o.Now == nil {
		return nil, errors.New("the sandbox needs a clock: Options.Now")
	}
	if o.Shift {
		s.days = twin.Weeks(w.Anchor, o.Now())
	}
	opt := opening{fetch: o.Fetch, Options: twin.Options{
		Now: o.Now, Days: s.days, Speed: w.Speed, Anchor: w.Anchor.AddDate(0, 0, s.days), Outbox: s.outbox,
	}}
	for i := range kinds {
		k := &kinds[i]
		part, has := w.parts[k.name]
		if !has {
			continue
		}
		v, err := k.open(part, opt)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.source, err)
		}
		s.booths[k.name] = &booth{kind: k, vendor: v}
	}
	if err := s.SetSwitches(o.Switches); err != nil {
		return nil, err
	}
	return s, nil
}

// SetSwitches sets switches by "vendor.switch".
func (s *Server) SetSwitches(values map[string]string) error {
	byVendor := map[string]map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		k, own, _ := strings.Cut(name, ".")
		if s.booths[k] == nil {
			return fmt.Errorf("switch %q: write vendor.switch; the vendors here are %s", name, strings.Join(s.vendors(), ", "))
		}
		if byVendor[k] == nil {
			byVendor[k] = map[string]string{}
		}
		byVendor[k][own] = values[name]
	}
	for k, own := range byVendor {
		if err := s.booths[k].vendor.Switches().Set(own); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return nil
}

// Switches lists every switch with its present value.
func (s *Server) Switches() []Switch {
	out := []Switch{}
	for _, k := range s.vendors() {
		for _, w := range s.booths[k].vendor.Switches().List() {
			w.Name = k + "." + w.Name
			out = append(out, w)
		}
	}
	return out
}

func (s *Server) vendors() []string { return slices.Sorted(maps.Keys(s.booths)) }

// Groups lists the groups of a door vendor; nil for a vendor that has none.
func (s *Server) Groups(vendor string) []GroupState {
	b := s.booths[vendor]
	if b == nil {
		return nil
	}
	if g, has := b.vendor.(grouped); has {
		return g.Groups()
	}
	return nil
}

// Writes lists every write a vendor received, oldest first.
func (s *Server) Writes(vendor string) []Write {
	b := s.booths[vendor]
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.log)
}

// Fault adds a fault to a vendor.
func (s *Server) Fault(vendor string, f Fault) error {
	b := s.booths[vendor]
	if b == nil {
		return fmt.Errorf("there is no vendor %q here", vendor)
	}
	if err := f.check(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, f)
	return nil
}

// ClearFaults takes every fault of a vendor away.
func (s *Server) ClearFaults(vendor string) {
	if b := s.booths[vendor]; b != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = nil
	}
}

// Patch merges records into the world: the form is that of a world file (YAML or JSON), records are matched by id, named
// fields replaced, others kept; `delete: true` takes a record out. A patch that names the world's anchor has its dates moved as
// the world's were, one that does not is taken literally. It returns when the webhooks of what changed are delivered, or were
// given up.
func (s *Server) Patch(doc []byte) error {
	p, err := parse("patch", doc)
	if err != nil {
		return err
	}
	if p.Name != "" || p.About != "" || p.Speed != 0 {
		return errors.New("a patch changes records; name, about and speed stay")
	}
	days := 0
	if !p.Anchor.IsZero() {
		if !p.Anchor.Equal(s.world.Anchor) {
			return fmt.Errorf("the patch's anchor is not the world's (%s)", s.world.Anchor.Format(time.DateOnly))
		}
		days = s.days
	}
	for _, k := range kinds {
		part, has := p.parts[k.name]
		if !has {
			continue
		}
		b := s.booths[k.name]
		if b == nil {
			return fmt.Errorf("this world has no %s", k.name)
		}
		if err := k.patch(b.vendor, part, days); err != nil {
			return err
		}
	}
	return s.outbox.Wait(context.Background())
}

// Wait returns when every webhook under way is delivered or given up, or ctx ends.
func (s *Server) Wait(ctx context.Context) error { return s.outbox.Wait(ctx) }
