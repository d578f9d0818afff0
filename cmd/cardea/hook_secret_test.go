package main

import (
	"context"
	"testing"

	"github.com/cardea-access/cardea"
)

// secrets are what a store keeps, or why it does not tell.
type secrets map[string]error

func (s secrets) Secret(_ context.Context, _, name string) ([]byte, error) {
	if err, has := s[name]; has {
		return []byte(name), err
	}
	return nil, cardea.Errorf(cardea.NotFound, "none is kept")
}

// TestAHookThatCannotBeCheckedIsSentAgain: a node that was started with another key, or whose database is away, cannot tell whether a
// hook is the vendor's. That is no fault of the hook.
func TestAHookThatCannotBeCheckedIsSentAgain(t *testing.T) {
	t.Parallel()
	for _, class := range []cardea.Class{cardea.Auth, cardea.Rejected, cardea.Retry, cardea.Unknown} {
		kept := secrets{"hook": cardea.Errorf(class, "it does not open")}
		if class != cardea.Auth { // beside one that was sealed with another key, one that opens is tried
			kept["hook-before"] = nil
		}
		w := wiring{hooks: kept}
		if got, err := w.secretsOf("kisi")(t.Context()); cardea.ClassOf(err) != cardea.Retry || len(got) > 0 {
			t.Errorf("%s: %q, %v", class, got, err)
		}
	}
	w := wiring{hooks: secrets{"hook": nil}}
	if got, err := w.secretsOf("kisi")(t.Context()); err != nil || len(got) != 1 || got[0] != "hook" {
		t.Errorf("%q, %v", got, err)
	}
}
