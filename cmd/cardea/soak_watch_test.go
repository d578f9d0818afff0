//go:build soak

package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
)

// soakBlink is how long somebody may be shut out while the times of an entry change: the door takes the old one away first.
const soakBlink = time.Second

// pass is an entry at the door: who may pass where, and when.
type pass struct {
	place       string // group and e-mail
	from, until time.Time
}

// view is what the door holds from an instant on, until the next view.
type view struct {
	at     time.Time
	passes []pass
}

// watch looks at the door after every change that anybody makes there. What it saw is judged a little later, for every instant
// at which the answer may be another than before: nothing lies between two looks.
type watch struct {
	mu     sync.Mutex
	views  []view // not judged yet, oldest first; the first is the one in force since judged
	judged time.Time
	// shut and open are who is wrongly out or in, and since when.
	shut, open map[string]time.Time
	held       map[string]bool // what waited for a person when last asked
}

// seen lets calls through and looks at the door after each that changes something there.
func (s *soak) seen(inner http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		writes := r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/kisi/")
		res, err := inner.RoundTrip(r)
		if writes {
			s.look()
		}
		return res, err
	})
}

// look notes what the door holds now.
func (s *soak) look() {
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	v := view{at: time.Now()}
	stamp := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			s.t.Errorf("the door says %q of a time", text)
		}
		return at
	}
	for _, g := range s.vendors.Groups("kisi") {
		for _, e := range g.All {
			if e.Enabled && g.Name != "Cleaners" {
				v.passes = append(v.passes, pass{g.Name + " " + strings.ToLower(e.Email), stamp(e.From), stamp(e.Until)})
			}
		}
	}
	s.watch.views = append(s.watch.views, v)
}

// judge holds everything that was at the door since the last time against who must and who may pass, until now. It comes
// before anything changes in the world that the answers rest on.
func (s *soak) judge() {
	now := time.Now()
	s.watch.mu.Lock()
	views := slices.Clone(s.watch.views)
	s.watch.views = slices.Clone(views[len(views)-1:])
	s.watch.mu.Unlock()
	held := s.heldPlaces()
	maps.Copy(s.watch.held, held)
	moments := s.moments(s.watch.judged, now)
	for i, v := range views {
		from, until := later(v.at, s.watch.judged), now
		if i+1 < len(views) {
			until = views[i+1].at
		}
		at := []time.Time{from}
		for _, m := range moments {
			if m.After(from) && m.Before(until) {
				at = append(at, m)
			}
		}
		for _, p := range v.passes {
			for _, m := range []time.Time{p.from, p.until} {
				if m.After(from) && m.Before(until) {
					at = append(at, m)
				}
			}
		}
		slices.SortFunc(at, time.Time.Compare)
		for _, m := range slices.CompactFunc(at, time.Time.Equal) {
			s.compare(v, m)
		}
	}
	s.watch.judged, s.watch.held = now, held
}

// moments are the instants at which who must or may pass can change: each quarter of an hour, for all times of the world lie on
// one, and when a state of the world or a trouble begins or stops to count.
func (s *soak) moments(from, until time.Time) []time.Time {
	var out []time.Time
	for q := from.Truncate(quarter).Add(quarter); !q.After(until); q = q.Add(quarter) {
		out = append(out, q)
	}
	note := func(at time.Time) {
		for _, by := range []time.Duration{0, soakInterval + soakSlack, 2*soakInterval + soakSlack} {
			if m := at.Add(by); m.After(from) && !m.After(until) {
				out = append(out, m, m.Add(1))
			}
		}
	}
	for _, w := range s.world {
		note(w.at)
	}
	for _, o := range s.troubles {
		note(o.from)
		note(o.to)
	}
	return out
}

// compare holds a view against who must and who may pass at an instant.
func (s *soak) compare(v view, at time.Time) {
	needed, allowed := s.expected(at)
	s.count["instants judged"]++
	inside := make(map[string]bool, len(v.passes))
	for _, p := range v.passes {
		if at.Before(p.from) || !p.until.IsZero() && !at.Before(p.until) {
			continue
		}
		inside[p.place] = true
	}
	s.count["entries judged"] += len(inside)
	for place := range inside {
		switch {
		case allowed[place]:
		case s.watch.held[place]:
			s.noted("held for a person", place)
		case at.Before(s.excused[place]):
			s.noted("by hand, not swept yet", place)
		default:
			if _, known := s.watch.open[place]; !known {
				s.watch.open[place] = at
				s.wrong = append(s.wrong, at.UTC().Format(time.RFC3339Nano)+" could pass without a reason: "+place)
			}
			continue
		}
		delete(s.watch.open, place)
	}
	for place := range s.watch.open {
		if !inside[place] {
			delete(s.watch.open, place)
		}
	}
	for place := range needed {
		if !inside[place] && !at.Before(s.excused[place]) {
			if _, known := s.watch.shut[place]; !known {
				s.watch.shut[place] = at
			}
		}
	}
	for place, since := range s.watch.shut {
		if !inside[place] && needed[place] {
			continue
		}
		if at.Sub(since) <= soakBlink && inside[place] {
			s.count["out for a moment while times changed"]++
			s.longest = max(s.longest, at.Sub(since))
		} else {
			s.wrong = append(s.wrong, fmt.Sprintf("%s could not pass for %s: %s", since.UTC().Format(time.RFC3339Nano),
				at.Sub(since), place))
		}
		delete(s.watch.shut, place)
	}
}

// noted counts each place of a kind once.
func (s *soak) noted(what, place string) {
	if key := what + "\x00" + place; !s.told[key] {
		s.told[key] = true
		s.count[what]++
	}
}

const quarter = 15 * time.Minute

// expected says who must pass at an instant, and who may.
func (s *soak) expected(at time.Time) (needed, allowed map[string]bool) {
	must, may, late := s.states(at)
	key := fmt.Sprint(at.Unix()/int64(quarter/time.Second), late.Unix(), must[0].at.UnixNano(), must[len(must)-1].at.UnixNano(),
		may[0].at.UnixNano(), len(may))
	if key == s.answer.key {
		return s.answer.needed, s.answer.allowed
	}
	needed, allowed = maps.Clone(s.passing(must[0], at)), map[string]bool{}
	only := func(here map[string]bool) {
		maps.DeleteFunc(needed, func(place string, _ bool) bool { return !here[place] })
	}
	for _, w := range must {
		only(s.passing(w, at))
	}
	for _, w := range may {
		maps.Copy(allowed, s.passing(w, at))
	}
	if !late.IsZero() {
		for m := late; m.Before(at); m = m.Truncate(quarter).Add(quarter) {
			only(s.passing(must[len(must)-1], m))
		}
	}
	s.answer = foretold{key, needed, allowed}
	return needed, allowed
}

// foretold is what expected said last.
type foretold struct {
	key             string
	needed, allowed map[string]bool
}

// passing is who passes in a state of the world; it stays the same for a quarter of an hour.
func (s *soak) passing(w known, at time.Time) map[string]bool {
	q := at.Truncate(quarter)
	if in, has := w.answers[q.Unix()]; has {
		return in
	}
	in := map[string]bool{}
	for g, mails := range w.pass(s.t, q) {
		for _, m := range mails {
			in[s.name(g, m)] = true
		}
	}
	for old := range w.answers {
		if old < q.Add(-24*time.Hour).Unix() {
			delete(w.answers, old)
		}
	}
	w.answers[q.Unix()] = in
	return in
}

// name is a group and an e-mail as one text, the same one each time.
func (s *soak) name(group, mail string) string {
	key := [2]string{group, mail}
	if text, has := s.names[key]; has {
		return text
	}
	s.names[key] = group + " " + mail
	return s.names[key]
}

// heldPlaces are the entries whose removal waits for a person.
func (s *soak) heldPlaces() map[string]bool {
	if s.dying && s.c.dead.Load() {
		return s.watch.held // nobody answers
	}
	holds, err := s.app.desk.Holds(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]bool{}
	for _, h := range holds {
		for _, o := range h.Operations {
			if o.Verb == cardea.VerbRemove || o.Verb == cardea.VerbRetime {
				out[o.GroupName+" "+strings.ToLower(o.Email)] = true
			}
		}
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
