package nexudus

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
)

// Config is what a System needs.
type Config struct {
	// Client speaks to Hosts.API, with Classify and with credentials of Basic or NewToken.
	Client *wire.Client
	// Account names the credentials for people: the user's e-mail.
	Account string
	// HookSecret is the account's shared secret of its webhooks; empty = no hook is believed.
	HookSecret string
	// Registrar, if any, may write webhooks: it is not read-only. No other call goes through it.
	Registrar *wire.Client
	// Writes, if any, keeps the Registrar within WriteRate: its calls count among all, and writes have a limit of their own.
	Writes *wire.Budget
	Now    func() time.Time
}

// System is one Nexudus account. It may be used by many goroutines.
type System struct {
	client    *wire.Client
	account   string
	secret    []byte
	registrar *wire.Client
	writes    *wire.Budget
	now       func() time.Time
}

var (
	_ space.System   = (*System)(nil)
	_ space.Hooked   = (*System)(nil)
	_ space.Hooks    = (*System)(nil)
	_ space.Lacking  = (*System)(nil)
	_ space.Examined = (*System)(nil)
	_ space.Assuming = (*System)(nil)
	_ space.Profiled = (*System)(nil)
)

// New checks the configuration. Errors: Rejected.
func New(c Config) (*System, error) {
	switch {
	case c.Client == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the Nexudus connection has no client")
	case c.Now == nil:
		return nil, cardea.Errorf(cardea.Rejected, "the Nexudus connection has no clock")
	}
	return &System{
		client: c.Client, account: c.Account, secret: ascii([]byte(c.HookSecret)), registrar: c.Registrar,
		writes: c.Writes, now: c.Now,
	}, nil
}

// Describe reads the locations, which proves address, credentials and role. The account has no id that the API shows: it is
// named by its top location, the one of the smallest number, which the user's own locations name as their root even where the
// user may not see it.
func (s *System) Describe(ctx context.Context) (cardea.Organisation, error) {
	r := s.reader(cardea.Scope{}, cardea.NewIntake(cardea.Scope{}, nil))
	names, roots := map[string]string{}, map[string]bool{}
	c := businesses
	c.needs = append(slices.Clone(c.needs), "RootLocationId")
	c.decode = func(raw []byte) (cardea.Record, error) {
		rec, err := simple[business](raw)
		var v business
		if err == nil && json.Unmarshal(raw, &v) == nil {
			names[v.id()] = string(v.Name)
			roots[cmp.Or(string(v.Root), v.id())] = true
		}
		return rec, err
	}
	p := r.into.Open(c.kind)
	if err := r.fill(ctx, p, c, url.Values{}); err != nil {
		return cardea.Organisation{}, err
	}
	if e := p.Close(); e.Grade() != cardea.Complete {
		return cardea.Organisation{}, cardea.Errorf(cardea.Retry, "the Nexudus locations are not whole: %s", e.Why())
	}
	var all []string
	for id := range roots {
		all = append(all, id)
	}
	if len(all) == 0 {
		return cardea.Organisation{}, cardea.Errorf(cardea.Auth, "the Nexudus user sees no location: give it one, or the role Business-List")
	}
	id := sorted(all)[0]
	skew, _ := s.client.Skew()
	return cardea.Organisation{ID: id, Name: cmp.Or(names[id], id), Who: s.account, Skew: skew}, nil
}

// Collections lists the kinds that Nexudus has: all of them.
func (s *System) Collections() []cardea.Kind { return slices.Clone(cardea.Kinds) }

// Profiled implements space.Profiled: one person can hold several coworker profiles (vendors/nexudus.md 2.3).
func (*System) Profiled() {}

// Lacks implements space.Lacking: floor-plan items are rented by contracts and map as resources.
func (s *System) Lacks(kind cardea.ItemKind) string {
	if kind == cardea.ItemUnits {
		return "Nexudus has no rentable units: map its floor-plan items under resources"
	}
	return ""
}

// Assumed implements space.Assuming: what the package comment marks with I.
func (s *System) Assumed() []string {
	return []string{
		"The account is named by its top location; the API shows no id of the account itself.",
		"Records that are asked for by several ids are whole. A list in them that is null is empty when the first few, read alone, say so too.",
		"A list that is null in a record read by its id is empty.",
		"Times without a suffix are UTC; a Local twin is the location's own clock whatever its suffix.",
		"StartDate, CancellationDate and ExpireDate are dates; a CancellationDate is the last day unless cancellation_day says out.",
		"InPausedPeriodFrom and InPausedPeriodUntil are dates, the first and the last day of a pause, on which a contract gives no access " +
			"unless paused says keep.",
		"A contract that is not active, has no CancellationDate and began more than two days ago is over.",
		"The ids in FloorPlanDeskIds stand between commas, semicolons or spaces.",
		"A pass without counters opens for one use; one that is marked as used is used up, and was used on its UsedDate.",
		"Of a time slot of passes only the clock counts, as it is written, in the location's zone; a pass type without slots always opens.",
		"Filters by Used, FromTime, ToTime and CreatedOn work as the pattern of filters says; more rows than asked for do no harm.",
		"OriginalBookingId is the number of the booking that was cancelled; where it is a word, that booking is found missing instead.",
		"A visitor who is accepted and to be held has no access, like one who is asked for or rejected.",
		"A webhook's signature may be over the body's bytes or over its ASCII form, in which what is not ASCII is a question mark.",
		"The record of an AccessControlUpdate hook is a coworker.",
	}
}
