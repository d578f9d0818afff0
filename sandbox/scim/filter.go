package scim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
)

// expr is a filter, or a part of one.
type expr interface {
	match(item row) bool
	String() string
}

// scope says what an attribute of a filter is.
type scope func(p attrPath) (target, bool)

// parser reads the grammar of RFC 7644 3.4.2.2: not, and, or bind in this order; words are not compared by letter case.
type parser struct {
	tokens []token
	scope  scope
	exact  bool // userName is compared by letter case
	inside bool // of a value path, which holds no other
	depth  int
}

const maxDepth = 40

// parseFilter reads a whole filter.
func parseFilter(s string, in scope, exactUserName bool) (expr, error) {
	tokens, err := lex(s)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, scope: in, exact: exactUserName}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != 0 {
		return nil, bad("invalidFilter", "%q is not expected", t.text)
	}
	return e, nil
}

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if t.kind != 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

// word takes the next token if it is this word.
func (p *parser) word(w string) bool {
	if t := p.peek(); t.kind == 'w' && strings.EqualFold(t.text, w) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(c byte) error {
	if t := p.next(); t.kind != c {
		return bad("invalidFilter", "%q is expected, not %q", string(c), t.text)
	}
	return nil
}

func (p *parser) or() (expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, bad("invalidFilter", "more than %d levels", maxDepth)
	}
	defer func() { p.depth-- }()
	left, err := p.and()
	for err == nil && p.word("or") {
		var right expr
		if right, err = p.and(); err == nil {
			left = logic{"or", left, right}
		}
	}
	return left, err
}

func (p *parser) and() (expr, error) {
	left, err := p.term()
	for err == nil && p.word("and") {
		var right expr
		if right, err = p.term(); err == nil {
			left = logic{"and", left, right}
		}
	}
	return left, err
}

func (p *parser) term() (expr, error) {
	if p.word("not") {
		if p.peek().kind != '(' {
			return nil, bad("invalidFilter", "( is expected after not")
		}
		inner, err := p.term()
		return negation{inner}, err
	}
	if p.peek().kind == '(' {
		p.next()
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		return inner, p.expect(')')
	}
	t := p.next()
	if t.kind != 'w' {
		return nil, bad("invalidFilter", "an attribute is expected, not %q", t.text)
	}
	path, err := parseAttrPath(t.text)
	if err != nil {
		return nil, bad("invalidFilter", "%q is not an attribute", t.text)
	}
	to, known := p.scope(path)
	if !known {
		return nil, bad("invalidFilter", "there is no attribute %q here", t.text)
	}
	if b := p.peek(); b.kind == '[' && b.glued {
		return p.valuePath(path, to)
	}
	return p.comparison(path, to)
}

// valuePath is attribute[filter].
func (p *parser) valuePath(path attrPath, to target) (expr, error) {
	if p.inside || to.def.kind != "complex" || to.sub != nil {
		return nil, bad("invalidFilter", "%s takes no [", path)
	}
	p.next()
	outer := p.scope
	p.inside, p.scope = true, within(to.def)
	e, err := p.or()
	p.inside, p.scope = false, outer
	if err != nil {
		return nil, err
	}
	return some{path, to, e}, p.expect(']')
}

// within is the scope of an attribute's sub-attributes.
func within(a attr) scope {
	return func(p attrPath) (target, bool) {
		sub, known := find(a.sub, p.name)
		return target{def: sub}, known && p.urn == "" && p.sub == ""
	}
}

var operators = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

func (p *parser) comparison(path attrPath, to target) (expr, error) {
	t := p.next()
	op := strings.ToLower(t.text)
	if t.kind == 'w' && op == "pr" {
		return present{path, to}, nil
	}
	if t.kind != 'w' || !slices.Contains(operators, op) {
		return nil, bad("invalidFilter", "%q is not an operator", t.text)
	}
	if to.def.kind == "complex" && to.sub == nil { // the value of a complex attribute is its `value` (RFC 7643 2.4)
		value, has := find(to.def.sub, "value")
		if !has {
			return nil, bad("invalidFilter", "%s has no value to compare", path)
		}
		to.sub = &value
	}
	c := comparison{path: path, to: to, op: op, exact: to.last().exact || p.exact && to.def.name == "userName"}
	literal := p.next()
	switch {
	case literal.kind == 's':
		c.literal = literal.text
	case literal.kind != 'w':
		return nil, bad("invalidFilter", "a value is expected after %s", op)
	default:
		if err := json.Unmarshal([]byte(literal.text), &c.literal); err != nil {
			return nil, bad("invalidFilter", "%q is not a value; texts stand in quotes", literal.text)
		}
	}
	return c, c.check()
}

// check refuses comparisons that an attribute's type does not know (RFC 7644 3.4.2.2).
func (c comparison) check() error {
	a, wrong := c.to.last(), bad("invalidFilter", "%s cannot be compared so", c.path)
	equality := c.op == "eq" || c.op == "ne"
	switch l := c.literal.(type) {
	case nil:
		if !equality {
			return wrong
		}
	case bool:
		if !equality || a.kind != "boolean" {
			return wrong
		}
	case float64:
		if a.name != "id" && a.name != "value" { // ids may be numbers here
			return wrong
		}
	case string:
		if a.kind == "boolean" && (!equality || !strings.EqualFold(l, "true") && !strings.EqualFold(l, "false")) {
			return wrong
		}
		if _, err := time.Parse(time.RFC3339, l); a.kind == "dateTime" && err != nil {
			return wrong
		}
	default:
		return wrong
	}
	return nil
}

func (c comparison) String() string {
	literal := "null"
	switch l := c.literal.(type) {
	case bool:
		literal = strconv.FormatBool(l)
	case float64:
		literal = plain(l)
	case string:
		if quoted, err := answer.Encode(l); err == nil {
			literal = string(quoted)
		}
	}
	return c.path.String() + " " + c.op + " " + literal
}
