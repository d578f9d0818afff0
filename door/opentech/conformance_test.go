package opentech_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door/doortest"
	"github.com/cardea-access/cardea/door/opentech"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/wire"
)

// kindest is the vendor that leaves nobody guessing.
var kindest = map[string]string{
	"rate_limit": "none", "api_version": "lenient", "already": "200", "action_answer": "model", "code": "shown",
	"visitor_extended_data": "shown", "is_default": "shown", "code_missing": "accept", "code_reuse": "free", "names": "optional",
	"phone": "accept", "long_unit_number": "accept", "unit_twins": "accept", "second_tenant": "accept", "guest_on_vacant": "accept",
	"remove_tenant": "accept", "vacated_visitors": "gone", "removed_visitors": "gone", "delete_rented": "400", "move": "follow",
	"unit_get": "200", "unit_visitor_status": "list", "empty_events": "200",
}

// What cannot be shown by some worlds or habits, and why.
const (
	noEnd = "a list is one array without count or pages (vendors/opentech-kinnovis.md 2.6): that rows were left out of one that " +
		"closed can be told by nobody, and is judged when readings are compared"
	oneTenant  = "the suite puts several tenants on one group, and a unit has one (vendors/opentech-kinnovis.md 1.1); asked of profiles"
	stillThere = "a 404 may mean that the unit is not visible (vendors/opentech-kinnovis.md 2.4): as long as it is listed nobody is " +
		"taken for gone; see TestAMoveOutThatIsNotFoundIsNoSuccessWhileTheUnitIsListed"
	asks = "who shows neither code nor extendedData leaves nobody to tell whose a visitor is that appeared while the answer of its " +
		"create was lost: a person is asked; see TestNobodyCanTellALostCreateWhenCodesAndMarksAreHidden"
	vacantAfterMove = "a unit whose tenant came by a move reads Vacant with this vendor (an open question of the fact sheet, 7), and " +
		"the suite wants Rented; see TestARentalGoesItsWayWithEveryHabit"
	ownProfile = "the access profile of a profile group is the group itself"
)

// TestConformance asks of the connector what every door system must do: by a vendor that is as unkind as its fact sheet
// allows and by one that is kind, with units as groups and with access profiles.
func TestConformance(t *testing.T) {
	t.Parallel()
	units := map[string]string{"short page": noEnd, "look-alike": oneTenant, "gone already": stillThere}
	profiles := map[string]string{"short page": noEnd, "profiled": ownProfile}
	with := func(base map[string]string, why string, names ...string) map[string]string {
		out := maps.Clone(base)
		for _, n := range names {
			out[n] = why
		}
		return out
	}
	for name, h := range map[string]habit{
		"unkind": {lacks: with(with(units, asks, "lost answer", "cut:grant"), vacantAfterMove, "units", "cut:rename")},
		"kind":   {switches: kindest, lacks: units},
		"unkind profiles": {profiles: true, lacks: with(with(profiles, asks, "lost answer", "cut:grant"),
			vacantAfterMove, "units", "cut:rename")},
		"profiles that show codes": {
			profiles: true, switches: map[string]string{"code": "shown", "move": "follow", "already": "409"}, lacks: profiles,
		},
		"kind profiles": {switches: kindest, profiles: true, lacks: profiles},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doortest.Run(t, h.rig())
		})
	}
}

// habit is a vendor's way of doing things, and what the groups are.
type habit struct {
	switches map[string]string
	profiles bool // groups that can be written to are access profiles
	lacks    map[string]string
}

func (h habit) rig() doortest.Rig {
	rig := doortest.Rig{
		Open:         func(t *testing.T, o doortest.Options) *doortest.Bench { t.Helper(); return h.bench(t, o) },
		Begin:        suiteBegin,
		Organisation: suiteFacility,
		Abilities:    []doortest.Ability{doortest.Lockable, doortest.Profiled, doortest.Rewritable, doortest.Units},
		RestsOn: map[cardea.Kind][]cardea.Kind{ // visitors are accounts and edges in one, and stand on units
			cardea.KindAccount: {cardea.KindGroup, cardea.KindEdge}, cardea.KindEdge: {cardea.KindGroup, cardea.KindAccount},
		},
		Classes: map[int]doortest.Meaning{http.StatusServiceUnavailable: {Write: cardea.Unknown}},
		Rate:    opentech.Rate,
		Lacks:   h.lacks,
	}
	if h.profiles {
		rig.Floor = map[cardea.Kind]int{cardea.KindGroup: len(suiteProfiles)}
	}
	return rig
}

func (h habit) bench(t *testing.T, o doortest.Options) *doortest.Bench {
	t.Helper()
	site := newSite(t, suiteWorld(o, h.profiles), h.switches)
	m := &telling{memory: newMemory(t)}
	secret := suiteSecret
	if o.WrongSecret {
		secret = "YW5vdGhlci1zZWNyZXQ="
	}
	said := &bytes.Buffer{}
	recorder := wire.NewRecorder(said)
	if o.Kind != "" {
		recorder = nil
	}
	system := site.connect(t, connection{
		transport: o.Line.Around(site.server.Transport()), memory: m, secret: secret, readOnly: o.ReadOnly, recorder: recorder,
		profiles: h.profiles,
	})
	b := &doortest.Bench{
		System:  system,
		Truth:   func() []cardea.Edge { return site.truth(t) },
		Writes:  func() int { return len(site.server.Writes("opentech")) },
		Fault:   func(f doortest.Fault) { strike(t, site.server, f, h.profiles) },
		Expire:  func() { site.control(t, http.MethodPost, "/_sandbox/opentech/expire", nil) },
		Secrets: append(suiteCodes(), secret, suiteKey, suiteClientSecret),
		Said:    said.String,
		Nobody: map[cardea.Kind]string{
			cardea.KindGroup: "unit:nowhere", cardea.KindAccount: "mail:nobody@x.test", cardea.KindEdge: "unit:100/mail:nobody@x.test",
		},
		Profiles: []cardea.Attributes{{Profile: "Gate", TimeGroup: "Days"}, {Profile: "All Access", TimeGroup: "24 Hour"}},
		Groups:   []cardea.GroupID{"unit:u-1", "unit:u-2", "unit:u-3"},
	}
	m.tell = func(code string) { b.Secrets = append(b.Secrets, code) }
	if h.profiles {
		b.Nobody[cardea.KindGroup], b.Nobody[cardea.KindEdge] = "profile:999999", "profile:42/mail:nobody@x.test"
		b.Groups = []cardea.GroupID{"profile:42", "profile:41", "profile:43"}
	}
	return b
}

// telling is a memory that tells of every code it is given: a code is a secret too.
type telling struct {
	*memory

	one  sync.Mutex
	tell func(code string)
}

// Remember implements opentech.Memory.
func (m *telling) Remember(ctx context.Context, connection, kind string, k cardea.Kept) error {
	m.one.Lock()
	defer m.one.Unlock()
	for _, code := range strings.Split(k.Secret, ",") {
		if code != "" && m.tell != nil {
			m.tell(code)
		}
	}
	return m.memory.Remember(ctx, connection, kind, k)
}

// strike turns a fault of the suite into the sandbox's.
func strike(t *testing.T, server *sandbox.Server, f doortest.Fault, profiles bool) {
	t.Helper()
	const at = "/accesscontrol/facilities/" + suiteFacility
	requests := map[doortest.Call][]string{
		doortest.OnDescribe: {"GET", "/accesscontrol*facilities"},
		doortest.OnGroups:   {"GET", at + "*/units"},
		doortest.OnAccounts: {"GET", at + "/visitors"},
		doortest.OnEdges:    {"GET", at + "/visitors"},
		doortest.OnGrant:    {"POST", at + "*/visitors"},
		doortest.OnRevoke:   {"POST", at + "/units/*/vacate"},
	}
	if profiles { // which are groups beside the units
		requests[doortest.OnGroups] = append(requests[doortest.OnGroups], at+"*/accessprofiles")
		requests[doortest.OnRevoke] = []string{"POST", at + "/visitors/*/remove"}
	}
	r := requests[f.On]
	if len(r) == 0 {
		t.Fatalf("no request for %s", f.On)
	}
	for _, path := range r[1:] {
		err := server.Fault("opentech", sandbox.Fault{
			Method: r[0], Path: path, Effect: sandbox.Effect(f.Effect), Status: f.Status, RetryAfter: f.RetryAfter, Rows: f.Rows,
			Skip: f.Skip, Times: f.Times,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
