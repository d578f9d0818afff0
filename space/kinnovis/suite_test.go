package kinnovis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space/spacetest"
	"github.com/cardea-access/cardea/wire"
)

// TestSuiteAgainstOurOwnFake asks of the connector what every space system must do, by the fake of these tests. What the faked vendor
// that others wrote answers is asked elsewhere.
func TestSuiteAgainstOurOwnFake(t *testing.T) {
	t.Parallel()
	page := map[cardea.Kind]int{}
	for _, k := range (&System{}).Collections() {
		page[k] = pageSize
	}
	spacetest.Run(t, spacetest.Rig{
		Open:         func(t *testing.T, o spacetest.Options) *spacetest.Bench { t.Helper(); return benchOf(t, o) },
		Begin:        noon,
		Organisation: "location-0",
		Kinds:        (&System{}).Collections(),
		Hooked:       true,
		Page:         page,
		Floor:        map[cardea.Kind]int{cardea.KindLocation: 1},
		RestsOn:      map[cardea.Kind][]cardea.Kind{cardea.KindAssignment: {cardea.KindAgreement}, cardea.KindAgreement: {cardea.KindAssignment}},
		Classes:      map[int]cardea.Class{http.StatusNotFound: cardea.Rejected}, // of a path; of a record it says so
		Rate:         Rate,
		Lacks:        map[string]string{"expiry": "the token is one that does not expire"},
	})
}

// faulty is a vendor that can be struck.
type faulty struct {
	*vendor

	faults []*spacetest.Fault
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	hit := f.struck(r)
	f.mu.Unlock()
	if hit == nil {
		return f.vendor.RoundTrip(r)
	}
	answer := func(status int, body string) (*http.Response, error) {
		h := http.Header{}
		if hit.RetryAfter > 0 {
			h.Set("Retry-After", fmt.Sprint(hit.RetryAfter))
		}
		return &http.Response{StatusCode: status, Header: h, Body: readCloser{strings.NewReader(body)}, Request: r}, nil
	}
	_, _, body := f.serve(r)
	switch hit.Effect {
	case spacetest.Refuse:
		return answer(hit.Status, `{"message":"no"}`)
	case spacetest.Drop:
		return nil, fmt.Errorf("connection reset")
	case spacetest.Truncate, spacetest.Empty:
	}
	if hit.Effect == spacetest.Truncate && hit.Rows == nil {
		return answer(http.StatusOK, body[:len(body)/2])
	}
	rows := 0
	if hit.Rows != nil {
		rows = *hit.Rows
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		return nil, err
	}
	for name, value := range fields {
		var list []json.RawMessage
		if name != "meta" && json.Unmarshal(value, &list) == nil {
			fields[name], _ = json.Marshal(list[:min(rows, len(list))])
		}
	}
	if hit.Effect == spacetest.Empty {
		fields["meta"] = json.RawMessage(`{"pagination":{"count":0,"next":null}}`)
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, string(out))
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// struck returns the fault of a request, and counts it down.
func (f *faulty) struck(r *http.Request) *spacetest.Fault {
	for _, one := range f.faults {
		c := locations
		if one.Kind == cardea.KindAssignment {
			c = bookings
		} else if one.Kind != "" {
			c, _ = of(one.Kind)
		}
		rest, mine := strings.CutPrefix(r.URL.Path, "/v1"+c.path)
		if !mine || one.Single != strings.HasPrefix(rest, "/") || one.Times < 0 {
			continue
		}
		if one.Skip > 0 {
			one.Skip--
			continue
		}
		if one.Times > 0 {
			if one.Times--; one.Times == 0 {
				one.Times = -1
			}
		}
		return one
	}
	return nil
}

func benchOf(t *testing.T, o spacetest.Options) *spacetest.Bench {
	t.Helper()
	v := &faulty{vendor: newVendor(t)}
	ids := map[cardea.Kind][]string{}
	add := func(kind cardea.Kind, row func(i int) (id, raw string)) {
		n := 1
		if o.Kind == kind {
			n = o.Rows
		} else if o.Kind != "" && kind != cardea.KindLocation {
			n = 0
		}
		c, _ := of(kind)
		if kind == cardea.KindAssignment {
			c = bookings
		}
		for i := range n {
			id, raw := row(i)
			ids[kind] = append(ids[kind], id)
			v.rows[c.path] = append(v.rows[c.path], raw)
		}
	}
	named := func(what string, raw string) func(int) (string, string) {
		return func(i int) (string, string) {
			id := fmt.Sprintf("%s-%d", what, i)
			return id, strings.ReplaceAll(raw, "$", id)
		}
	}
	add(cardea.KindLocation, func(i int) (string, string) {
		id := fmt.Sprintf("location-%d", i)
		return id, fmt.Sprintf(`{"id":%q,"name":"At %s","timezone":"Europe/Vienna"}`, id, id)
	})
	add(cardea.KindPlan, named("type", `{"id":"$","name":"Type $"}`))
	add(cardea.KindResource, named("unit", roomOf("$", `"Gate"`)))
	add(cardea.KindPerson, named("person", guestOf("$")))
	if o.Kind == cardea.KindAgreement {
		add(cardea.KindAgreement, named("booking", rented("$", "person-0", `"unit_id":null,"shared_accesses":[]`)))
	} else {
		add(cardea.KindAssignment, func(i int) (string, string) {
			id := fmt.Sprintf("booking-%d", i)
			ids[cardea.KindAgreement] = append(ids[cardea.KindAgreement], id)
			return id + "+unit-0", rented(id, "person-0", `"unit_id":"unit-0","shared_accesses":[]`)
		})
	}
	secret := token
	if o.WrongSecret {
		secret = "another-token"
	}
	said := &bytes.Buffer{}
	client, err := wire.New(wire.Config{
		Name: "suite", Base: "http://vendor.test/v1", Transport: o.Line.Around(v), Now: time.Now, ReadOnly: o.ReadOnly,
		Recorder: wire.NewRecorder(said), Budget: wire.NewBudget("suite", Rate, wire.LocalSlots(), time.Now), Classify: Classify,
		Secrets: []string{secret, hush}, Auth: Authorize(secret),
	})
	if err != nil {
		t.Fatal(err)
	}
	system, err := New(Config{Client: client, HookSecret: hush, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	nobody := map[cardea.Kind]string{cardea.KindAssignment: "booking-0+nobody"}
	for _, k := range system.Collections() {
		if nobody[k] == "" {
			nobody[k] = "nobody"
		}
	}
	return &spacetest.Bench{
		System: system, Truth: func(k cardea.Kind) []string { return slices.Clone(ids[k]) }, Writes: func() int { return 0 },
		Fault: func(f spacetest.Fault) { v.faults = append(v.faults, &f) }, Secrets: []string{secret, hush}, Said: said.String,
		Nobody: nobody, Person: key("person:person-0"), Holds: []cardea.Key{key("agreement:booking-0"), key("assignment:booking-0+unit-0")},
		Hook: func() (http.Header, []byte, []cardea.Key) {
			body := `{"event":{"id":"evt_1","type":"access.revoked","data":{"booking":{"id":"booking-0"}}}}`
			return header(signed(hush, time.Now(), body)), []byte(body), []cardea.Key{key("agreement:booking-0")}
		},
	}
}
