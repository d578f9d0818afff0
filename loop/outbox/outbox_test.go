package outbox_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

var errNobody = cardea.Errorf(cardea.Retry, "nobody answers")

// TestWhatIsNotTakenIsSentAgainForThreeDays: the waits grow, the id stays, and after three days what was told is erased.
func TestWhatIsNotTakenIsSentAgainForThreeDays(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(sending) (int, error){
		"nobody answers":   func(sending) (int, error) { return 0, errNobody },
		"it is refused":    func(sending) (int, error) { return 500, nil },
		"it is sent on":    func(sending) (int, error) { return 302, nil },
		"the gateway says": func(sending) (int, error) { return 503, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				o := newOffice(t, s, "app")
				o.line.answer = answer
				o.issue("ana")
				o.wake("app", 5*24*time.Hour)
				var want []time.Duration
				at := time.Duration(0)
				for _, wait := range []string{"0s", "5s", "30s", "2m", "10m", "30m", "1h", "2h", "4h", "6h", "6h", "6h", "6h", "6h", "6h", "6h", "6h",
					"6h", "6h"} {
					d, err := time.ParseDuration(wait)
					must(t, err)
					at += d
					want = append(want, at)
				}
				got := o.line.tries("app", "ana")
				if diff := cmp.Diff(want, got); diff != "" || got[len(got)-1] >= 72*time.Hour {
					t.Errorf("sent at %v:\n%s", got, diff)
				}
				for _, one := range o.line.sent {
					if one.id == "" || one.id != o.line.sent[0].id {
						t.Errorf("sent under %q, and at first under %q", one.id, o.line.sent[0].id)
					}
				}
				if e := o.standing("app"); e.Lost != 1 || e.Waiting != 0 || e.Delivered != 0 {
					t.Errorf("%+v", e)
				}
			})
		})
	}
}

// TestARefusedEventHoldsNothingUp: an event that an endpoint answers with a refusal waits by itself.
func TestARefusedEventHoldsNothingUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app")
		o.line.answer = func(s sending) (int, error) {
			if s.account == "bad" && s.at < 10*time.Minute {
				return 422, nil
			}
			return 200, nil
		}
		o.issue("bad", "ana", "bob")
		o.wake("app", 0)
		if got := o.line.taken("app"); !slices.Equal(got, []string{"ana", "bob"}) {
			t.Errorf("taken at once: %v", got)
		}
		o.wake("app", time.Hour)
		if got := o.line.taken("app"); !slices.Equal(got, []string{"ana", "bob", "bad"}) {
			t.Errorf("taken: %v", got)
		}
	})
}

// TestNothingOvertakesWhileNobodyAnswers: after a time in which the endpoint is down everything comes in the order in which it happened,
// also what happened meanwhile; and each time one event alone is tried, or two.
func TestNothingOvertakesWhileNobodyAnswers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app")
		up := 2 * time.Hour
		o.line.answer = func(s sending) (int, error) {
			if s.at < up {
				return 0, errNobody
			}
			return 204, nil
		}
		var want []string
		for i := range 10 {
			name := string(rune('a' + i))
			want = append(want, name)
			o.issue(name)
			o.wake("app", time.Duration(i)*10*time.Minute) // each is woken when it is marked
		}
		if n := len(o.line.sent); n > 20 {
			t.Errorf("an endpoint that is down was asked %d times in an hour and a half", n)
		}
		o.wake("app", 24*time.Hour)
		if got := o.line.taken("app"); !slices.Equal(got, want) {
			t.Errorf("taken %v, want %v", got, want)
		}
	})
}

// TestAnEventThatGetsNoAnswerHoldsUpOthersForAMomentOnly: one event makes the endpoint hang, and nothing else does.
func TestAnEventThatGetsNoAnswerHoldsUpOthersForAMomentOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app")
		o.line.answer = func(s sending) (int, error) {
			if strings.HasPrefix(s.account, "bad") {
				return 0, errNobody
			}
			return 200, nil
		}
		o.issue("bad1", "ana", "bad2", "bob", "cyd")
		o.wake("app", 5*time.Minute)
		if got := o.line.taken("app"); !slices.Equal(got, []string{"ana", "bob", "cyd"}) {
			t.Errorf("taken within five minutes: %v", got)
		}
		o.issue("dan")
		o.wake("app", 3*time.Hour)
		if got := o.line.taken("app"); !slices.Contains(got, "dan") {
			t.Errorf("taken: %v", got)
		}
		if o.issues() != "webhook:app/webhook-failing " {
			t.Errorf("issues %q", o.issues())
		}
		o.wake("app", 100*time.Hour)
		if e := o.standing("app"); e.Lost != 2 || e.Delivered != 4 {
			t.Errorf("%+v", e)
		}
	})
}

// TestAPersonIsToldAfterAnHour: the issue is one, opens after an hour without success, and closes with the first.
func TestAPersonIsToldAfterAnHour(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app", "other")
		up := 26 * time.Hour
		o.line.answer = func(s sending) (int, error) {
			if s.endpoint == "app" && s.at < up {
				return 500, nil
			}
			return 200, nil
		}
		o.issue("ana", "bob")
		o.wake("app", 59*time.Minute)
		o.wake("other", 59*time.Minute)
		if got := o.issues(); got != "" {
			t.Errorf("after 59 minutes: %q", got)
		}
		o.wake("app", 61*time.Minute)
		if got := o.issues(); got != "webhook:app/webhook-failing " {
			t.Errorf("after 61 minutes: %q", got)
		}
		o.wake("app", 25*time.Hour)
		if got := o.issues(); got != "webhook:app/webhook-failing " {
			t.Errorf("after a day: %q", got)
		}
		o.wake("app", 40*time.Hour)
		if got := o.issues(); got != "" || len(o.line.taken("app")) != 2 {
			t.Errorf("when it works: %q, taken %v", got, o.line.taken("app"))
		}
	})
}

// TestGoneSwitchesAnEndpointOff: 410 ends it, for this endpoint alone; what waits is given up after three days, unless it is on again.
func TestGoneSwitchesAnEndpointOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app", "other")
		gone := true
		o.line.answer = func(s sending) (int, error) {
			if s.endpoint == "app" && gone {
				return 410, nil
			}
			return 200, nil
		}
		o.issue("ana", "bob")
		o.wake("app", time.Hour)
		o.wake("other", time.Hour)
		if got := o.line.taken("other"); !slices.Equal(got, []string{"ana", "bob"}) {
			t.Errorf("the other one took %v", got)
		}
		if tries := o.line.tries("app", "ana"); len(tries) != 1 || o.issues() != "webhook:app/webhook-off " {
			t.Errorf("asked at %v, issues %q", tries, o.issues())
		}
		o.wake("app", 71*time.Hour)
		o.issue("cyd")
		o.wake("app", 73*time.Hour)
		if e := o.standing("app"); e.Lost != 2 || e.Waiting != 1 || len(o.line.tries("app", "ana")) != 1 {
			t.Errorf("after three days: %+v", e)
		}
		gone = false
		must(t, o.ws.SwitchOn(context.Background(), "app", cardea.At(o.at), "olga"))
		o.wake("app", 74*time.Hour)
		if got := o.line.taken("app"); !slices.Equal(got, []string{"cyd"}) || o.issues() != "" {
			t.Errorf("on again: %v, issues %q", got, o.issues())
		}
	})
}

// TestAnotherAddressIsAnotherEndpoint: it is on again, and asked at once.
func TestAnotherAddressIsAnotherEndpoint(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app")
		status := 410
		o.line.answer = func(sending) (int, error) { return status, nil }
		o.issue("ana")
		o.wake("app", time.Minute)
		status = 200
		furnish(t, o.ws, "app") // as it was
		o.wake("app", 2*time.Minute)
		if e := o.standing("app"); e.Off == 0 {
			t.Errorf("on again although nothing changed: %+v", e)
		}
		must(t, o.ws.SaveEndpoints(context.Background(), []store.Endpoint{
			{Name: "app", Events: []cardea.EventType{cardea.PassIssued}, Address: "elsewhere"}}, cardea.At(o.at)))
		o.wake("app", 3*time.Minute)
		if got := o.line.taken("app"); !slices.Equal(got, []string{"ana"}) {
			t.Errorf("taken %v", got)
		}
	})
}

// TestOnlyWhoAskedIsTold: an endpoint hears what it asked for, from when it is there to when it is not.
func TestOnlyWhoAskedIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		ctx := context.Background()
		o.issue("early")
		save := func(es ...store.Endpoint) { must(t, o.ws.SaveEndpoints(ctx, es, cardea.At(o.at))) }
		save(store.Endpoint{Name: "a", Events: []cardea.EventType{cardea.PassIssued}, Address: "1"},
			store.Endpoint{Name: "b", Events: []cardea.EventType{cardea.PassCancelled, cardea.PassRemoved}, Address: "2"})
		o.issue("ana")
		cancelled := cardea.Event{Type: cardea.PassCancelled, At: cardea.At(o.at), Data: cardea.PassEvent{Account: "ana"}}
		must(t, o.ws.ForgetTelling(ctx, door, "pass", "ana", cancelled))
		must(t, o.ws.ForgetTelling(ctx, door, "pass", "ana", cancelled)) // it is not there any more
		o.wake("a", 0)
		o.wake("b", 0)
		if a, b := o.line.taken("a"), o.line.taken("b"); !slices.Equal(a, []string{"ana"}) || !slices.Equal(b, []string{"ana"}) {
			t.Errorf("a was told of %v, b of %v", a, b)
		}
		o.line.answer = func(sending) (int, error) { return 0, errNobody }
		o.issue("bob")
		o.wake("a", time.Minute)
		save(store.Endpoint{Name: "b", Events: []cardea.EventType{cardea.PassIssued}, Address: "2"})
		save(store.Endpoint{Name: "a", Events: []cardea.EventType{cardea.PassIssued}, Address: "1"},
			store.Endpoint{Name: "b", Events: []cardea.EventType{cardea.PassIssued}, Address: "2"})
		if e := o.standing("a"); e.Waiting != 0 {
			t.Errorf("what waited for an endpoint that was taken out waits on: %+v", e)
		}
	})
}

// TestWhatWasSentIsForgottenInItsTime: that it was told stays as long as history does, and the server wakes to take it away.
func TestWhatWasSentIsForgottenInItsTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s, "app")
		o.issue("ana")
		forgets := 0
		o.store = &watched{Workspace: o.ws, forget: func(before cardea.Instant) {
			if before > cardea.At(begin) {
				forgets++
			}
		}}
		o.wake("app", 89*24*time.Hour)
		if forgets != 0 {
			t.Errorf("forgotten before its time, %d times", forgets)
		}
		o.wake("app", 92*24*time.Hour)
		if forgets == 0 {
			t.Error("after 92 days it is not forgotten")
		}
	})
}

// watched is a store that tells of some calls.
type watched struct {
	*store.Workspace

	forget func(before cardea.Instant)
}

func (w *watched) ForgetOuts(ctx context.Context, endpoint string, before cardea.Instant, l *store.Lease) error {
	w.forget(before)
	return w.Workspace.ForgetOuts(ctx, endpoint, before, l)
}
