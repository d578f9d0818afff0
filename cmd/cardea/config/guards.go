package config

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Adds are the brake's numbers for what comes because a mapping or scope changed: of a group, and of the groups of a place
// and of an integration together. Numbers that stand by themselves are a group's.
type Adds struct {
	Count   *int `yaml:"count"`
	Min     *int `yaml:"min"`
	Percent *int `yaml:"percent"`

	Group       *Limit `yaml:"group"`
	Location    *Limit `yaml:"location"`
	Integration *Limit `yaml:"integration"`
}

func (a *Adds) or() Adds {
	if a == nil {
		return Adds{}
	}
	return *a
}

func (a *Adds) plain() *Limit { return &Limit{Count: a.Count, Min: a.Min, Percent: a.Percent} }

// Stale says what becomes of a group's entries while the space system cannot be read.
type Stale struct {
	Expire time.Duration // after which they go, 0 = they stay
	Line   int
}

// staleAfter is for how long entries stay when the file says only that they are to go.
const staleAfter = 12 * time.Hour

// UnmarshalYAML reads keep, expire, or {expire: 12h}.
func (s *Stale) UnmarshalYAML(n *yaml.Node) error {
	const want = "when_stale: want keep, expire (after 12h), or {expire: 8h}"
	s.Line = n.Line
	if n.Kind == yaml.ScalarNode {
		switch strings.TrimSpace(n.Value) {
		case "keep", "":
			s.Expire = 0
			return nil
		case "expire":
			s.Expire = staleAfter
			return nil
		}
		return wrong(n, want)
	}
	var d Duration
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 || n.Content[0].Value != "expire" || d.UnmarshalYAML(n.Content[1]) != nil {
		return wrong(n, want)
	}
	if d.Duration < time.Hour {
		return wrong(n, "when_stale: %s is too short: a space system is silent for an hour now and then", d.Duration)
	}
	s.Expire = d.Duration
	return nil
}
