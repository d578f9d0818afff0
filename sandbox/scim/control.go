package scim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// Groups is every group with who could pass it now (active users in it, or in a group in it, by e-mail) and with every member. An
// edge has no id of its own: it bears the member's.
func (v *Vendor) Groups() []twin.GroupState {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := []twin.GroupState{}
	for _, r := range v.state.all(groups) {
		g := twin.GroupState{
			ID: v.idText(r.ident), Name: text(r.attrs, "displayName"), Members: []string{}, All: []twin.EdgeSeen{},
		}
		v.pass(r, map[int64]bool{}, func(u *resource) { g.Members = append(g.Members, v.called(u)) })
		slices.Sort(g.Members)
		g.Members = slices.Compact(g.Members)
		for _, m := range r.members {
			e := twin.EdgeSeen{ID: v.idText(m), Account: v.idText(m), Enabled: v.state.rows[m.n] != nil}
			if m.kind == groups.name {
				e.Account = "group:" + e.Account
			} else if u := v.state.rows[m.n]; u != nil {
				e.Email, e.Enabled = mail(u), twin.As[bool](u.attrs["active"])
			}
			g.All = append(g.All, e)
		}
		out = append(out, g)
	}
	return out
}

// pass goes through the active users of a group and of the groups in it.
func (v *Vendor) pass(g *resource, seen map[int64]bool, do func(*resource)) {
	if seen[g.n] {
		return
	}
	seen[g.n] = true
	for _, m := range g.members {
		switch r := v.state.rows[m.n]; {
		case r == nil:
		case m.kind == groups.name:
			v.pass(r, seen, do)
		case twin.As[bool](r.attrs["active"]):
			do(r)
		}
	}
}

// mail is a user's e-mail: the primary, the first, or a userName that is one.
func mail(u *resource) string {
	if all := mails(u); len(all) > 0 {
		return all[0]
	}
	if name := text(u.attrs, "userName"); strings.Contains(name, "@") {
		return name
	}
	return ""
}

func (v *Vendor) called(u *resource) string {
	if m := mail(u); m != "" {
		return m
	}
	return "id:" + v.idText(u.ident)
}

// Records returns every record, with everything the server knows of it.
func (v *Vendor) Records() map[string][]map[string]any {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := &call{r: &http.Request{Host: "sandbox", URL: &url.URL{}}}
	of, out := v.groupsOf(), map[string][]map[string]any{}
	for _, k := range []*kind{users, groups} {
		for _, r := range v.state.all(k) {
			out[strings.ToLower(k.path)] = append(out[strings.ToLower(k.path)], v.full(c, r, of))
		}
	}
	return out
}
