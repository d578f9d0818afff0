package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/cardea-access/cardea"
)

// Pushes is who takes in what space systems push, and says which groups they may name.
type Pushes interface {
	Pushed(connection string) bool
	PushGroups(ctx context.Context, connection string, h http.Header) ([]cardea.Group, error)
	Push(connection string, r *http.Request) (string, error)
}

// Listed is for counting: the groups were asked for and named.
const Listed = "listed"

// push takes one push in.
func (h *handler) push(w http.ResponseWriter, r *http.Request) {
	name := h.pushed(r)
	h.in(w, r, name, func(body []byte) (string, error) {
		r.Body = io.NopCloser(bytes.NewReader(body))
		return h.c.Pushes.Push(name, r)
	})
}

func (h *handler) pushed(r *http.Request) string {
	if name := r.PathValue("connection"); h.c.Pushes.Pushed(name) {
		return name
	}
	return ""
}

// group is one line of the list of groups.
type group struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// groups names the groups that a push may name.
func (h *handler) groups(w http.ResponseWriter, r *http.Request) {
	name := h.pushed(r)
	g := h.gate(name)
	if !g.enter(r.Context()) {
		h.c.Count(name, Busy)
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusServiceUnavailable)
		return
	}
	defer g.leave()
	if name == "" {
		h.refuse(w, name, g, nil)
		return
	}
	all, err := h.c.Pushes.PushGroups(r.Context(), name, r.Header)
	if err != nil && cardea.ClassOf(err) == cardea.Auth {
		h.refuse(w, name, g, err)
		return
	}
	list := []group{}
	for _, one := range all {
		list = append(list, group{string(one.ID), one.Name})
	}
	body, failed := json.Marshal(list)
	if err != nil || failed != nil {
		h.c.Count(name, Failed)
		h.c.Log.Warn("the groups could not be named", "connection", name, "error", err)
		answer(w, http.StatusServiceUnavailable)
		return
	}
	h.c.Count(name, Listed)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body) //nolint:errcheck // whoever asked is gone
}
