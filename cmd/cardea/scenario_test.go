package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/sandbox"
	"github.com/cardea-access/cardea/store/storetest"
)

const scenariosDir = "../../testdata/scenarios/"

// scenario is one file of testdata/scenarios: a story in steps that an operator can read. Its README says what the keys mean.
type scenario struct {
	Name      string    `yaml:"name"`
	Rules     []string  `yaml:"rules"` // codes of the rule book
	About     string    `yaml:"about"`
	World     string    `yaml:"world"`
	Zone      string    `yaml:"zone"` // in which the file's times are written
	Databases []string  `yaml:"databases"`
	Given     yaml.Node `yaml:"given"`  // how the world differs before anything happens
	Config    yaml.Node `yaml:"config"` // laid over the configuration beside the world
	// Switches choose between what a vendor's sheet says twice.
	Switches map[string]string `yaml:"switches"`
	Steps    []step            `yaml:"steps"`

	file string
	zone *time.Location
}

// step is one instant: what somebody does, a run, and what is to be seen after it.
type step struct {
	At     when                 `yaml:"at"`
	About  string               `yaml:"about"`
	Change yaml.Node            `yaml:"change"` // at the vendors, in the form of a world file
	Config yaml.Node            `yaml:"config"` // by the operator: Cardea is started again with it
	Sync   string               `yaml:"sync"`
	Faults map[string][]trouble `yaml:"faults"` // of the vendors, from here on, instead of earlier ones
	// Refused: the run is refused with a sentence of which this is a part.
	Refused string `yaml:"refused"`

	Grants  []wantGrant         `yaml:"grants"`
	Explain []wantAnswer        `yaml:"explain"`
	Members map[string][]string `yaml:"members"` // of groups, exactly, at the door
	Inside  map[string][]string `yaml:"inside"`  // among the members
	Outside map[string][]string `yaml:"outside"` // not among them
	Edges   []wantEdge          `yaml:"edges"`
	Writes  *wantWrites         `yaml:"writes"`
	Changes *wantChanges        `yaml:"changes"` // exactly these
	Among   []wantChange        `yaml:"among"`   // these, and maybe others
	Made    []wantAccount       `yaml:"made"`
	Mails   *wantMails          `yaml:"mails"`
	Issues  []wantIssue         `yaml:"issues"`
	Quiet   []wantIssue         `yaml:"quiet"` // issues that must not be there
}

var standings = map[string]desk.Standing{
	"in step": desk.InStep, "pending": desk.Pending, "held": desk.Held, "incomplete": desk.Incomplete,
}

// trouble is a fault of a vendor.
type trouble struct {
	Method string `yaml:"method"`
	Path   string `yaml:"path"`
	Status int    `yaml:"status"`
	Times  int    `yaml:"times"`
}

// noSync is the step at which Cardea does nothing: what the doors do then they do by themselves.
const noSync = "none"

func scenarios(t *testing.T) []scenario {
	t.Helper()
	files, err := filepath.Glob(scenariosDir + "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []scenario
	for _, file := range files {
		out = append(out, parseScenario(t, filepath.Base(file), read(t, file)))
	}
	return out
}

func parseScenario(t *testing.T, file string, text []byte) scenario {
	t.Helper()
	s := scenario{file: strings.TrimSuffix(file, ".yaml"), World: "tiny", Zone: "Europe/London"}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var err error
	if s.zone, err = time.LoadLocation(s.Zone); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if s.Name == "" || s.About == "" || len(s.Rules) == 0 || len(s.Steps) == 0 {
		t.Fatalf("%s: a scenario has name, rules, about and steps", file)
	}
	for i, one := range s.Steps {
		if one.At.text == "" {
			t.Fatalf("%s: step %d says no instant", file, i+1)
		}
		if _, known := standings[one.Sync]; !known && one.Sync != "" && one.Sync != noSync {
			t.Fatalf("%s: step %d: sync is in step, pending, held, incomplete or none, not %q", file, i+1, one.Sync)
		}
	}
	return s
}

// TestScenarios plays every scenario: a whole Cardea against the vendors' twins, in virtual time.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios(t) {
		if len(s.Databases) == 0 {
			s.Databases = []string{"sqlite"}
		}
		for _, engine := range s.Databases {
			name := s.file
			if engine != "sqlite" {
				name += "/" + engine
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s.play(t, s.database(t, engine))
			})
		}
	}
}

// database is an empty one; a scenario that starts Cardea twice needs one that outlives it.
func (s scenario) database(t *testing.T, engine string) database {
	t.Helper()
	switch again := slices.ContainsFunc(s.Steps, func(one step) bool { return !one.Config.IsZero() }); {
	case engine == "postgres":
		return database{storetest.DSN(t), storetest.Schema(t)}
	case engine != "sqlite":
		t.Fatalf("there is no database %q", engine)
	case again:
		return kept(t)
	}
	return onSQLite
}

func (s scenario) play(t *testing.T, db database) {
	t.Helper()
	bubble(t, s.Steps[0].At.in(t, s.zone).Format(time.RFC3339), func(t *testing.T) {
		p := s.start(t, db)
		defer func() { p.shut() }()
		for i := range s.Steps {
			p.step(i, &s.Steps[i])
		}
		p.always()
	})
}

// player plays one scenario.
type player struct {
	*rig

	s      scenario
	layers []yaml.Node // of the configuration, the last on top
	db     database
	// where names the step in messages.
	where  string
	result desk.Result
	before int // writes at the door before the step
}

// start plays the world, as it was given, and configures Cardea.
func (s scenario) start(t *testing.T, db database) *player {
	t.Helper()
	world, err := sandbox.Parse(s.World+".yaml", read(t, worldsDir+s.World+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p := &player{s: s, db: db, rig: &rig{t: t, term: &terminal{
		out: &bytes.Buffer{}, err: &bytes.Buffer{}, now: time.Now, getenv: func(string) string { return "" },
	}}}
	if p.vendors, err = sandbox.New(world, sandbox.Options{Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if err := p.vendors.SetSwitches(s.Switches); err != nil {
		t.Fatalf("%s: %v", s.file, err)
	}
	p.patchNode(&s.Given)
	if !s.Config.IsZero() {
		p.layers = append(p.layers, s.Config)
	}
	p.configure()
	return p
}

// configure starts Cardea with the world's configuration and everything that is laid over it.
func (p *player) configure() {
	p.t.Helper()
	name := worldsDir + p.s.World + ".cardea.yaml"
	var root yaml.Node
	if err := yaml.Unmarshal(read(p.t, name), &root); err != nil {
		p.t.Fatal(err)
	}
	for i := range p.layers {
		lay(root.Content[0], &p.layers[i])
	}
	text, err := yaml.Marshal(&root)
	if err != nil {
		p.t.Fatal(err)
	}
	file, err := config.Parse(name, text, p.term.getenv)
	if err != nil {
		p.t.Fatalf("%s: the configuration: %v", p.s.file, err)
	}
	file.Database = p.db.dsn
	p.set = settings{file: file, schema: p.db.schema, transport: p.vendors.Transport(), log: p.term.err}
	p.open()
}

// lay puts a mapping over another: what both name is laid in turn, null takes a key out, everything else replaces.
func lay(under, over *yaml.Node) {
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		at := -1
		for j := 0; j+1 < len(under.Content); j += 2 {
			if under.Content[j].Value == key.Value {
				at = j
			}
		}
		switch {
		case value.Tag == "!!null":
			if at >= 0 {
				under.Content = slices.Delete(under.Content, at, at+2)
			}
		case at < 0:
			under.Content = append(under.Content, key, value)
		case value.Kind == yaml.MappingNode && under.Content[at+1].Kind == yaml.MappingNode:
			lay(under.Content[at+1], value)
		default:
			under.Content[at+1] = value
		}
	}
}

func (p *player) patchNode(n *yaml.Node) {
	p.t.Helper()
	if n.IsZero() {
		return
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.vendors.Patch(text); err != nil {
		p.t.Fatalf("%s: %s: %v\n%s", p.s.file, p.where, err, text)
	}
}

// step waits for its instant, does what it says and looks.
func (p *player) step(i int, one *step) {
	p.t.Helper()
	instant := one.At.in(p.t, p.s.zone)
	p.where = one.At.text
	if one.About != "" {
		p.where += " (" + strings.TrimSpace(one.About) + ")"
	}
	if i > 0 && time.Now().After(instant) {
		p.t.Fatalf("%s: it is %s already: leave the step before more time", p.where, time.Now().UTC().Format(time.RFC3339))
	}
	time.Sleep(time.Until(instant))
	p.patchNode(&one.Change)
	if !one.Config.IsZero() {
		p.shut()
		p.layers = append(p.layers, one.Config)
		p.configure()
	}
	for vendor, faults := range one.Faults {
		p.vendors.ClearFaults(vendor)
		for _, f := range faults {
			fault := sandbox.Fault{Method: f.Method, Path: f.Path, Status: f.Status, Times: f.Times}
			if err := p.vendors.Fault(vendor, fault); err != nil {
				p.t.Fatalf("%s: %v", p.where, err)
			}
		}
	}
	p.before, p.result = p.writes(), desk.Result{}
	switch {
	case one.Refused != "":
		if _, err := p.app.desk.Sync(context.Background(), nil); err == nil || !strings.Contains(err.Error(), one.Refused) {
			p.errorf("the run should be refused because it %q, got %v", one.Refused, err)
		}
	case one.Sync != noSync:
		p.run(one.Sync)
	}
	p.look(one)
}

func (p *player) run(standing string) {
	p.t.Helper()
	if standing == "" {
		standing = "in step"
	}
	var err error
	if p.result, err = p.app.desk.Sync(context.Background(), nil); err != nil {
		p.t.Fatalf("%s: %v", p.where, err)
	}
	// Shown only when something fails: the story up to there, as the command line tells it.
	var story bytes.Buffer
	teller := &terminal{out: &story, err: &story, now: time.Now}
	teller.printResult(p.result, say.Clock{Zone: p.s.zone, Now: cardea.At(time.Now())}, false)
	p.t.Logf("%s\n%s", p.where, story.String())
	if got := p.result.Standing(); got != standings[standing] {
		p.errorf("the run left standing %d, not %q", got, standing)
	}
}

func (p *player) errorf(format string, args ...any) {
	p.t.Helper()
	p.t.Errorf(p.where+": "+format, args...)
}

func TestScenariosAreReadStrictly(t *testing.T) {
	t.Parallel()
	whole := "name: x\nrules: [PLAN]\nabout: x\nsteps: [{at: 2026-11-23 09:00}]\n"
	for name, text := range map[string]string{
		"unknown key":         whole + "stepps: []\n",
		"unknown key in step": "name: x\nrules: [PLAN]\nabout: x\nsteps: [{at: 2026-11-23 09:00, membrs: {}}]\n",
		"twice":               whole + "name: y\n",
		"no instant":          "name: x\nrules: [PLAN]\nabout: x\nsteps: [{at: soon}]\n",
		"no window": "name: x\nrules: [PLAN]\nabout: x\n" +
			"steps: [{at: 2026-11-23 09:00, edges: [{group: a, who: b, window: always}]}]\n",
		"unknown write": "name: x\nrules: [PLAN]\nabout: x\nsteps: [{at: 2026-11-23 09:00, writes: some}]\n",
	} {
		var s scenario
		d := yaml.NewDecoder(strings.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(&s); err == nil {
			t.Errorf("%s should be refused", name)
		}
	}
	var s scenario
	if err := yaml.Unmarshal([]byte(whole), &s); err != nil {
		t.Errorf("the form that the others spoil is refused too: %v", err)
	}
	if _, err := os.Stat(scenariosDir + "README.md"); err != nil {
		t.Errorf("what the keys mean must be said beside the scenarios: %v", err)
	}
}
