package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire"
)

// storehouse answers as the assumed contract of Kinnovis does, and notes what it was asked.
type storehouse struct{ asked []string }

func (s *storehouse) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r.Method+" "+r.URL.Host+r.URL.Path+" "+r.Header.Get("Authorization"))
	body := `{"locations":[{"id":"loc_7","name":"Vienna"}],"meta":{"pagination":{"count":1,"page":1,"pages":1,"next":null}}}`
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func TestKinnovisConnectsToTheAddressThatWasGivenAndSaysThatAllIsAssumed(t *testing.T) {
	t.Parallel()
	open := func(lines string) (space.System, *storehouse, error) {
		t.Helper()
		f, err := config.Parse("cardea.yaml", []byte("connections:\n  kvs: {system: kinnovis"+lines+"}\n"), func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		host := &storehouse{}
		spaces, _, err := connect(f, wiring{now: time.Now, transport: host, slots: wire.LocalSlots()})
		return spaces["kvs"].Space, host, err
	}
	s, host, err := open(`, base_url: "https://kvs.test/2026-05/", token: kvs-token, webhook_secret: hush, budget: 1000/s`)
	if err != nil {
		t.Fatal(err)
	}
	org, err := s.Describe(t.Context())
	if err != nil || org.ID != "loc_7" || host.asked[0] != "GET kvs.test/2026-05/locations Bearer kvs-token" {
		t.Errorf("%+v %v %v", org, err, host.asked)
	}
	assuming, is := s.(space.Assuming)
	if !is || !strings.Contains(strings.Join(assuming.Assumed(), " "), "no public API of Kinnovis is known") {
		t.Error("it does not say that everything is assumed")
	}
	for lines, saying := range map[string]string{
		"": "needs base_url", `, base_url: "https://kvs.test"`: "needs token", `, base_url: kvs, token: x`: "no public host",
		`, base_url: "https://kvs.test", token: x, org: acme`: `takes no "org"`,
	} {
		if _, _, err := open(lines); cardea.ClassOf(err) != cardea.Rejected || !strings.Contains(err.Error(), saying) {
			t.Errorf("%q: %v", lines, err)
		}
	}
}
