package opentech_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-access/cardea"
)

// memory is a cardea store of its own, which sees to it that no code stands outside a secret.
type memory struct {
	t    *testing.T
	mu   sync.Mutex
	kept map[string]cardea.Kept
	fail error
}

func newMemory(t *testing.T) *memory {
	t.Helper()
	return &memory{t: t, kept: map[string]cardea.Kept{}}
}

func (m *memory) Recall(_ context.Context, connection, kind string) ([]cardea.Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []cardea.Kept
	for k, v := range m.kept {
		if strings.HasPrefix(k, connection+"/"+kind+"/") {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b cardea.Kept) int { return cmp.Compare(a.ID, b.ID) })
	return out, m.fail
}

func (m *memory) Remember(_ context.Context, connection, kind string, k cardea.Kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, code := range strings.Split(k.Secret, ",") {
		if code != "" && (strings.Contains(k.Body, code) || strings.Contains(k.ID, code)) {
			m.t.Errorf("a code stands in the open in %s", k.ID)
		}
	}
	m.kept[connection+"/"+kind+"/"+k.ID] = k
	return m.fail
}

func (m *memory) Forget(_ context.Context, connection, kind, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, connection+"/"+kind+"/"+id)
	return m.fail
}

// codes are all codes that are kept.
func (m *memory) codes() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for _, k := range m.kept {
		for _, c := range strings.Split(k.Secret, ",") {
			if c != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// count counts notes of a kind.
func (m *memory) count(kind string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for k := range m.kept {
		if strings.HasPrefix(k, "gate/"+kind+"/") {
			n++
		}
	}
	return n
}
