package kinnovis

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
)

// Config is what a System needs.
type Config struct {
	// Client speaks to BaseOf(base_url), with Classify and Authorize.
	Client *wire.Client
	// HookSecret signs the account's webhooks; empty = no hook is believed.
	HookSecret string
	Now        func() time.Time
}

// System is one Kinnovis account. It may be used by many goroutines.
type System struct {
	client *wire.Client
	secret []byte
	now    func() time.Time
}

var (
	_ space.System   = (*System)(nil)
	_ space.Hooked   = (*System)(nil)
	_ space.Lacking  = (*System)(nil)
	_ space.Examined = (*System)(nil)
	_ space.Assuming = (*System)(nil)
)

// New checks the configuration. Errors: Rejected.
func New(c Config) (*System, error) {
	switch {
	case c.Client == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the Kinnovis connection has no client")
	case c.Now == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the Kinnovis connection has no clock")
	}
	return &System{client: c.Client, secret: []byte(c.HookSecret), now: c.Now}, nil
}

// Describe reads the locations, which proves address and token. No route tells of the account itself: it is named by its oldest
// location, by created_at where that is said, else by the smallest id.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	r := s.reader(cardea.NewIntake(cardea.Scope{}, nil))
	type site struct{ id, name, made string }
	var all []site
	p := r.into.Open(cardea.KindLocation)
	c := locations
	c.decode = func(raw []byte) (cardea.Record, error) {
		var v struct {
			own

			Name text `json:"name"`
			Made text `json:"created_at"`
		}
		rec, err := locations.decode(raw)
		if json.Unmarshal(raw, &v) == nil && v.id() != "" {
			all = append(all, site{v.id(), string(v.Name), string(v.Made)})
		}
		return rec, err
	}
	if err := r.fill(ctx, p, c); err != nil {
		return cardea.Organisation{}, err
	}
	if e := p.Close(); e.Grade() != cardea.Complete {
		return cardea.Organisation{}, cardea.Errorf(cardea.Retry, "the Kinnovis locations are not whole: %s", e.Why())
	}
	if len(all) == 0 {
		return cardea.Organisation{}, cardea.Errorf(cardea.Auth, "the Kinnovis token sees no location: give it the right to read them")
	}
	first := slices.MinFunc(all, func(a, b site) int {
		return cmp.Or(strings.Compare(a.made, b.made), cmp.Compare(len(a.id), len(b.id)), strings.Compare(a.id, b.id))
	})
	skew, _ := s.client.Skew()
	return cardea.Organisation{ID: first.id, Name: cmp.Or(first.name, first.id), Skew: skew}, nil
}

// Collections lists the kinds that Kinnovis has: those that others point to first.
func (s *System) Collections() []cardea.Kind {
	return []cardea.Kind{
		cardea.KindLocation, cardea.KindResource, cardea.KindPlan, cardea.KindPerson, cardea.KindAgreement, cardea.KindAssignment,
	}
}

// Lacks implements space.Lacking.
func (s *System) Lacks(kind cardea.ItemKind) string {
	switch kind {
	case cardea.ItemFloors:
		return "Kinnovis has no floors of their own: map its units or locations"
	case cardea.ItemBookables:
		return "Kinnovis has nothing that is booked by the hour: what it calls a booking is the rental of a unit"
	case cardea.ItemPasses:
		return "Kinnovis has no passes"
	case cardea.ItemPushes:
		return "Kinnovis pushes nobody's access"
	case cardea.ItemPlans, cardea.ItemLocations, cardea.ItemResources, cardea.ItemUnits:
	}
	return ""
}

// Assumed implements space.Assuming. It is everything: nothing of the contract is documented.
func (s *System) Assumed() []string {
	return []string{
		"Every route, field and status is assumed: no public API of Kinnovis is known. What works today is the import of its workbook " +
			"into a house connection.",
		"One bearer token reads everything; calls are limited to 60 a minute; pages are numbered and say their count and the next page.",
		"The records are at /locations, /unit-types, /units, /customers and /bookings below a version, /v1 unless base_url names one.",
		"The account is named by its oldest location; no route tells of the account itself.",
		"An unknown id is answered with 404; it counts as deleted while the listing of its collection answers.",
		"access_permissions are the names of access groups at the door system; a unit with none opens the group of its own name.",
		"has_access false, by hand or by auto-lock, shuts out everybody of that booking, and those it is shared with, until it is true again.",
		"Auto-lock is carried out by Kinnovis: invoices and grace periods are not read.",
		"move_in_date and move_out_date are dates in the location's timezone, and both are days with access.",
		"A booking whose status is ended or cancelled is over at once, whatever its dates; one that is cancelled for later is active until then.",
		"A booking that is a draft, an offer, pending or declined gives nothing; a status that is not known says nothing.",
		"A booking of several units lists them in units or unit_ids; one that was moved has its own dates for each.",
		"shared_accesses are customers, by their ids: others get no access, nor does a bare number beside a name; a booking without the " +
			"field has none when the first three, read alone, have none either.",
		"Hooks bear the time and HMAC-SHA256 over time and body in X-Kinnovis-Signature, and are not older than five minutes.",
		"Changes of customers are announced by no hook: they come with their bookings, and with the next whole reading.",
	}
}
