package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// Target is where a mapping leads: a list of groups, or an object with groups and settings of its own.
type Target struct {
	Groups []Name
	Hours  *Hours
	Lead   Duration
	Lag    Duration
	Slots  bool
	Trim   bool
	Line   int
}

type targetObject struct {
	Groups []Name   `yaml:"groups"`
	Hours  *Hours   `yaml:"hours"`
	Lead   Duration `yaml:"lead"`
	Lag    Duration `yaml:"lag"`
	Slots  bool     `yaml:"slots"`
	Trim   bool     `yaml:"trim"`
}

var targetKeys = []string{"groups", "hours", "lead", "lag", "slots", "trim"}

// UnmarshalYAML reads [groups] or {groups: [...], hours:, lead:, lag:, slots:, trim:}.
func (t *Target) UnmarshalYAML(n *yaml.Node) error {
	t.Line = n.Line
	switch n.Kind { //nolint:exhaustive // the rest is refused below
	case yaml.SequenceNode:
		return n.Decode(&t.Groups)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i]; !slices.Contains(targetKeys, key.Value) {
				return wrong(key, "unknown key %q in a mapping%s", key.Value, desk.Nearest(key.Value, targetKeys))
			}
		}
		var o targetObject
		if err := n.Decode(&o); err != nil {
			return err //nolint:wrapcheck // it names line and mend already
		}
		*t = Target{Groups: o.Groups, Hours: o.Hours, Lead: o.Lead, Lag: o.Lag, Slots: o.Slots, Trim: o.Trim, Line: n.Line}
		return nil
	}
	return wrong(n, "want a list of groups here, such as [General access], or {groups: [...]}")
}

func checkTargets(p *problems, in *Integration, kind string, ts map[string]*Target) {
	for item, t := range ts {
		switch {
		case t == nil:
			p.add(in.Line, "mappings: %s: %q leads nowhere: give it a list of groups", kind, item)
		case len(t.Groups) == 0:
			p.add(t.Line, "mappings: %s: %q names no group", kind, item)
		case kind == "pushes" && item != cardea.Anything:
			p.add(t.Line, `mappings: pushes: %q: a push names the groups themselves: write "*" with all that it may name`, item)
		case item == cardea.Anything && kind != "passes" && kind != "pushes":
			p.add(t.Line, `mappings: %s: "*" is understood for passes only, beside pushes`, kind)
		case (t.Lead.Set || t.Lag.Set || t.Trim) && kind != "bookables":
			p.add(t.Line, "mappings: %s: %q: lead, lag and trim belong to bookables", kind, item)
		case t.Slots && kind != "passes":
			p.add(t.Line, "mappings: %s: %q: slots belong to passes", kind, item)
		}
	}
}

// Sweep is how often the door side is read whole: auto, or a duration.
type Sweep struct{ Duration }

// UnmarshalYAML reads auto or a duration.
func (s *Sweep) UnmarshalYAML(n *yaml.Node) error {
	if n.Value == "auto" {
		return nil
	}
	return s.Duration.UnmarshalYAML(n)
}

// Profile is once, or the fields that follow the space system.
type Profile struct {
	Follow []string
	Line   int
}

// UnmarshalYAML reads once, or {email: follow, phone: follow}.
func (pr *Profile) UnmarshalYAML(n *yaml.Node) error {
	pr.Line = n.Line
	if n.Kind == yaml.ScalarNode && n.Value == "once" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return wrong(n, "profile: want once, or {email: follow}")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		field, how := n.Content[i], n.Content[i+1]
		known := []string{"first", "last", "email", "phone"}
		if !slices.Contains(known, field.Value) {
			return wrong(field, "profile: unknown field %q%s", field.Value, desk.Nearest(field.Value, known))
		}
		switch how.Value {
		case "follow":
			pr.Follow = append(pr.Follow, field.Value)
		case "once":
		default:
			return wrong(how, "profile: %s: want once or follow", field.Value)
		}
	}
	return nil
}

// UnmarshalText lets a Day be a key.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := cardea.ParseDate(string(b))
	if err != nil {
		return fmt.Errorf("closure: %w", err)
	}
	d.Date = v
	return nil
}

// ParseSpans reads "08:00-12:00,13:00-17:00".
func ParseSpans(s string) ([]cardea.Span, error) {
	var out []cardea.Span
	for part := range strings.SplitSeq(s, ",") {
		v, err := cardea.ParseSpan(part)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says all there is to say
		}
		out = append(out, v)
	}
	return out, nil
}
