package scim

import (
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// logic is two filters with and, or.
type logic struct {
	op          string
	left, right expr
}

func (l logic) match(item row) bool {
	if l.op == "and" {
		return l.left.match(item) && l.right.match(item)
	}
	return l.left.match(item) || l.right.match(item)
}

// String has the fewest brackets: operators of one kind bind from the left.
func (l logic) String() string {
	left, right := l.left.String(), l.right.String()
	if inner, is := l.left.(logic); is && inner.op != l.op && l.op == "and" {
		left = "(" + left + ")"
	}
	if inner, is := l.right.(logic); is && (inner.op == l.op || l.op == "and") {
		right = "(" + right + ")"
	}
	return left + " " + l.op + " " + right
}

// negation is not.
type negation struct{ inner expr }

func (n negation) match(item row) bool { return !n.inner.match(item) }

func (n negation) String() string { return "not (" + n.inner.String() + ")" }

// present is pr: there is a value, and it is not empty.
type present struct {
	path attrPath
	to   target
}

func (p present) match(item row) bool { return assigned(p.to.values(item)) }

func assigned(values []any) bool {
	return slices.ContainsFunc(values, func(v any) bool { return v != nil && v != "" })
}

func (p present) String() string { return p.path.String() + " pr" }

// some is attribute[filter]: one value fits all of it.
type some struct {
	path  attrPath
	to    target
	inner expr
}

func (s some) match(item row) bool {
	for _, v := range s.to.values(item) {
		if one, is := v.(map[string]any); is && s.inner.match(one) {
			return true
		}
	}
	return false
}

func (s some) String() string { return s.path.String() + "[" + s.inner.String() + "]" }

// comparison is an attribute, an operator and a literal.
type comparison struct {
	path    attrPath
	to      target
	op      string
	literal any
	exact   bool
}

// match: with several values one that fits is enough (RFC 7644 3.4.2.2); ne is the opposite of eq.
func (c comparison) match(item row) bool {
	values := c.to.values(item)
	if c.op == "ne" {
		return !c.equal(values)
	}
	if c.op == "eq" {
		return c.equal(values)
	}
	for _, v := range values {
		if v != nil && c.holds(v) {
			return true
		}
	}
	return false
}

func (c comparison) equal(values []any) bool {
	if c.literal == nil {
		return !assigned(values)
	}
	for _, v := range values {
		if v != nil && c.order(v) == 0 {
			return true
		}
	}
	return false
}

func (c comparison) holds(v any) bool {
	have, want := c.fold(plain(v)), c.fold(plain(c.literal))
	switch c.op {
	case "co":
		return strings.Contains(have, want)
	case "sw":
		return strings.HasPrefix(have, want)
	case "ew":
		return strings.HasSuffix(have, want)
	case "gt":
		return c.order(v) > 0
	case "ge":
		return c.order(v) >= 0
	case "lt":
		return c.order(v) < 0
	}
	return c.order(v) <= 0
}

func (c comparison) fold(s string) string {
	if c.exact {
		return s
	}
	return strings.ToLower(s)
}

func (c comparison) order(v any) int {
	have, want := plain(v), plain(c.literal)
	if c.to.last().kind == "dateTime" {
		h, err := time.Parse(time.RFC3339, have)
		w, werr := time.Parse(time.RFC3339, want)
		if err == nil && werr == nil {
			return h.Compare(w)
		}
	}
	return strings.Compare(c.fold(have), c.fold(want))
}

// values are what a target holds in an item, one by one.
func (t target) values(item row) []any {
	if t.holder != "" {
		item = twin.As[map[string]any](item[t.holder])
	}
	v := item[t.def.name]
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	if t.sub == nil {
		return list
	}
	out := make([]any, 0, len(list))
	for _, one := range list {
		out = append(out, twin.As[map[string]any](one)[t.sub.name])
	}
	return out
}
