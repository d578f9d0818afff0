package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	_ "time/tzdata"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// now is a Sunday morning in London.
var now = time.Date(2026, 11, 22, 9, 37, 12, 0, time.UTC)

// fake is a desk that answers what it holds, and remembers what it was asked.
type fake struct {
	overview  Overview
	runs      []Run
	detail    RunDetail
	people    []Person
	accounts  []Person
	groups    []Group
	explained Explained
	zone      *time.Location // of everybody
	err       error

	asked []Question
	found []string
}

func (f *fake) Overview(context.Context) (Overview, error)     { return f.overview, f.err }
func (f *fake) Runs(context.Context, int) ([]Run, error)       { return f.runs, f.err }
func (f *fake) Run(context.Context, string) (RunDetail, error) { return f.detail, f.err }
func (f *fake) Groups(context.Context) ([]Group, error)        { return f.groups, f.err }
func (f *fake) ZoneOf(_ context.Context, p cardea.PersonID) *time.Location {
	if p == "" {
		return nil
	}
	return f.zone
}

func (f *fake) FindPeople(_ context.Context, q string) ([]Person, error) {
	f.found = append(f.found, q)
	return f.people, f.err
}

func (f *fake) FindAccounts(context.Context, string) ([]Person, error) { return f.accounts, f.err }

func (f *fake) Explain(_ context.Context, q Question) (Explained, error) {
	f.asked = append(f.asked, q)
	x := f.explained
	x.Explanation.At = q.At
	return x, f.err
}

const manifest = `{"console.css":"console.0a.css","htmx.js":"htmx.0b.js","app.js":"app.0c.js","mark.svg":"mark.0d.svg"}`

var dist = fstest.MapFS{
	"manifest.json":    {Data: []byte(manifest)},
	"console.0a.css":   {Data: []byte("body{}")},
	"htmx.0b.js":       {Data: []byte("var htmx")},
	"app.0c.js":        {Data: []byte("//")},
	"mark.0d.svg":      {Data: []byte("<svg/>")},
	"console.css":      {Data: []byte("not hashed")},
	".gitkeep":         {},
	"secret/other.txt": {Data: []byte("no")},
}

func london(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func handlerFor(t *testing.T, f *fake) http.Handler {
	t.Helper()
	return build(Config{
		Desk: f, Version: "1.2.3", Now: func() time.Time { return now }, Zone: london(t), Log: slog.New(slog.DiscardHandler),
		Hosts: []string{"example.com"},
	}, dist)
}

// get asks for a path, as htmx when a target is named.
func get(t *testing.T, h http.Handler, path string, htmx bool) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if htmx {
		r.Header.Set("HX-Request", "true")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const evil = `<script>alert(1)</script>"' onmouseover="alert(2)" x='`

// hostile is a desk whose every text tries to become markup.
func hostile() *fake {
	window := cardea.Window{From: cardea.At(now) - cardea.Hour, Until: cardea.At(now) + cardea.Hour}
	key := cardea.Key{Kind: cardea.Kind(evil), ID: evil}
	one := cardea.Consideration{
		Integration: evil, Rule: cardea.Rule(evil), Record: key, Label: evil, Via: []cardea.Key{key}, ViaLabel: evil,
		Verdict: cardea.Verdict(evil), Steps: []cardea.Step{{Asks: evil, Says: cardea.Verdict(evil), Key: &key}},
		Windows: []cardea.Window{window},
	}
	op := say.Operation{
		Operation: cardea.Operation{
			Verb: cardea.Verb(evil), Cause: cardea.Cause(evil), Group: evil, Person: evil, Window: window,
			Reasons: []cardea.Reason{{Rule: cardea.Rule(evil), Record: key, Via: []cardea.Key{key}}},
			Held:    &cardea.Hold{Code: cardea.HoldCode(evil), Why: evil},
		},
		PersonName: evil, Email: evil, GroupName: evil, State: evil, Error: evil,
	}
	run := Run{
		ID: evil, Unit: evil, Kind: evil, Outcome: say.Outcome(evil),
		Detail: evil, Counts: say.Counts{evil: 1}, Changeset: evil,
	}
	return &fake{
		overview: Overview{
			Connections: []say.Connection{{
				Name: evil, System: evil, Organisation: evil, State: say.State(evil), Why: evil,
				Collections: []say.Collection{{Kind: cardea.Kind(evil), Grade: cardea.Grade(evil), Why: evil}},
			}},
			Integrations: []say.Integration{{Name: evil, Space: evil, Door: evil, State: say.State(evil), Why: evil}},
			Issues:       []say.Issue{{Issue: cardea.Issue{Code: evil, Text: evil}}},
		},
		runs:   []Run{run},
		detail: RunDetail{Run: run, Operations: []say.Operation{op}},
		people: []Person{{ID: evil, Name: evil, Email: evil, Team: evil}, {ID: "other", Name: "Other"}},
		groups: []Group{{Door: evil, ID: evil, Name: evil, Place: evil}},
		explained: Explained{
			Explanation: cardea.Explanation{
				Person: evil, Group: evil, Open: true, Window: &window, Considered: []cardea.Consideration{one}, Change: &one,
			},
			Person: Person{ID: evil, Name: evil}, Group: Group{Door: evil, ID: evil, Name: evil},
			Door: say.AtDoor{ReadAt: 1, Account: evil, Member: true, Window: window, Kept: evil, Staff: evil},
		},
	}
}

func every() []string {
	q := url.Values{"q": {evil}, "person": {evil}, "group": {evil + "/" + evil}, "at": {evil}, "run": {evil}}
	ok := url.Values{"q": {evil}, "person": {evil}, "group": {evil + "/" + evil}}
	return []string{
		"/", "/?" + q.Encode(), "/?" + ok.Encode(), "/now", "/people?" + q.Encode(),
		"/explain?" + q.Encode(), "/explain?" + ok.Encode(),
		"/runs/" + url.PathEscape(evil), "/nothing/" + url.PathEscape(evil),
	}
}

func TestHostileTextNeverBecomesMarkup(t *testing.T) {
	t.Parallel()
	h := handlerFor(t, hostile())
	tag := regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	attribute := regexp.MustCompile(`[\s"'](on[a-z]+|style)\s*=`)
	for _, path := range every() {
		body := get(t, h, path, true).Body.String()
		if strings.Contains(body, "<script>") || strings.Contains(body, "alert(1)</script>") {
			t.Errorf("%s: a script from outside is in the page", path)
		}
		if path != "/nothing/"+url.PathEscape(evil) && !strings.Contains(path, "at=") && !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("%s does not show what it was given", path)
		}
		for _, found := range tag.FindAllString(body, -1) {
			quoted := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(found, `""`)
			quoted = regexp.MustCompile(`'[^']*'`).ReplaceAllString(quoted, `''`)
			if attribute.MatchString(quoted) {
				t.Errorf("%s: inline handler or style in %s", path, found)
			}
		}
		if strings.Contains(body, "<style") || strings.Contains(body, "javascript:") {
			t.Errorf("%s: inline style or script address", path)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := handlerFor(t, hostile())
	for _, path := range append(every(), "/assets/console.0a.css", "/assets/none") {
		w := get(t, h, path, true)
		csp := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'none'", "script-src 'self';", "style-src 'self';", "img-src 'self' data:", "connect-src 'self'",
			"font-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
		} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: %q is not in the policy %q", path, part, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %q", path, csp)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
		if cached := w.Header().Get("Cache-Control"); path != "/assets/console.0a.css" && cached != "no-store" {
			t.Errorf("%s may be kept: %q", path, cached)
		}
	}
}

func TestAssetsAreKeptForEverUnderTheirHash(t *testing.T) {
	t.Parallel()
	h := handlerFor(t, &fake{})
	w := get(t, h, "/assets/console.0a.css", false)
	if w.Code != http.StatusOK || w.Body.String() != "body{}" || w.Header().Get("Content-Type") != "text/css; charset=utf-8" ||
		w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	for _, path := range []string{
		"/assets/", "/assets/console.css", "/assets/manifest.json", "/assets/.gitkeep",
		"/assets/secret/other.txt", "/assets/%2e%2e/console.go",
	} {
		if w := get(t, h, path, false); w.Code == http.StatusOK {
			t.Errorf("%s is served: %q", path, w.Body)
		}
	}
}

func TestPageLinksHashedAssets(t *testing.T) {
	t.Parallel()
	body := get(t, handlerFor(t, &fake{}), "/", false).Body.String()
	for _, link := range []string{"/assets/console.0a.css", "/assets/htmx.0b.js", "/assets/app.0c.js", "/assets/mark.0d.svg"} {
		if !strings.Contains(body, link) {
			t.Errorf("the page does not link %s", link)
		}
	}
}

func TestPageWithoutAssetsSaysSo(t *testing.T) {
	t.Parallel()
	h := build(Config{Desk: &fake{}, Now: func() time.Time { return now }, Hosts: []string{"example.com"}}, fstest.MapFS{".gitkeep": {}})
	w := get(t, h, "/", false)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "were not built into the program") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestBuiltInAssetsAreServedOrMissed(t *testing.T) {
	t.Parallel()
	w := get(t, New(Config{Desk: &fake{}, Now: func() time.Time { return now }, Hosts: []string{"example.com"}}), "/", false)
	styled := strings.Contains(w.Body.String(), `href="/assets/console.`)
	missed := strings.Contains(w.Body.String(), "were not built into the program")
	if w.Code != http.StatusOK || styled == missed {
		t.Errorf("%d, styled %v, missed %v", w.Code, styled, missed)
	}
}

func TestUnknownPagesAre404(t *testing.T) {
	t.Parallel()
	w := get(t, handlerFor(t, &fake{}), "/nothing", false)
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "There is no such page") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestOnlyReadingIsLetThrough(t *testing.T) {
	t.Parallel()
	f := &fake{}
	h := handlerFor(t, f)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		for _, path := range []string{"/", "/explain", "/runs/1", "/assets/console.0a.css", "/nothing"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
	if len(f.asked)+len(f.found) > 0 {
		t.Errorf("the desk was asked: %v %v", f.asked, f.found)
	}
}

func TestHeadHasHeadersOnly(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/nothing", "/assets/console.0a.css"} {
		w := httptest.NewRecorder()
		handlerFor(t, &fake{}).ServeHTTP(w, httptest.NewRequest(http.MethodHead, path, nil))
		if w.Body.Len() > 0 || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d bytes, %v", path, w.Body.Len(), w.Header())
		}
	}
}

func TestPartsWithoutHtmxLeadToThePage(t *testing.T) {
	t.Parallel()
	h := handlerFor(t, &fake{})
	for path, want := range map[string]string{
		"/now":               "/",
		"/people?q=ana&x=1":  "/?q=ana",
		"/runs/a%2Fb%3F":     "/?run=a%2Fb%3F#" + runAnchor("a/b?"),
		"/explain?group=g/1": "/?group=g%2F1",
	} {
		w := get(t, h, path, false)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
}

func TestErrorsOfAClassAreToldOthersAreNot(t *testing.T) {
	t.Parallel()
	f := &fake{err: cardea.Errorf(cardea.Retry, "The database is busy. Try again in a minute.")}
	body := get(t, handlerFor(t, f), "/?q=ana", false).Body.String()
	if strings.Count(body, "The database is busy. Try again in a minute.") < 4 {
		t.Errorf("state, search, groups and runs each say what is wrong: %s", body)
	}
	f.err = errors.New("dial postgres://user:pa55word@db")
	body = get(t, handlerFor(t, f), "/?q=ana", false).Body.String()
	if strings.Contains(body, "pa55word") || !strings.Contains(body, "its log says what") {
		t.Errorf("an error without a class is in the page: %s", body)
	}
}

func TestPollBringsEveryLivePart(t *testing.T) {
	t.Parallel()
	f := &fake{runs: []Run{{
		ID: "1", Unit: "kisi", Kind: "keep", Outcome: say.EndedInStep, Counts: say.Counts{"add/granted": 3, "remove/ended": 1},
	}}}
	w := get(t, handlerFor(t, f), "/now", true)
	for _, part := range []string{
		"3 added, 1 removed because the time was over", `hx-target="#glance"`, `hx-target="#systems"`, `id="glance"`, `id="systems"`,
	} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("%q is missing in %s", part, w.Body)
		}
	}
	if strings.Contains(w.Body.String(), "<html") || w.Header().Get("Vary") != "HX-Request" {
		t.Errorf("a part is no page: %v", w.Header())
	}
}

func TestLongRunsAreCutShort(t *testing.T) {
	t.Parallel()
	f := &fake{detail: RunDetail{Run: Run{ID: "1"}}}
	for range shownOperations + 1234 {
		f.detail.Operations = append(f.detail.Operations, say.Operation{
			Operation: cardea.Operation{Verb: cardea.VerbAdd, Cause: cardea.CauseGranted, Group: "g"}, PersonName: "Ana",
		})
	}
	body := get(t, handlerFor(t, f), "/runs/1", true).Body.String()
	if n := strings.Count(body, `class="plus"`); n != shownOperations || !strings.Contains(body, "1,234 others") {
		t.Errorf("%d lines shown", n)
	}
}

func TestLongRunsTellHowMuchTheyDoNotList(t *testing.T) {
	t.Parallel()
	f := &fake{detail: RunDetail{Run: Run{ID: "1", Counts: say.Counts{
		"add/granted": 1900, "failed/add/granted": 100, "held/add/granted": 7, "remove/ended": 50, "_next": 12, "_left/granted": 3,
	}}, Planned: 2057}}
	for range 10 {
		f.detail.Operations = append(f.detail.Operations, say.Operation{
			Operation: cardea.Operation{Verb: cardea.VerbAdd, Cause: cardea.CauseGranted, Group: "g"}, PersonName: "Ana",
		})
	}
	body := get(t, handlerFor(t, f), "/runs/1", true).Body.String()
	for _, part := range []string{"2,000 operations", "and 1,990 others", "and 57 other operations, not listed here"} {
		if !strings.Contains(body, part) {
			t.Errorf("%q is missing in %s", part, body)
		}
	}
}

func TestIssuesThatSayTheSameAreToldOnceWithNames(t *testing.T) {
	t.Parallel()
	f := &fake{}
	for _, who := range []string{"Zoë", "Ana", "Bram", "Cyd", "Dan"} {
		f.overview.Issues = append(f.overview.Issues, say.Issue{
			Issue: cardea.Issue{Code: "left-but-named", Text: "the person has left", Person: cardea.PersonID(who)}, Who: who,
		})
	}
	for i := range shownMatters + 2 {
		f.overview.Issues = append(f.overview.Issues, say.Issue{
			Issue: cardea.Issue{Code: "no-email", Text: "no e-mail " + strings.Repeat("x", i), Group: "7"}, Where: "First floor",
		})
	}
	body := get(t, handlerFor(t, f), "/", false).Body.String()
	for part, times := range map[string]int{
		"9 open issues":                      1,
		"The person has left.":               1,
		"Ana, Bram, Cyd and 2 others":        1,
		"5 times":                            1,
		`<li class="wrap-anywhere">Zoë</li>`: 1,
		"First floor":                        shownMatters + 2,
		"and 3 others":                       1,
	} {
		if n := strings.Count(body, part); n != times {
			t.Errorf("%q is there %d times, want %d", part, n, times)
		}
	}
}

func TestRunsThatTellNothingStandInOneRow(t *testing.T) {
	t.Parallel()
	run := func(id string, c say.Counts) Run {
		return Run{ID: id, Unit: "kisi", Kind: "keep", Outcome: say.EndedInStep, Counts: c}
	}
	news := say.Counts{"add/granted": 1}
	f := &fake{runs: []Run{run("a", nil), run("b", nil), run("c", news)}}
	for i := range 25 {
		f.runs = append(f.runs, run("quiet"+strings.Repeat("i", i), nil))
	}
	f.runs = append(f.runs, run("z", news))
	body := get(t, handlerFor(t, f), "/", false).Body.String()
	for part, times := range map[string]int{
		`class="run"`: 4 + shownQuiet, `class="run fold"`: 1, "25 runs: nothing new": 1, "and 15 older ones": 1, "1 added": 2,
	} {
		if n := strings.Count(body, part); n != times {
			t.Errorf("%q is there %d times, want %d", part, n, times)
		}
	}
	// One that the address names is not hidden, and the others still fold.
	body = get(t, handlerFor(t, f), "/?run=quietiiiii", false).Body.String()
	if strings.Count(body, `class="run fold"`) != 2 || !strings.Contains(body, runAnchor("quietiiiii")) {
		t.Errorf("the named run is hidden: %s", body)
	}
	// A new quiet run leaves the fold's id, so that it stays open.
	more := append([]Run{run("new", nil)}, f.runs[3:28]...)
	if was, is := foldAnchor(stretches(f.runs[3:28], "")[0]), foldAnchor(stretches(more, "")[0]); was != is {
		t.Errorf("the fold is %s and then %s", was, is)
	}
}

func BenchmarkPage(b *testing.B) {
	f := hostile()
	for range shownRuns {
		f.runs = append(f.runs, Run{
			ID: "x", Unit: "kisi", Kind: "keep", Outcome: say.EndedInStep, Counts: say.Counts{"add/granted": 3},
		})
	}
	for range 300 {
		f.groups = append(f.groups, Group{Door: "kisi", ID: "7", Name: "First floor", Place: "London"})
	}
	h := build(Config{Desk: f, Now: func() time.Time { return now }, Hosts: []string{"example.com"}}, dist)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
