package scim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is a resource, or a part of one, in SCIM's own JSON.
type row = map[string]any

// ident is a resource's identity; which of its forms goes out as the id is the switch ids.
type ident struct {
	kind string // User, Group
	n    int64  // unique over all resources (RFC 7643 3.1), never used again
	word string // as the world file calls it; a made resource has its number
	uuid string
}

func identify(kind string, n int64, word string) ident {
	sum := sha256.Sum256([]byte("scim " + kind + " " + word))
	x := hex.EncodeToString(sum[:16])
	return ident{kind, n, word, fmt.Sprintf("%s-%s-4%s-a%s-%s", x[:8], x[8:12], x[13:16], x[17:20], x[20:32])}
}

// resource is a user or a group. A stored one is never changed: a change puts a copy.
type resource struct {
	ident

	attrs             row     // by canonical name; without id, meta, schemas, members and groups
	members           []ident // of a group; may name what is deleted
	created, modified time.Time
	version           int
}

// copy is one to change.
func (r *resource) copy() *resource {
	next := *r
	next.attrs, next.members = twin.Clone(r.attrs), slices.Clone(r.members)
	return &next
}

func text(r row, field string) string { return twin.As[string](r[field]) }

// state is every resource.
type state struct {
	rows   map[int64]*resource
	order  []int64 // as made
	byName map[string]int64
	last   int64
}

func newState() *state { return &state{rows: map[int64]*resource{}, byName: map[string]int64{}} }

func (s *state) clone() *state {
	return &state{rows: maps.Clone(s.rows), order: slices.Clone(s.order), byName: maps.Clone(s.byName), last: s.last}
}

func (s *state) put(r *resource) {
	if s.rows[r.n] == nil {
		s.order = append(s.order, r.n)
		s.byName[r.kind+"/"+r.word], s.byName[r.kind+"/"+r.uuid] = r.n, r.n
		s.last = max(s.last, r.n)
	}
	s.rows[r.n] = r
}

func (s *state) drop(r *resource) {
	delete(s.rows, r.n)
	delete(s.byName, r.kind+"/"+r.word)
	delete(s.byName, r.kind+"/"+r.uuid)
	s.order = slices.DeleteFunc(s.order, func(n int64) bool { return n == r.n })
}

// all lists the resources of a kind, oldest first.
func (s *state) all(k *kind) []*resource {
	var out []*resource
	for _, n := range s.order {
		if r := s.rows[n]; r.kind == k.name {
			out = append(out, r)
		}
	}
	return out
}

// id is a resource's id as it goes out: text, or a number.
func (v *Vendor) id(i ident) any {
	switch {
	case v.switches.Is("ids", "number"):
		return float64(i.n)
	case v.switches.Is("ids", "uuid"):
		return i.uuid
	}
	return i.word
}

// idText is the id as it stands in a URL.
func (v *Vendor) idText(i ident) string { return plain(v.id(i)) }

// plain is a JSON scalar as text.
func plain(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

// byID finds a resource of a kind by its id as text; nil = none.
func (v *Vendor) byID(k *kind, id string) *resource {
	n, known := v.state.byName[k.name+"/"+id]
	if v.switches.Is("ids", "number") {
		var err error
		n, err = strconv.ParseInt(id, 10, 64)
		known = err == nil
	}
	r := v.state.rows[n]
	if !known || r == nil || r.kind != k.name || v.idText(r.ident) != id {
		return nil
	}
	return r
}

// sameName says whether two userNames are one to the server.
func (v *Vendor) sameName(a, b string) bool {
	if v.switches.Is("user_name_case", "exact") {
		return a == b
	}
	return strings.EqualFold(a, b)
}

// save stores a changed copy: a new version, if anything changed.
func (s *state) save(next *resource, now time.Time) *resource {
	old := s.rows[next.n]
	if old != nil && same(old, next) {
		return old
	}
	next.modified = now.UTC()
	next.version++
	s.put(next)
	return next
}

// remove takes a resource out; groups forget it, unless it stays in them.
func (s *state) remove(r *resource, stays bool, now time.Time) {
	s.drop(r)
	if stays {
		return
	}
	for _, g := range s.all(groups) {
		if slices.Contains(g.members, r.ident) {
			g = g.copy()
			g.members = slices.DeleteFunc(g.members, func(m ident) bool { return m == r.ident })
			s.save(g, now)
		}
	}
}
