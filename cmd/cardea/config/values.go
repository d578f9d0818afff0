package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/wire"
)

// Name is a name that somebody else must know, and where it stands.
type Name struct {
	Text string
	Line int
}

// UnmarshalYAML reads a scalar.
func (s *Name) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return wrong(n, "want a name here")
	}
	s.Text, s.Line = n.Value, n.Line
	return nil
}

// Duration is 15m, 24h, 1h30m; plain days are 24h.
type Duration struct {
	time.Duration

	Set bool
}

// UnmarshalYAML reads Go's form of a duration.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || n.Kind != yaml.ScalarNode {
		return wrong(n, "%q is no duration: write 15m, 24h or 1h30m", n.Value)
	}
	if v < 0 {
		return wrong(n, "%q is negative: write a span of time such as 15m", n.Value)
	}
	d.Duration, d.Set = v, true
	return nil
}

// Or returns the duration, or the default when none is set.
func (d Duration) Or(def time.Duration) time.Duration {
	if d.Set {
		return d.Duration
	}
	return def
}

// Rate is a request budget: 5/s, 400/m, 100000/d.
type Rate struct {
	wire.Rate

	Set bool
}

// UnmarshalYAML reads N/s, N/m, N/h or N/d.
func (r *Rate) UnmarshalYAML(n *yaml.Node) error {
	v, err := wire.ParseRate(n.Value)
	if err != nil {
		return wrong(n, "%v", err)
	}
	r.Rate, r.Set = v, true
	return nil
}

// Secret is a value that never shows: given plainly, as {env: NAME} or as {file: PATH}.
type Secret struct { //nolint:recvcheck // printing takes values too, so that nothing slips out
	Env   string
	File  string
	Line  int
	value string
}

// Value returns the secret.
func (s Secret) Value() string { return s.value }

// String keeps the secret out of every print.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return "[secret]"
}

// GoString keeps it out of %#v.
func (s Secret) GoString() string { return s.String() }

// UnmarshalYAML reads one of the three forms.
func (s *Secret) UnmarshalYAML(n *yaml.Node) error {
	s.Line = n.Line
	if n.Kind == yaml.ScalarNode {
		s.value = n.Value
		return nil
	}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return wrong(n, "want a secret as text, {env: NAME} or {file: PATH}")
	}
	switch n.Content[0].Value {
	case "env":
		s.Env = n.Content[1].Value
	case "file":
		s.File = n.Content[1].Value
	default:
		return wrong(n, "a secret cannot come from %q: want {env: NAME} or {file: PATH}", n.Content[0].Value)
	}
	return nil
}

func (s *Secret) resolve(dir string, getenv func(string) string) error {
	switch {
	case s.Env != "":
		if s.value = getenv(s.Env); s.value == "" {
			return fmt.Errorf("the environment variable %s is not set", s.Env)
		}
	case s.File != "":
		path := s.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("cannot read the secret: %w", err)
		}
		if s.value = strings.TrimSpace(string(b)); s.value == "" {
			return fmt.Errorf("the secret file %s is empty", s.File)
		}
	}
	return nil
}

// Hours are opening hours, or "always".
type Hours struct {
	Hours  *cardea.Hours
	Always bool
}

// UnmarshalYAML reads {mon-fri: "08:00-20:00"} or the word always.
func (h *Hours) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Value == "always" {
		h.Always = true
		return nil
	}
	var m map[string]string
	if err := n.Decode(&m); err != nil || n.Kind != yaml.MappingNode {
		return wrong(n, `want hours as {mon-fri: "08:00-20:00"}, or always`)
	}
	v, err := cardea.ParseHours(m)
	if err != nil {
		return wrong(n, "%v", err)
	}
	h.Hours = &v
	return nil
}

// Day is a calendar date.
type Day struct{ cardea.Date }

// UnmarshalYAML reads YYYY-MM-DD.
func (d *Day) UnmarshalYAML(n *yaml.Node) error {
	v, err := cardea.ParseDate(n.Value)
	if err != nil {
		return wrong(n, "%v", err)
	}
	d.Date = v
	return nil
}

// Choice is a word out of a few.
type Choice struct {
	Text string
	Line int
}

// UnmarshalYAML reads a scalar. YAML turns on and off into booleans only for those who ask; here they stay words.
func (c *Choice) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return wrong(n, "want one word here")
	}
	c.Text, c.Line = n.Value, n.Line
	return nil
}

// or sets the default and checks the word.
func (c *Choice) or(p *problems, key, def string, known ...string) {
	if c.Text == "" {
		c.Text = def
		return
	}
	if slices.Contains(known, c.Text) {
		return
	}
	p.add(c.Line, "%s: %q is no choice%s", key, c.Text, desk.Nearest(c.Text, known))
}
