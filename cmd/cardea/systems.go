package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/kisi"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/space/officernd"
	"github.com/cardea-access/cardea/wire"
)

// wiring is what every connection is built with.
type wiring struct {
	now       func() time.Time
	transport http.RoundTripper // nil = the network
	slots     wire.Slots
	tokens    wire.TokenStore
	recorder  *wire.Recorder
	readOnly  bool
	records   house.Records   // of house connections
	memory    opentech.Memory // nil = nothing can be kept encrypted
}

// client is what every connection's HTTP client has in common.
func (w wiring) client(name string, b *wire.Budget) wire.Config {
	return wire.Config{Name: name, Transport: w.transport, Now: w.now, Budget: b, ReadOnly: w.readOnly, Recorder: w.recorder}
}

// system is one entry of the register: what a connection of this kind needs, takes and is.
type system struct {
	needs, takes []string // configuration keys beside "system"
	rate         wire.Rate
	space        func(name string, c *config.Connection, b *wire.Budget, w wiring) (space.System, error)
	door         func(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error)
}

// systems is the register of connectors. Nobody else asks which vendor a connection belongs to.
var systems = map[string]system{
	"officernd": {
		needs: []string{"org", "client_id", "client_secret"},
		takes: []string{"base_url", "webhook_secret", "budget"},
		rate:  officernd.Rate,
		space: newOfficeRnD,
	},
	"kisi": {
		needs: []string{"api_key"},
		takes: []string{"base_url", "budget"},
		rate:  kisi.Rate,
		door:  newKisi,
	},
	"house": {takes: []string{"name"}, space: newHouse},
	"scim": {
		needs: []string{"base_url"},
		takes: []string{"token", "user", "password", "budget"},
		rate:  scim.Rate,
		door:  newSCIM,
	},
	"opentech": {
		needs: []string{"api_key", "api_secret", "client_id", "client_secret", "facility"},
		takes: []string{"auth_url", "base_url", "event_url", "time_group", "access_profile", "portal_visitors", "budget"},
		rate:  opentech.Rate,
		door:  newOpenTech,
	},
}

// connect builds every connection of the file. Nothing is sent yet.
func connect(f *config.File, w wiring) (map[string]desk.Space, map[string]desk.Door, error) {
	spaces, doors := map[string]desk.Space{}, map[string]desk.Door{}
	for _, name := range slices.Sorted(maps.Keys(f.Connections)) {
		c := f.Connections[name]
		kind, ok := systems[c.System]
		if !ok {
			return nil, nil, cardea.Errorf(cardea.Rejected, "%s: connection %s: unknown system %q%s", f.At(c.Line), name, c.System,
				desk.Nearest(c.System, slices.Sorted(maps.Keys(systems))))
		}
		if err := kind.check(f, name, c); err != nil {
			return nil, nil, err
		}
		rate := kind.rate
		if c.Budget.Set {
			rate = c.Budget.Rate
		}
		budget := wire.NewBudget(name, rate, w.slots, w.now)
		if kind.space != nil {
			s, err := kind.space(name, c, budget, w)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", f.At(c.Line), err)
			}
			spaces[name] = desk.Space{System: c.System, Space: s}
			continue
		}
		d, err := kind.door(name, c, budget, w)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.At(c.Line), err)
		}
		doors[name] = desk.Door{System: c.System, Door: d, CallsPerHour: int(time.Hour / max(rate.Interval(), time.Microsecond))}
	}
	return spaces, doors, sides(f, spaces, doors)
}

func (s system) check(f *config.File, name string, c *config.Connection) error {
	for _, key := range s.needs {
		if _, ok := c.Keys[key]; !ok {
			return cardea.Errorf(cardea.Rejected, "%s: connection %s: %s needs %s", f.At(c.Line), name, c.System, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.Keys)) {
		if key != "system" && !slices.Contains(s.needs, key) && !slices.Contains(s.takes, key) {
			return cardea.Errorf(cardea.Rejected, "%s: connection %s: %s takes no %q: it takes %s", f.At(c.Keys[key]), name, c.System, key,
				strings.Join(append(slices.Clone(s.needs), s.takes...), ", "))
		}
	}
	return nil
}
