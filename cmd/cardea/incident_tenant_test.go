package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/sandbox"
)

// TestIncidentTheCredentialsOfAnotherTenant has a connection that is pinned answer for somebody else's organisation, with records
// of the same shape. Nothing of theirs is read into ours, nothing is written on either side, and the right ones mend it.
func TestIncidentTheCredentialsOfAnotherTenant(t *testing.T) {
	t.Parallel()
	for _, side := range []string{"officernd", "kisi"} {
		t.Run(side, func(t *testing.T) {
			t.Parallel()
			eachDatabase(t, func(t *testing.T, db database) {
				if db == onSQLite {
					db = kept(t)
				}
				bubble(t, quiet, func(t *testing.T) {
					r := tiny(t, db)
					p := r.tapped()
					defer func() { r.shut() }()
					r.sync(desk.InStep)
					before := r.known()
					theirs := strings.NewReplacer("org: acme", "org: globex", "organization: {id: 1, name: Acme", "organization: {id: 2, name: Globex").
						Replace(string(read(t, worldsDir+"matrix.yaml")))
					world, err := sandbox.Parse("theirs.yaml", []byte(theirs))
					if err != nil {
						t.Fatal(err)
					}
					other, err := sandbox.New(world, sandbox.Options{Now: time.Now})
					if err != nil {
						t.Fatal(err)
					}
					n := r.writes()
					inner := p.inner
					p.inner = roundTrip(func(req *http.Request) (*http.Response, error) {
						if strings.HasPrefix(req.URL.Path, "/"+side+"/") {
							return other.Transport().RoundTrip(req)
						}
						return inner.RoundTrip(req)
					})
					rnd := r.set.file.Connections["rnd"]
					if side == "officernd" {
						rnd.Org = "globex"
						r.shutAndOpen()
					}
					for range 2 {
						_, err := r.try(context.Background())
						if cardea.ClassOf(err) != cardea.Conflict || !strings.Contains(err.Error(), "belongs to the organisation") {
							t.Errorf("not refused: %v", err)
						}
						time.Sleep(16 * time.Minute)
					}
					if after := r.known(); after != before {
						t.Error("something of theirs was read into ours")
					}
					if w := append(other.Writes("kisi"), other.Writes("officernd")...); len(w) > 0 {
						t.Errorf("written at theirs: %v", w)
					}
					p.inner, rnd.Org = inner, "acme"
					r.shutAndOpen()
					r.sync(desk.InStep)
					if s := r.sent(n); len(s) > 0 {
						t.Errorf("written: %v", s)
					}
					r.wantInside("after it", atNine)
					r.sound("after it")
				})
			})
		})
	}
}

// shutAndOpen starts Cardea again, on a database that outlives it.
func (r *rig) shutAndOpen() {
	r.t.Helper()
	r.shut()
	r.open()
}

// known is what is stored of the space side and of the door side, as text.
func (r *rig) known() string {
	r.t.Helper()
	ws := r.app.store.In("default")
	d, err := ws.Directory(context.Background(), "rnd")
	if err != nil {
		r.t.Fatal(err)
	}
	s, err := ws.DoorState(context.Background(), "kisi")
	if err != nil {
		r.t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%+v\n%+v\n%+v\n%+v\n%+v", d, s.Accounts, s.Groups, s.Edges, s.Ledger)
	return b.String()
}

// TestIncidentTwoConnectionsToOneOrganisation adds a second connection to the organisation that the first one keeps. It is refused
// before anything is written through it, the first one goes on, and taking it out again mends it.
func TestIncidentTwoConnectionsToOneOrganisation(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"from the beginning", "later"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			db := kept(t)
			bubble(t, quiet, func(t *testing.T) {
				r := tiny(t, db)
				defer func() { r.shut() }()
				if when == "later" {
					r.sync(desk.InStep)
				}
				n := r.writes()
				again, second := *r.set.file.Connections["kisi"], *r.set.file.Integrations["london"]
				second.Door.Text = "kisi-again"
				r.set.file.Connections["kisi-again"], r.set.file.Integrations["again"] = &again, &second
				r.shutAndOpen()
				for range 2 { // the first one goes on, the second is refused
					result, err := r.try(context.Background())
					if err != nil || result.Standing() != desk.Refused || len(result.Closed) != 1 || len(result.Doors) != 1 ||
						!strings.Contains(result.Closed[0].Error, "are one organisation") || result.Closed[0].Connection != "kisi-again" {
						t.Errorf("not refused: %v%s %+v", err, brief(result), result.Closed)
					}
					time.Sleep(time.Minute)
				}
				if s := r.sent(n); when == "later" && len(s) > 0 {
					t.Errorf("written: %v", s)
				}
				r.wantInside("with both", atNine)
				delete(r.set.file.Connections, "kisi-again")
				delete(r.set.file.Integrations, "again")
				r.shutAndOpen()
				r.sync(desk.InStep)
				r.wantInside("with one of them", atNine)
				r.sound("with one of them")
			})
		})
	}
}
