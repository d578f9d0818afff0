package wire_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

func TestShutIsAskedBeforeEveryWriteAndNoRead(t *testing.T) {
	t.Parallel()
	v, n := script(t, gives(200, `{}`), gives(200, `{}`))
	why, asked := cardea.Errorf(cardea.Rejected, "it only looks on"), 0
	w := client(t, v, func(c *wire.Config) {
		c.Shut = func(context.Context) error {
			if asked++; asked > 2 {
				return nil
			}
			return why
		}
	})
	write := wire.Call{Method: http.MethodPost, Path: "/users"}
	for range 2 {
		if _, err := w.Do(t.Context(), write); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), "looks on") || *n != 0 {
			t.Fatalf("%v after %d calls", err, *n)
		}
	}
	if _, err := w.Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/users"}); err != nil || asked != 2 {
		t.Errorf("a read: %v, asked %d times", err, asked)
	}
	if _, err := w.Do(t.Context(), write); err != nil || *n != 2 {
		t.Errorf("open again: %v after %d calls", err, *n)
	}
}
