package officernd

import (
	"errors"
	"net/http"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

func TestNoTokenEndsTheReadAtItsFirstCollection(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]cardea.Scope{
		"whole":  {},
		"keys":   {Keys: []cardea.Key{key(cardea.KindPerson, 1), key(cardea.KindTeam, 2)}},
		"people": {People: []cardea.Key{key(cardea.KindPerson, 1)}},
	} {
		v := world(t)
		v.token = func(*http.Request) (int, string) { return http.StatusTooManyRequests, `{"error":"too_many_requests"}` }
		in, err := v.read(want)
		if !errors.Is(err, wire.ErrNoToken) || len(in.Collections()) != 1 || len(v.log) != 0 {
			t.Errorf("%s: %v, %d collections, %v", name, err, len(in.Collections()), v.log)
		}
	}
}
