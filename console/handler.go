package console

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
)

// askedRuns is how many runs the page looks through, shownRuns how many rows it lists, longest the longest search that it
// passes on.
const (
	askedRuns = 200
	shownRuns = 30
	longest   = 200
)

type handler struct {
	desk    Desk
	version string
	now     func() time.Time
	zone    *time.Location
	log     *slog.Logger
	assets  *assets
}

// home answers / with the whole page. Its query holds the state of the page: q, person, group, at and run. The halves
// of the page are asked for side by side.
func (h *handler) home(w http.ResponseWriter, r *http.Request) {
	ctx, q := r.Context(), r.URL.Query()
	p := pageView{assets: h.assets, version: h.version}
	var now sync.WaitGroup
	now.Go(func() { p.now = h.nowView(ctx) })
	p.ask = h.askView(ctx, q, true)
	now.Wait()
	if id := q.Get("run"); id != "" {
		detail := h.runView(ctx, id)
		p.now.opened = &detail
	}
	h.write(w, r, http.StatusOK, page(p))
}

// live answers the parts of the page that change by themselves.
func (h *handler) live(w http.ResponseWriter, r *http.Request) {
	if !partial(r) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	h.write(w, r, http.StatusOK, liveParts(h.nowView(r.Context())))
}

// people answers the rows of a search.
func (h *handler) people(w http.ResponseWriter, r *http.Request) {
	query := search(r.URL.Query())
	if !partial(r) {
		http.Redirect(w, r, "/?"+url.Values{"q": {query}}.Encode(), http.StatusSeeOther)
		return
	}
	h.write(w, r, http.StatusOK, people(h.search(r.Context(), query, "")))
}

// explain answers a question, and puts the address of the whole page with that answer into the address bar.
func (h *handler) explain(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	address := "/?" + keep(q, "q", "person", "group", "at").Encode()
	if !partial(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return
	}
	view := h.askView(r.Context(), q, false)
	w.Header().Set("Hx-Replace-Url", address)
	h.write(w, r, http.StatusOK, answer(view))
}

// run answers one run's operations.
func (h *handler) run(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if !partial(r) {
		to := "/?" + url.Values{"run": {id}}.Encode() + "#" + runAnchor(id)
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // always this page, whatever the id is
		return
	}
	h.write(w, r, http.StatusOK, runBody(h.runView(r.Context(), id)))
}

func (h *handler) missing(w http.ResponseWriter, r *http.Request) {
	h.write(w, r, http.StatusNotFound, notFound(pageView{assets: h.assets, version: h.version}))
}

// nowView asks for what changes by itself. What fails is told in its own place; the rest is shown.
func (h *handler) nowView(ctx context.Context) nowView {
	v := nowView{clock: h.clock(ctx)}
	overview, err := h.desk.Overview(ctx)
	v.overviewErr = h.told(ctx, "overview", err)
	v.overview, v.matters = overview, say.Matters(overview.Issues)
	for i := range v.matters {
		v.matters[i].Text = v.clock.Text(v.matters[i].Text)
	}
	v.heeds = say.Heeds(overview, v.clock)
	v.glance = say.AtAGlance(overview, v.clock)
	if err != nil {
		v.glance = say.Glance{State: say.Failed, Head: "The state is not known", Text: v.overviewErr}
	}
	v.runs, err = h.desk.Runs(ctx, askedRuns)
	v.runsErr = h.told(ctx, "runs", err)
	return v
}

func (h *handler) runView(ctx context.Context, id string) runView {
	detail, err := h.desk.Run(ctx, id)
	return runView{id: id, detail: detail, clock: h.clock(ctx), err: h.told(ctx, "run", err)}
}

// few is below how many people that fit accounts are looked for, too: that costs by how many accounts there are.
const few = 10

// ofAccount says whether an account was chosen, not a person.
func ofAccount(p cardea.PersonID) bool {
	_, key, ok := p.Split()
	return ok && key.Kind == cardea.KindAccount
}

func (h *handler) search(ctx context.Context, query string, chosen cardea.PersonID) peopleView {
	v := peopleView{query: query, chosen: chosen}
	if query == "" {
		return v
	}
	found, err := h.desk.FindPeople(ctx, query)
	if err == nil && len(found) < few && (chosen == "" || ofAccount(chosen)) {
		var accounts []Person
		accounts, err = h.desk.FindAccounts(ctx, query)
		found = append(slices.Clip(found), accounts...)
	}
	v.found, v.err = found, h.told(ctx, "search", err)
	if v.chosen == "" && len(v.found) == 1 {
		v.chosen = v.found[0].ID
	}
	return v
}

// askView fills the question, and its answer once person and group are chosen. For an answer alone nothing is looked up
// that only the form shows.
func (h *handler) askView(ctx context.Context, q url.Values, form bool) (v askView) {
	v = askView{group: q.Get("group"), at: q.Get("at")}
	v.people = peopleView{query: search(q), chosen: cardea.PersonID(q.Get("person"))}
	switch {
	case v.people.chosen == "":
		v.people = h.search(ctx, v.people.query, "")
	case form: // the answer does not wait for the list that the person was chosen from
		var list sync.WaitGroup
		found := v.people
		list.Go(func() { found = h.search(ctx, found.query, found.chosen) })
		defer func() {
			list.Wait()
			v.people = found
		}()
	}
	var err error
	if form {
		var groups []Group
		groups, err = h.desk.Groups(ctx)
		v.groups, v.groupsErr = byPlace(groups), h.told(ctx, "groups", err)
	}
	asked := q.Has("person") || q.Has("group") || q.Has("at")
	if !asked {
		return v
	}
	door, group, chosen := strings.Cut(v.group, "/")
	switch {
	case v.people.chosen == "" && len(v.people.found) > 1:
		v.hint = "Several people fit. Choose one of them."
	case v.people.chosen == "":
		v.hint = "Type a name or e-mail, then choose the person."
	case !chosen:
		v.hint = "Choose an access group."
	}
	if v.hint != "" {
		return v
	}
	v.clock = h.clockAt(ctx, v.people.chosen)
	at := v.clock.Now
	if v.at != "" {
		if at, err = parseLocal(v.at, v.clock.In()); err != nil {
			v.err = h.told(ctx, "time", err)
			return v
		}
	}
	x, err := h.desk.Explain(ctx, Question{Person: v.people.chosen, Door: door, Group: cardea.GroupID(group), At: at})
	if err != nil {
		v.err = h.told(ctx, "explain", err)
		return v
	}
	v.explained, v.answer = x, say.Explanation(x, v.clock)
	v.answered = true
	return v
}

// told turns an error into what the page says. Errors without a class may hold anything: they go to the log only.
func (h *handler) told(ctx context.Context, what string, err error) string {
	if err == nil {
		return ""
	}
	if ctx.Err() != nil {
		return "This took too long and was given up. Try again."
	}
	if known, ok := errors.AsType[*cardea.Error](err); ok {
		return say.Clean(known.Error())
	}
	h.log.ErrorContext(ctx, "console", "asking for", what, "error", err)
	return "Something went wrong inside Cardea; its log says what. Try again, and look there if it stays."
}

// write renders first and answers then, so that a failing component cannot leave half a page.
func (h *handler) write(w http.ResponseWriter, r *http.Request, status int, c templ.Component) {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		h.log.ErrorContext(r.Context(), "console", "path", r.URL.Path, "error", err)
		http.Error(w, "The page could not be made; the log says why.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "HX-Request")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		h.log.DebugContext(r.Context(), "console", "path", r.URL.Path, "error", err) // the reader went away
	}
}

// partial says whether htmx asks for a part of the page.
func partial(r *http.Request) bool { return r.Header.Get("Hx-Request") == "true" }

func search(q url.Values) string {
	s := []rune(strings.TrimSpace(q.Get("q")))
	return string(s[:min(len(s), longest)])
}

// keep returns the named parameters that have a value.
func keep(q url.Values, names ...string) url.Values {
	out := url.Values{}
	for _, n := range names {
		if v := q.Get(n); v != "" {
			out.Set(n, v)
		}
	}
	return out
}
