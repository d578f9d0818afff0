package brivo_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/door/brivo"
)

// crowd are forty users who should have a pass.
func crowd(f *fake) (all []door.PassWish) {
	for id := 100; id < 140; id++ {
		email := fmt.Sprintf("p%d@x.test", id)
		f.user(id, email, "P", "Q")
		all = append(all, door.PassWish{Account: cardea.AccountID(fmt.Sprint(id)), Email: email, Runs: true})
	}
	return all
}

// TestWhatIsRefusedToEverybodyIsNotAskedForEverybody: no pass is left, or none may be issued. Forty people cost as many calls as one,
// until there is something to have; what is refused to one alone keeps nobody else waiting.
func TestWhatIsRefusedToEverybodyIsNotAskedForEverybody(t *testing.T) {
	t.Parallel()
	forbidden := func() *http.Response {
		return said(403, row{"code": 403, "message": "This functionality is unavailable for this admin"})
	}
	const stock = "/credentials/digital/allotment"
	for name, c := range map[string]struct {
		post, list func() *http.Response
		stock      func() *http.Response
		one        bool // it is about user 100 alone
	}{
		"no pass is left, 412": {post: func() *http.Response { return said(412, row{"code": 412, "message": "no passes left"}) }},
		"no pass is left, 400": {
			post:  func() *http.Response { return said(400, row{"code": 400, "message": "Invalid criteria provided"}) },
			stock: func() *http.Response { return said(200, row{"allotted": 5, "assigned": 5}) },
		},
		"passes may not be issued": {post: forbidden},
		"passes may not be seen":   {list: forbidden, stock: forbidden},
		"an address is refused": {one: true,
			post:  func() *http.Response { return said(400, row{"code": 400, "message": "Invalid criteria provided"}) },
			stock: func() *http.Response { return said(200, row{"allotted": 50, "assigned": 5}) },
		},
		"one user may not be seen": {one: true, list: forbidden,
			stock: func() *http.Response { return said(200, row{"allotted": 50, "assigned": 5}) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _, s := passing(t, brivo.PassesBrivoApp, "")
			wishes := crowd(f)
			f.before = func(r *http.Request) (*http.Response, error) {
				theirs := strings.Contains(r.URL.Path, "/digital-invitations") && (!c.one || strings.Contains(r.URL.Path, "/users/100/"))
				switch {
				case theirs && r.Method == http.MethodPost && c.post != nil:
					return c.post(), nil
				case theirs && r.Method == http.MethodGet && c.list != nil:
					return c.list(), nil
				case strings.HasSuffix(r.URL.Path, stock) && c.stock != nil:
					return c.stock(), nil
				}
				return nil, nil
			}
			refused := 0
			for range 10 { // runs
				refused = 0
				for _, err := range s.SettlePasses(t.Context(), wishes) {
					if err != nil {
						refused++
					}
				}
			}
			switch {
			case c.one && (refused != 1 || len(f.invitations) != len(wishes)-1):
				t.Errorf("%d of %d are refused, %d are invited", refused, len(wishes), len(f.invitations))
			case !c.one && (refused != len(wishes) || len(f.calls) > 4):
				t.Errorf("%d of %d are refused, with %d calls: %v", refused, len(wishes), len(f.calls), f.calls)
			}
			f.before, f.now = nil, f.now.Add(7*time.Hour)
			for i, err := range s.SettlePasses(t.Context(), wishes) {
				if err != nil {
					t.Errorf("when there is one again, number %d: %v", i, err)
				}
			}
		})
	}
}
