package main

import (
	"context"
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
	"github.com/cardea-access/cardea/door/brivo"
	"github.com/cardea-access/cardea/door/kisi"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/door/saltoks"
	"github.com/cardea-access/cardea/door/scim"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/space/kinnovis"
	"github.com/cardea-access/cardea/space/nexudus"
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
	waits     func(text string) // told that a connection waits for a token; nil = nobody hears
	readOnly  bool
	shut      func(ctx context.Context, door string) error // says why nothing may be written to a door now; nil = nobody minds
	records   house.Records                                // of house connections
	memory    opentech.Memory                              // nil = nothing can be kept encrypted
	passes    brivo.Memory                                 // nil = nothing can be kept encrypted
	hooks     hookSecrets                                  // nil = none were registered from here
	registers bool                                         // webhooks may be registered
	habits    scim.Habits                                  // nil = nothing is remembered of servers
	consents  map[string]desk.Consent                      // of connections that rest on one, by name: filled as they are built
}

// client is what every connection's HTTP client has in common.
func (w wiring) client(name string, b *wire.Budget) wire.Config {
	c := wire.Config{Name: name, Transport: w.transport, Now: w.now, Budget: b, ReadOnly: w.readOnly, Recorder: w.recorder}
	if w.shut != nil {
		c.Shut = func(ctx context.Context) error { return w.shut(ctx, name) }
	}
	return c
}

// ofSpace is the wiring of space connections: nothing is ever written there.
func (w wiring) ofSpace() wiring {
	w.readOnly = true
	return w
}

// system is one entry of the register: what a connection of this kind needs, takes and is.
type system struct {
	needs, takes []string // configuration keys beside "system"
	rate         wire.Rate
	monthly      int // calls in a month, where the vendor counts them; 0 = it does not
	space        func(name string, c *config.Connection, b *wire.Budget, w wiring) (space.System, error)
	door         func(name string, c *config.Connection, b *wire.Budget, w wiring) (door.System, error)
}

// systems is the register of connectors. Nobody else asks which vendor a connection belongs to.
var systems = map[string]system{
	"officernd": {
		needs: []string{"org", "client_id", "client_secret"},
		takes: []string{"base_url", "auth_url", "webhook_secret", "budget"},
		rate:  officernd.Rate,
		space: newOfficeRnD,
	},
	"nexudus": {
		needs: []string{"user", "password"},
		takes: []string{"auth", "client_id", "base_url", "webhook_secret", "acs", "acs_token", "budget"},
		rate:  nexudus.Rate,
		space: newNexudus,
	},
	"kinnovis": {
		needs: []string{"base_url", "token"},
		takes: []string{"webhook_secret", "budget"},
		rate:  kinnovis.Rate,
		space: newKinnovis,
	},
	"kisi": {
		needs: []string{"api_key"},
		takes: []string{"base_url", "webhook_secret", "budget", "settle", "propagation"},
		rate:  kisi.Rate,
		door:  newKisi,
	},
	"brivo": {
		needs: []string{"api_key", "client_id", "client_secret"},
		takes: []string{"region", "base_url", "user", "password", "redirect_url", "passes", "passes_after", "monthly_calls", "budget",
			"settle", "propagation"},
		rate:    brivo.Rate,
		monthly: brivo.MonthlyCalls,
		door:    newBrivo,
	},
	"saltoks": {
		needs: []string{"client_id"},
		takes: []string{"site", "environment", "base_url", "auth_url", "auth", "client_secret", "user", "password", "redirect_url", "budget",
			"settle", "propagation"},
		rate: saltoks.Rate,
		door: newSaltoKS,
	},
	"house": {takes: []string{"name"}, space: newHouse},
	"scim": {
		needs: []string{"base_url"},
		takes: []string{"token", "user", "password", "budget", "settle", "propagation"},
		rate:  scim.Rate,
		door:  newSCIM,
	},
	"opentech": {
		needs: []string{"api_key", "api_secret", "client_id", "client_secret", "facility"},
		takes: []string{"auth_url", "base_url", "event_url", "time_group", "access_profile", "portal_visitors", "hook_topic",
			"budget", "settle", "propagation"},
		rate: opentech.Rate,
		door: newOpenTech,
	},
}

// hoursOfMonth are those of the longest.
const hoursOfMonth = 31 * 24

// connect builds every connection of the file. Nothing is sent yet.
func connect(f *config.File, w wiring) (map[string]desk.Space, map[string]desk.Door, error) {
	spaces, doors := map[string]desk.Space{}, map[string]desk.Door{}
	w.consents = map[string]desk.Consent{}
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
		monthly, perHour := kind.monthly, int(time.Hour/max(rate.Interval(), time.Microsecond))
		if c.MonthlyCalls > 0 {
			monthly = c.MonthlyCalls
		}
		if monthly > 0 {
			perHour = max(min(perHour, monthly/hoursOfMonth), 1)
		}
		budget := wire.NewBudget(name, rate, w.slots, w.now).Monthly(monthly)
		if kind.space != nil {
			s, err := kind.space(name, c, budget, w.ofSpace())
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
		doors[name] = desk.Door{System: c.System, Door: d, CallsPerHour: perHour, Consent: w.consents[name]}
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
