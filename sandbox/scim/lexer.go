package scim

import (
	"encoding/json"
	"strings"
)

// token is one word, text or bracket of a filter.
type token struct {
	kind  byte // w word, s text, ( ) [ ], 0 = the end
	text  string
	glued bool // no space before it
}

const maxFilter = 8192

// lex cuts a filter (RFC 7644 3.4.2.2) or a PATCH path (3.5.2) into tokens.
func lex(s string) ([]token, error) {
	if len(s) > maxFilter {
		return nil, bad("invalidFilter", "longer than %d", maxFilter)
	}
	var out []token
	glued := false
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case ' ', '\t':
			i++
			glued = false
			continue
		case '(', ')', '[', ']':
			out = append(out, token{c, string(c), glued})
			i++
		case '"':
			end := closing(s, i)
			if end < 0 {
				return nil, bad("invalidFilter", "a text does not end")
			}
			var v string
			if err := json.Unmarshal([]byte(s[i:end]), &v); err != nil {
				return nil, bad("invalidFilter", "%s is not a JSON text", s[i:end])
			}
			out = append(out, token{'s', v, glued})
			i = end
		default:
			end := i
			for end < len(s) && !strings.ContainsRune(" \t()[]\"", rune(s[end])) {
				end++
			}
			out = append(out, token{'w', s[i:end], glued})
			i = end
		}
		glued = true
	}
	return out, nil
}

// closing is the place after the quote that ends the text that begins at i; -1 = none.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case '"':
			return j + 1
		}
	}
	return -1
}

// parseAttrPath reads [URN:]name[.sub].
func parseAttrPath(s string) (attrPath, error) {
	p := attrPath{name: s}
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		p.urn, p.name = s[:i], s[i+1:]
		if len(p.urn) < 4 || !strings.EqualFold(p.urn[:4], "urn:") {
			return p, bad("invalidPath", "%q is not an attribute", s)
		}
	}
	var dotted bool
	p.name, p.sub, dotted = strings.Cut(p.name, ".")
	if !attrName(p.name) || dotted && !attrName(p.sub) {
		return p, bad("invalidPath", "%q is not an attribute", s)
	}
	return p, nil
}

// attrName is ATTRNAME of RFC 7643 2.1, and $ref.
func attrName(s string) bool {
	for i, c := range strings.TrimPrefix(s, "$") {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '_') {
			return false
		}
	}
	return s != "" && s != "$"
}

func (p attrPath) String() string {
	out := p.name
	if p.urn != "" {
		out = p.urn + ":" + out
	}
	if p.sub != "" {
		out += "." + p.sub
	}
	return out
}
