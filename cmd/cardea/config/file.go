// Package config reads cardea.yaml: what a person wrote, checked as far as it can be without asking a vendor.
//
//	cardea.yaml --yaml--> nodes --strict--> unknown keys, twice-named keys   (file:line, nearest known name)
//	                        |
//	                        +---decode--> File --check--> zones, durations, references, settings that contradict
//
// Names of items and groups stay names here; the desk resolves them against what the vendors have. Every value that can
// be wrong later keeps the line it stands on.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// File is a whole configuration.
type File struct {
	Database    string `yaml:"database"`
	Listen      string `yaml:"listen"`
	ListenHooks string `yaml:"listen_hooks"` // serves /hooks/ and /acs/ alone; empty = only listen does
	// Retain says for how long what is over stays in the database. The ledger and the audit log stay whole.
	Retain struct {
		History Duration `yaml:"history"` // runs, operations, closed issues
		Records Duration `yaml:"records"` // bookings that are over, records that the space system does not have any more
	} `yaml:"retain"`
	// Webhooks are who is told of events.
	Webhooks     map[string]*Webhook     `yaml:"webhooks"`
	Connections  map[string]*Connection  `yaml:"connections"`
	Integrations map[string]*Integration `yaml:"integrations"`

	Path string `yaml:"-"`
	// Key is the master key for secrets kept in the database, from CARDEA_KEY: 64 hex digits.
	Key string `yaml:"-"`

	root *yaml.Node // as it was written; nil when nothing was
}

// Connection is one account on one system. Which of its keys a system takes and needs is the system's own affair.
type Connection struct {
	System        string `yaml:"system"`
	BaseURL       string `yaml:"base_url"`
	Org           string `yaml:"org"`
	ClientID      string `yaml:"client_id"`
	ClientSecret  Secret `yaml:"client_secret"`
	WebhookSecret Secret `yaml:"webhook_secret"`
	APIKey        Secret `yaml:"api_key"`
	Budget        Rate   `yaml:"budget"`
	// Settle is how long a door system may take to show what it was told.
	Settle Duration `yaml:"settle"`
	// Propagation is how long the vendor's cloud may take to tell the doors.
	Propagation Duration `yaml:"propagation"`

	// Of SCIM servers; the token of Kinnovis accounts too.
	Token    Secret `yaml:"token"`
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
	// Of OpenTech facilities.
	AuthURL        string `yaml:"auth_url"`
	EventURL       string `yaml:"event_url"`
	APISecret      Secret `yaml:"api_secret"`
	Facility       string `yaml:"facility"`
	TimeGroup      string `yaml:"time_group"`
	AccessProfile  string `yaml:"access_profile"`
	PortalVisitors bool   `yaml:"portal_visitors"`
	// HookTopic is the ARN of the topic through which OpenTech announces events.
	HookTopic string `yaml:"hook_topic"`
	// Of Nexudus accounts: bearer (the default) or basic, and whether Custom ACS pushes decide instead of our rules.
	Auth string `yaml:"auth"`
	ACS  bool   `yaml:"acs"`
	// ACSToken is what Nexudus bears when it asks for groups and pushes.
	ACSToken Secret `yaml:"acs_token"`
	// Of Brivo accounts. Without user and password the connection rests on somebody's consent.
	Region       string `yaml:"region"`        // eu or us
	RedirectURL  string `yaml:"redirect_url"`  // as it is registered with the application
	Passes       string `yaml:"passes"`        // off, brivo-app or branded-app
	PassesAfter  string `yaml:"passes_after"`  // keep or remove
	MonthlyCalls int    `yaml:"monthly_calls"` // what the API key may do in a month
	// Of Salto KS sites: auth is code (the default: somebody consents) or password; base_url, auth_url and environment say where.
	Site        string `yaml:"site"`        // id, UID or name; without it the only site that the login sees
	Environment string `yaml:"environment"` // production (the default) or accept
	// Name is what the operator calls the place, for people.
	Name string `yaml:"name"`

	Line int            `yaml:"-"`
	Keys map[string]int `yaml:"-"` // the keys that stand in the file and their lines, for the system's own check
}

// secrets are the connection's secrets by their keys in the file.
func (c *Connection) secrets() map[string]*Secret {
	return map[string]*Secret{
		"client_secret": &c.ClientSecret, "webhook_secret": &c.WebhookSecret, "api_key": &c.APIKey, "token": &c.Token,
		"password": &c.Password, "api_secret": &c.APISecret, "acs_token": &c.ACSToken,
	}
}

// Secrets returns the values of the secrets that are given, by their keys in the file.
func (c *Connection) Secrets() map[string]string {
	out := map[string]string{}
	for key, s := range c.secrets() {
		if s.value != "" {
			out[key] = s.value
		}
	}
	return out
}

// Load reads a file, lays the environment over it and checks it. getenv is os.Getenv but in tests.
func Load(path string, getenv func(string) string) (*File, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cardea.Errorf(cardea.Rejected, "there is no configuration file %s here: name yours with --config FILE, or write one; "+
			"docs/guides begin with one for each pair of systems, and cardea demo needs none", path)
	}
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "cannot read the configuration: %w", err)
	}
	return Parse(path, data, getenv)
}

// Parse is Load on bytes; path names the file in messages and is where relative secret files start from.
func Parse(path string, data []byte, getenv func(string) string) (*File, error) {
	f := &File{Path: path}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		hint := ""
		if strings.Contains(err.Error(), "cannot start any token") {
			hint = "; YAML is indented with spaces, not with tabs"
		}
		return nil, cardea.Errorf(cardea.Rejected, "%s: %s%s", path, strings.TrimPrefix(err.Error(), "yaml: "), hint)
	}
	p := &problems{path: path}
	if root.Kind != 0 {
		p.strict(root.Content[0], f)
		if len(p.list) == 0 {
			p.decode(root.Content[0], f)
			f.place(root.Content[0])
			f.root = root.Content[0]
		}
	}
	if len(p.list) == 0 {
		f.fill(getenv)
		f.check(p, getenv)
	}
	return f, p.err()
}

// fill sets defaults and what the environment says.
func (f *File) fill(getenv func(string) string) {
	if v := getenv("CARDEA_DATABASE"); v != "" {
		f.Database = v
	}
	if v := getenv("CARDEA_LISTEN"); v != "" {
		f.Listen = v
	}
	if v := getenv("CARDEA_LISTEN_HOOKS"); v != "" {
		f.ListenHooks = v
	}
	f.Key = getenv("CARDEA_KEY")
	if f.Database == "" {
		f.Database = "sqlite:cardea.db"
	}
	if f.Listen == "" {
		f.Listen = "127.0.0.1:8080"
	}
}

func (f *File) check(p *problems, getenv func(string) string) {
	f.retains(p)
	f.webhooks(p, getenv)
	dir := filepath.Dir(f.Path)
	for _, name := range slices.Sorted(maps.Keys(f.Connections)) {
		c := f.Connections[name]
		if c == nil {
			p.add(0, "connection %q is empty: give it a system", name)
			continue
		}
		secrets := c.secrets()
		for _, key := range slices.Sorted(maps.Keys(secrets)) {
			s := secrets[key]
			if err := s.resolve(dir, getenv); err != nil {
				p.add(s.Line, "connection %q: %v", name, err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Integrations)) {
		in := f.Integrations[name]
		if in == nil {
			p.add(0, "integration %q is empty: give it a space and a door connection", name)
			continue
		}
		in.Name = name
		in.fill()
		in.check(p, f)
	}
}

// connection finds a connection that an integration names.
func (f *File) connection(p *problems, in *Integration, side string, name Name) {
	if name.Text == "" {
		p.add(in.Line, "integration %q names no %s connection", in.Name, side)
		return
	}
	if _, ok := f.Connections[name.Text]; !ok {
		p.add(name.Line, "integration %q: there is no connection %q%s", in.Name, name.Text,
			desk.Nearest(name.Text, slices.Sorted(maps.Keys(f.Connections))))
	}
}

// At says where in the file something stands, for messages made later.
func (f *File) At(line int) string {
	if line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, line)
}

// problems collects everything that is wrong, so that a person mends it in one go.
type problems struct {
	path string
	list []error
}

func (p *problems) add(line int, format string, args ...any) {
	where := p.path
	if line > 0 {
		where = fmt.Sprintf("%s:%d", p.path, line)
	}
	p.list = append(p.list, cardea.Errorf(cardea.Rejected, "%s: %s", where, fmt.Sprintf(format, args...)))
}

func (p *problems) err() error { return errors.Join(p.list...) }

// decode turns nodes into the File; the type errors that it collects name their lines.
func (p *problems) decode(n *yaml.Node, into any) {
	err := n.Decode(into)
	var te *yaml.TypeError
	switch {
	case err == nil || errors.Is(err, io.EOF):
	case errors.As(err, &te):
		for _, e := range te.Errors {
			var line int
			text := e
			if _, scanErr := fmt.Sscanf(e, "line %d:", &line); scanErr == nil {
				_, text, _ = strings.Cut(e, ": ")
			}
			p.add(line, "%s", text)
		}
	default:
		if le, ok := errors.AsType[*lineError](err); ok {
			p.add(le.line, "%s", le.text)
			return
		}
		p.add(0, "%v", err)
	}
}

// lineError is what a value's own decoder says.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return e.text }

func wrong(n *yaml.Node, format string, args ...any) error {
	return &lineError{n.Line, fmt.Sprintf(format, args...)}
}
