package twin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Switch is one thing that a fact sheet says in two ways, or not at all. Values[0] is the default: the answer least kind to
// a client.
type Switch struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	About  string   `json:"about"`
	Value  string   `json:"value"`
}

// Switches are a vendor's switches with their present values. Safe for concurrent use.
type Switches struct {
	mu  sync.RWMutex
	all []Switch
	now map[string]string
}

// NewSwitches makes a set with every switch at its default.
func NewSwitches(all []Switch) *Switches {
	s := &Switches{all: all, now: make(map[string]string, len(all))}
	for _, w := range all {
		s.now[w.Name] = w.Values[0]
	}
	return s
}

// Set changes switches: all of them, or none when a name or a value is unknown.
func (s *Switches) Set(values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(s.all, func(w Switch) bool { return w.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no switch %q", name)
		}
		if !slices.Contains(s.all[i].Values, values[name]) {
			return fmt.Errorf("switch %s knows %s, not %q", name, strings.Join(s.all[i].Values, ", "), values[name])
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.now, values)
	return nil
}

// Is says whether a switch stands at a value.
func (s *Switches) Is(name, value string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.now[name] == value
}

// List returns every switch with its present value.
func (s *Switches) List() []Switch {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := slices.Clone(s.all)
	for i := range out {
		out[i].Value = s.now[out[i].Name]
	}
	return out
}
