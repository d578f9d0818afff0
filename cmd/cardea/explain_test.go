package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// question is one that an operator asks, and what the answer must say.
type question struct {
	who, group, at string
	open           bool
	word           string
	sentence       []string // parts of it, in this order
	decides        string   // the first line: rule, record, verdict
	change         string   // part of what would change the answer
	door           string   // part of what the door shows
}

// questions are about Monday 19 October, twenty past ten in London, unless they name another instant.
func questions() map[string]question {
	return map[string]question{
		"yes, by a membership": {
			who: "leila.adeyemi@pebble-studio.test", group: "Shoreditch building", open: true, word: "Yes",
			sentence: []string{"Leila Adeyemi may pass Shoreditch building now", "until", "21:00", "(London)", "the membership “Hot desk”"},
			decides:  "PLAN The membership “Hot desk” gives access", change: "closes when the membership “Hot desk” ends",
			door: "is in Shoreditch building",
		},
		"yes, by a booking": {
			who: "callum.ellison.2@birch-partners.test", group: "Shoreditch Plover", open: true, word: "Yes",
			sentence: []string{"now", "until", "11:15", "the booking of “Plover”"}, decides: "BOOKING The booking of “Plover” gives access",
			change: "extend", door: "is in Shoreditch Plover",
		},
		"yes, invited as a visitor": {
			who: "london/Shoreditch Kingfisher", group: "Shoreditch Kingfisher", open: true, word: "Yes",
			sentence: []string{"now", "until", "10:45", "the booking of “Kingfisher”"}, decides: "BOOKING The booking of “Kingfisher” gives access",
			door: "is in Shoreditch Kingfisher",
		},
		"not yet, a booking to come": {
			who: "oliver.thorne@harbour-labs.test", group: "Shoreditch Badger", word: "Not yet",
			sentence: []string{"Oliver Thorne may pass Shoreditch Badger from Tue 20 Oct 09:45 until 11:15 (London)", "the booking of “Badger”"},
			decides:  "BOOKING The booking of “Badger” starts Tue 20 Oct 09:45", change: "opens by itself", door: "ahead of time",
		},
		"not yet, outside the hours": {
			who: "leila.adeyemi@pebble-studio.test", group: "Shoreditch building", at: "2026-10-19T22:00:00Z", word: "Not yet",
			sentence: []string{"from Tue 20 Oct 07:00", "the membership “Hot desk”", "the last time ended", "21:00"},
			decides:  "PLAN The membership “Hot desk”",
		},
		"not yet, a membership to come": {
			who: "chidi.hughes@beacon-partners.test", group: "Shoreditch building", word: "Not yet",
			sentence: []string{"from Thu 22 Oct 07:00", "the membership “Hot desk”"}, decides: "PLAN The membership “Hot desk” starts",
			door: "no account",
		},
		"no longer, a booking that is over": {
			who: "freya.ellison@orchard-studio.test", group: "Shoreditch Wren", at: "2026-10-19T10:00:00Z", word: "No longer",
			sentence: []string{"since", "10:45 (London)", "Freya Ellison may not pass Shoreditch Wren", "the booking of “Wren” ended", "10:45"},
			decides:  "BOOKING The booking of “Wren” ended",
		},
		"no longer, a membership that ended": {
			who: "grace.holloway@birch-partners.test", group: "Shoreditch building", at: "2026-10-26T10:00:00Z", word: "No longer",
			sentence: []string{"since Sat 24 Oct 17:00 (London)", "the membership “Hot desk” ended"}, decides: "PLAN The membership “Hot desk” ended",
			change: "Extend the membership",
		},
		"no, left the team": {
			who: "hannah.donovan@quarry-works.test", group: "Shoreditch building", word: "No",
			sentence: []string{"the membership “Private office”", "Hannah Donovan has left"}, decides: "LOCATION The membership “Private office”",
			change: "active member of the team again", door: "has no account",
		},
		"no, cancelled": {
			who: "oliver.mensah@tidal-labs.test", group: "Shoreditch Badger", word: "No",
			sentence: []string{"Oliver Mensah may not pass Shoreditch Badger now", "the booking of “Badger” was cancelled"},
			decides:  "BOOKING The booking of “Badger” was cancelled", change: "Book again", door: "is not in",
		},
		"no, nothing leads there": {
			who: "leila.adeyemi@pebble-studio.test", group: "Shoreditch night", word: "No",
			sentence: []string{"may not pass Shoreditch night now", "the membership “Hot desk” is not mapped to Shoreditch night"},
			decides:  "PLAN The membership “Hot desk” is not mapped",
		},
	}
}

// TestExplainAnswersOnLondon asks after a run, with one of london's three sites.
func TestExplainAnswersOnLondon(t *testing.T) {
	t.Parallel()
	bubble(t, "2026-10-19T09:20:00Z", func(t *testing.T) {
		r := newRig(t, "london", onSQLite, func(f *config.File) {
			delete(f.Integrations, "baixa")
			delete(f.Integrations, "flatiron")
		})
		defer r.shut()
		r.sync(desk.InStep)
		n := r.writes()
		for what, q := range questions() {
			if strings.HasPrefix(q.who, "london/") {
				q.who = guestIn(t, r, q.group)
			}
			r.ask(what, q)
		}
		if r.writes() != n {
			t.Error("a question wrote something")
		}
		for what, q := range map[string][2]string{
			"two of a name": {"Leila Adeyemi", "Shoreditch building"}, "nobody": {"nobody@x.test", "Shoreditch building"},
			"no group": {"oliver.mensah@tidal-labs.test", "Shoreditch bilding"},
		} {
			_, err := r.app.desk.Ask(context.Background(), q[0], q[1], cardea.At(time.Now()))
			if c := cardea.ClassOf(err); c != cardea.Rejected && c != cardea.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// guestIn finds a visitor among those who could pass now.
func guestIn(t *testing.T, r *rig, group string) string {
	t.Helper()
	for _, m := range r.members()[group] {
		if strings.HasSuffix(m, "@guest.test") {
			return m
		}
	}
	t.Fatalf("no visitor is in %s", group)
	return ""
}

// ask puts one question and compares the answer with what the question wants and with what the door does.
func (r *rig) ask(what string, q question) {
	r.t.Helper()
	at := cardea.At(time.Now())
	if q.at != "" {
		if err := at.UnmarshalText([]byte(q.at)); err != nil {
			r.t.Fatal(err)
		}
	}
	x, err := r.app.desk.Ask(context.Background(), q.who, q.group, at)
	if err != nil {
		r.t.Errorf("%s: %v", what, err)
		return
	}
	zone := r.app.desk.ZoneOf(context.Background(), x.Person.ID)
	if zone == nil {
		zone = r.app.desk.Zone()
	}
	if zone == nil {
		if zone, err = time.LoadLocation("Europe/London"); err != nil {
			r.t.Fatal(err)
		}
	}
	a := say.Explanation(x, say.Clock{Zone: zone, Now: cardea.At(time.Now())})
	bad := func(part, got, want string) { r.t.Errorf("%s: %s is %q, want %q", what, part, got, want) }
	if a.Word != q.word {
		bad("the word", a.Word, q.word)
	}
	if x.Explanation.Open != q.open {
		r.t.Errorf("%s: open is %v", what, x.Explanation.Open)
	}
	rest := a.Sentence
	for _, part := range q.sentence {
		_, after, found := strings.Cut(rest, part)
		if !found {
			bad("the sentence", a.Sentence, part)
		}
		rest = after
	}
	if len(a.Lines) == 0 || x.Explanation.Considered[0].Record.ID == "" {
		r.t.Errorf("%s: no record is named", what)
	} else if first := string(x.Explanation.Considered[0].Rule) + " " + a.Lines[0].Text; !strings.HasPrefix(first, q.decides) {
		bad("what decides", first, q.decides)
	}
	if !strings.Contains(a.Change, q.change) {
		bad("what would change it", a.Change, q.change)
	}
	if !strings.Contains(a.Door, q.door) {
		bad("the door", a.Door, q.door)
	}
	if !a.Agrees && q.at == "" {
		r.t.Errorf("%s: in step, and yet the door shows something else: %s", what, a.Door)
	}
}
