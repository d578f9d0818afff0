package desk_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// odd is a door system that says what a test has it say.
type odd struct {
	*looptest.Door

	whose  cardea.Organisation
	err    error
	hang   bool
	issues []cardea.Issue
	why    string
}

func (o *odd) Describe(ctx context.Context) (cardea.Organisation, error) {
	if o.hang {
		<-ctx.Done()
		return cardea.Organisation{}, cardea.Errorf(cardea.Retry, "stopped: %w", ctx.Err())
	}
	return o.whose, o.err
}

func (o *odd) Examine(context.Context) ([]cardea.Issue, error) { return o.issues, nil }
func (o *odd) Assumed() []string                               { return []string{"That water is wet."} }
func (o *odd) WhyNoGroup(string) string                        { return o.why }

// clinic is a desk whose door is odd.
func clinic(t *testing.T, s *store.Store, at *cardea.Instant, ins ...desk.Integration) (*desk.Desk, *odd, *looptest.Space) {
	t.Helper()
	space := looptest.NewSpace(
		cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"},
		cardea.Plan{ID: "hot", Name: "Hot desk"}, cardea.Plan{ID: "office", Name: "Office"},
	)
	o := &odd{Door: looptest.NewDoor("General", "Floor", "Other"), whose: cardea.Organisation{ID: "org", Name: "Fake doors"}}
	if len(ins) == 0 {
		ins = []desk.Integration{integration("one", "Hot desk", "General", "Floor")}
	}
	return desk.New(desk.Config{
		Store: s, Node: "test", Now: func() time.Time { return at.Time() },
		Spaces:       map[string]desk.Space{"rnd": {System: "fake", Space: space}},
		Doors:        map[string]desk.Door{"kisi": {System: "fake", Door: o, CallsPerHour: 1000}},
		Integrations: ins,
	}), o, space
}

func diagnose(t *testing.T, d *desk.Desk, c desk.Checkup) desk.Diagnosis {
	t.Helper()
	out, err := d.Doctor(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// codes are the codes of findings, minor ones in brackets, sorted.
func codes(fs []desk.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Minor {
			out = append(out, "("+f.Code+")")
			continue
		}
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return out
}

func of(t *testing.T, d desk.Diagnosis, name string) desk.Examination {
	t.Helper()
	i := slices.IndexFunc(d.Connections, func(e desk.Examination) bool { return e.Name == name })
	if i < 0 {
		t.Fatalf("nothing is said of %s", name)
	}
	return d.Connections[i]
}

func TestDoctorTellsAWellConnectionAndRemembersNothingOfItsNames(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		d, o, _ := clinic(t, s, &at)
		o.whose.Who, o.whose.Skew = "olga@x.test", 3*time.Second
		got := diagnose(t, d, desk.Checkup{Wired: map[string]desk.Wired{"kisi": {Budget: "5/s"}}})
		if got.Standing() != desk.InStep {
			t.Fatalf("standing %d: %+v", got.Standing(), got)
		}
		k := of(t, got, "kisi")
		switch {
		case k.Organisation.ID != "org" || k.Organisation.Who != "olga@x.test" || k.Pinned != "" || k.System != "fake" || k.Side != "door":
			t.Errorf("whose: %+v", k)
		case !slices.Equal(k.Abilities, []string{"timed", "examined"}) || len(k.Can) != 2 || k.Limits == nil || !k.Limits.Timed:
			t.Errorf("can: %v %v %+v", k.Abilities, k.Can, k.Limits)
		case k.Budget != "5/s" || k.Clock != "is 3 s ahead of ours" || !slices.Equal(k.Assumed, []string{"That water is wet."}):
			t.Errorf("%+v", k)
		case len(got.Integrations) != 1 || !got.Integrations[0].Checked || len(got.Integrations[0].Findings) > 0:
			t.Errorf("integrations: %+v", got.Integrations)
		}
		names, err := s.In("default").Resolved(t.Context(), "one")
		if err != nil || len(names) > 0 {
			t.Errorf("names were remembered: %v, %v", names, err)
		}
		rows, err := s.In("default").Connections(t.Context())
		if err != nil || len(rows) > 0 {
			t.Errorf("connections without secrets were saved: %v, %v", rows, err)
		}
		for _, c := range o.Calls() {
			if c.Write {
				t.Errorf("wrote at the door: %v", c)
			}
		}
	})
}

func TestDoctorFindsATenantThatIsNotThePinnedOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		d, o, _ := clinic(t, s, &at)
		if err := d.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.whose = cardea.Organisation{ID: "other", Name: "Other doors", Skew: -3 * time.Minute}
		got := diagnose(t, d, desk.Checkup{})
		k := of(t, got, "kisi")
		if c := codes(k.Findings); !slices.Equal(c, []string{"clock", "other-organisation"}) || got.Standing() != desk.Pending {
			t.Errorf("found %v, standing %d", c, got.Standing())
		}
		if k.Pinned != "org" || k.Organisation.ID != "other" {
			t.Errorf("pinned to %q, leads to %q", k.Pinned, k.Organisation.ID)
		}
		for _, f := range k.Findings {
			if f.Mend == "" {
				t.Errorf("%s says no mend", f.Code)
			}
		}
		rows, err := s.In("default").Connections(t.Context())
		if err != nil || rows[0].Organisation != "org" {
			t.Errorf("the pin moved: %+v, %v", rows, err)
		}
	})
}

func TestDoctorKeepsAgesOfCredentialsAndNoCredential(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		d, _, _ := clinic(t, s, &at)
		ages := func(secret string) []desk.Credential {
			return of(t, diagnose(t, d, desk.Checkup{
				Wired: map[string]desk.Wired{"kisi": {Secrets: map[string]string{"api_key": secret}}},
			}), "kisi").Credentials
		}
		want := func(when string, got []desk.Credential, first, changed cardea.Instant) {
			if len(got) != 1 || got[0] != (desk.Credential{Name: "api_key", FirstSeen: first, Changed: changed}) {
				t.Errorf("%s: %+v", when, got)
			}
		}
		first := at
		want("at first", ages("open sesame"), first, first)
		at = at.Add(time.Hour)
		want("the same", ages("open sesame"), first, first)
		changed := at
		want("another", ages("open barley"), first, changed)
		at = at.Add(time.Hour)
		want("the same again", ages("open barley"), first, changed)
		kept, err := s.In("default").Recall(t.Context(), "kisi", "credential")
		if err != nil || len(kept) != 1 || strings.Contains(kept[0].Body+kept[0].Secret, "barley") {
			t.Errorf("kept %+v, %v", kept, err)
		}
		if err := s.In("default").SaveToken(t.Context(), "kisi", []byte(`{"access":"hush","expires":"2026-11-23T00:00:00Z"}`)); err != nil {
			t.Fatal(err)
		}
		got := of(t, diagnose(t, d, desk.Checkup{}), "kisi").Credentials
		if len(got) != 1 || got[0].Expires.String() != "2026-11-23T00:00:00Z" {
			t.Errorf("of the token and a secret that is gone: %+v", got)
		}
		if kept, err = s.In("default").Recall(t.Context(), "kisi", "credential"); err != nil || len(kept) != 0 {
			t.Errorf("still kept %+v, %v", kept, err)
		}
	})
}

func TestOneConnectionThatHangsDoesNotHoldTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		space := looptest.NewSpace(cardea.Location{ID: "l", Name: "London", Zone: "Europe/London"})
		stuck := &odd{Door: looptest.NewDoor(), hang: true}
		doors := map[string]desk.Door{"well": {System: "fake", Door: looptest.NewDoor("General")}}
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} { // more than are asked at once
			doors[name] = desk.Door{System: "stuck", Door: stuck}
		}
		d := desk.New(desk.Config{
			Store: s, Now: time.Now, Spaces: map[string]desk.Space{"rnd": {System: "fake", Space: space}}, Doors: doors,
		})
		began := time.Now()
		got := diagnose(t, d, desk.Checkup{Timeout: 10 * time.Second})
		if spent := time.Since(began); spent != 20*time.Second {
			t.Errorf("took %s for ten that hang for 10 s, eight at once", spent)
		}
		if e := of(t, got, "a"); e.Error != "a did not answer within 10 s." || e.Mend == "" {
			t.Errorf("the one that hangs: %q, %q", e.Error, e.Mend)
		}
		if e := of(t, got, "well"); e.Error != "" || e.Organisation.ID != "org" || got.Standing() != desk.Incomplete {
			t.Errorf("the one that is well: %+v, standing %d", e, got.Standing())
		}
		if _, err := d.Doctor(t.Context(), desk.Checkup{Connections: []string{"wel"}}); cardea.ClassOf(err) != cardea.NotFound ||
			!strings.Contains(err.Error(), `"well"`) {
			t.Errorf("an unknown one: %v", err)
		}
	})
}

func TestDoctorWeighsFindingsByWhetherTheGroupIsMapped(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		d, o, _ := clinic(t, s, &at)
		o.issues = []cardea.Issue{
			{Code: "shut", Group: "General", Text: "it opens nothing"}, {Code: "shut", Group: "Other", Text: "it opens nothing"},
			{Code: "habit", Minor: true, Text: "no filters"},
		}
		k := of(t, diagnose(t, d, desk.Checkup{}), "kisi")
		if c := codes(k.Findings); !slices.Equal(c, []string{"(habit)", "(shut)", "shut"}) {
			t.Errorf("found %v", c)
		}
		i := slices.IndexFunc(k.Findings, func(f desk.Finding) bool { return f.Code == "shut" && !f.Minor })
		if f := k.Findings[i]; f.About != "General" || f.Text != "It opens nothing." {
			t.Errorf("the one that matters: %+v", f)
		}
		// Without the space side nobody knows what is mapped: nothing is taken lightly.
		got := diagnose(t, d, desk.Checkup{Connections: []string{"kisi"}})
		if c := codes(of(t, got, "kisi").Findings); !slices.Equal(c, []string{"(habit)", "shut", "shut"}) || len(got.Integrations) != 0 {
			t.Errorf("found %v, %+v", c, got.Integrations)
		}
	})
}

func TestDoctorLooksUpNamesInWhatIsThereNow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		typo := integration("typo", "Hot dsk", "Generl")
		mode := integration("mode", "Office", "General")
		mode.Groups = []desk.GroupWish{{Group: desk.Named{Text: "General"}, Mode: cardea.Shared}}
		first := integration("first", "Hot desk", "General")
		first.Groups = []desk.GroupWish{{Group: desk.Named{Text: "General"}, Mode: cardea.Exclusive}}
		slow := integration("slow", "Office", "Floor")
		slow.Horizon = time.Hour
		off := integration("off", "Nothing", "Nowhere")
		off.Enabled = false
		d, o, space := clinic(t, s, &at, first, mode, slow, typo, off)
		o.why = "portal_visitors: true would make it one"
		space.Put(cardea.Location{ID: "n", Name: "Nowhere"})
		found := func() map[string]string {
			out := map[string]string{}
			for _, f := range diagnose(t, d, desk.Checkup{}).Integrations {
				out[f.Name] = strings.Join(codes(f.Findings), " ")
			}
			return out
		}
		want := map[string]string{
			"first": "refused zone-missing", "mode": "mode-differs refused zone-missing", "slow": "refused refused zone-missing",
			"typo": "refused refused refused zone-missing", "off": "(switched-off)",
		}
		for name, codes := range found() {
			if codes != want[name] {
				t.Errorf("%s: found %s, want %s", name, codes, want[name])
			}
		}
		got := diagnose(t, d, desk.Checkup{})
		text := ""
		for _, f := range got.Integrations[3].Findings {
			text += f.Text + "\n"
		}
		for _, part := range []string{
			`no plan "Hot dsk": did you mean "Hot desk"?`, `no access group "Generl": portal_visitors: true would make it one.`,
			"Without a time zone of their own: Nowhere.",
		} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not said in:\n%s", part, text)
			}
		}
	})
}

func TestDoctorTellsRenamedAndGoneTargets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		in := integration("one", "Hot desk", "General", "Floor")
		in.Zone = "Europe/Lisbon"
		d, o, space := clinic(t, s, &at, in)
		if _, err := d.Sync(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		space.Put(cardea.Plan{ID: "hot", Name: "Flex desk"}, cardea.Location{ID: "n", Name: "Nowhere"})
		got := diagnose(t, d, desk.Checkup{})
		if c := codes(got.Integrations[0].Findings); !slices.Equal(c, []string{"(renamed)", "(zone-borrowed)"}) || got.Standing() != desk.InStep {
			t.Errorf("found %v, standing %d", c, got.Standing())
		}
		rnd := of(t, got, "rnd")
		if len(rnd.Collections) == 0 || rnd.Collections[0].Grade != cardea.Complete || rnd.Collections[0].At != start ||
			of(t, got, "kisi").ListedAt != start {
			t.Errorf("last reads: %+v, %s", rnd.Collections, of(t, got, "kisi").ListedAt)
		}
		space.Delete(cardea.Key{Kind: cardea.KindPlan, ID: "hot"})
		space.Trouble(cardea.KindFloor, cardea.Errorf(cardea.Retry, "500"))
		got = diagnose(t, d, desk.Checkup{})
		if c := codes(of(t, got, "rnd").Findings); !slices.Equal(c, []string{"not-listed"}) {
			t.Errorf("found %v", c)
		}
		if c := codes(got.Integrations[0].Findings); len(c) != 0 { // as read last, it is there and has its name
			t.Errorf("found %v", c)
		}
		space.Trouble(cardea.KindFloor, nil)
		got = diagnose(t, d, desk.Checkup{})
		if c := codes(got.Integrations[0].Findings); !slices.Contains(c, "mapping-target-gone") || got.Standing() != desk.Pending {
			t.Errorf("found %v, standing %d", c, got.Standing())
		}
		// Without either system what was read last is compared, and the connection has failed.
		o.err = cardea.Errorf(cardea.Auth, "401: the key is refused")
		got = diagnose(t, d, desk.Checkup{})
		if k := of(t, got, "kisi"); k.Error == "" || !strings.Contains(k.Mend, "credentials") || got.Standing() != desk.Incomplete ||
			!got.Integrations[0].Checked {
			t.Errorf("%+v, standing %d", k, got.Standing())
		}
	})
}

func TestDoctorFindsAttributesThatTheDoorDoesNotHold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		in := integration("one", "Hot desk", "General")
		in.Units = true
		d, _, space := clinic(t, s, &at, in)
		space.Put(cardea.Resource{ID: "u", Name: "Floor", Location: "l", Unit: true, Attributes: cardea.Attributes{TimeGroup: "Nights"}})
		got := diagnose(t, d, desk.Checkup{})
		f := got.Integrations[0].Findings
		if c := codes(f); !slices.Equal(c, []string{"attributes-not-held"}) || !strings.Contains(f[0].Text, "1 group of a unit") {
			t.Errorf("found %+v", f)
		}
	})
}

func TestTwoConnectionsOfOneOrganisationAreFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		doors := map[string]desk.Door{}
		for _, name := range []string{"east", "west"} {
			doors[name] = desk.Door{System: "fake", Door: looptest.NewDoor("General")}
		}
		d := desk.New(desk.Config{Store: s, Now: time.Now, Doors: doors})
		for _, when := range []string{"before one is pinned", "after it"} {
			got := diagnose(t, d, desk.Checkup{})
			for name, other := range map[string]string{"east": "west", "west": "east"} {
				fs := of(t, got, name).Findings
				i := slices.IndexFunc(fs, func(f desk.Finding) bool { return f.Code == "same-organisation" })
				if len(fs) != 2 || i < 0 || !strings.Contains(fs[i].Text, other) { // and unused
					t.Errorf("%s, %s: %+v", when, name, fs)
				}
			}
			if err := d.Connect(t.Context()); err == nil {
				t.Error("Connect takes both")
			}
		}
	})
}

func TestADiagnosisIsPlainJSON(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		at := start
		d, _, _ := clinic(t, s, &at)
		b, err := json.Marshal(diagnose(t, d, desk.Checkup{}))
		if err != nil {
			t.Fatal(err)
		}
		if text := string(b); strings.Contains(text, "null") || !strings.Contains(text, `"abilities":["timed","examined"]`) {
			t.Errorf("%s", text)
		}
		empty, err := json.Marshal(diagnose(t, d, desk.Checkup{Connections: []string{"kisi"}}))
		if err != nil || !strings.Contains(string(empty), `"integrations":[]`) {
			t.Errorf("%s, %v", empty, err)
		}
	})
}
