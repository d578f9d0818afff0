package store

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/cardea-access/cardea"
)

// clean makes a text that both engines take: PostgreSQL refuses NUL bytes and invalid UTF-8, SQLite keeps them and shows
// half the text later. It agrees with what encoding/json does to invalid bytes, so that ids in bodies and columns
// stay equal.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == 0 {
			return -1
		}
		return r
	}, s)
}

// body writes a value as JSON without NUL characters.
func body(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", cardea.Errorf(cardea.Rejected, "a value cannot be written as JSON: %w", err)
	}
	return string(withoutNUL(b)), nil
}

// raw makes JSON that somebody else wrote fit to be stored; nothing becomes def.
func raw(m json.RawMessage, def string) (string, error) {
	if len(m) == 0 {
		return def, nil
	}
	if !json.Valid(m) {
		return "", cardea.Errorf(cardea.Rejected, "settings are not valid JSON")
	}
	return string(withoutNUL([]byte(clean(string(m))))), nil
}

// withoutNUL takes the escape \u0000 out of JSON text: PostgreSQL cannot turn it into text. An escaped backslash before
// "u0000" is no such escape.
func withoutNUL(b []byte) []byte {
	esc := []byte(`\u0000`)
	if !bytes.Contains(b, esc) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		switch {
		case b[i] != '\\' || i+1 == len(b):
			out = append(out, b[i])
			i++
		case bytes.HasPrefix(b[i:], esc):
			i += len(esc)
		default:
			out = append(out, b[i], b[i+1])
			i += 2
		}
	}
	return out
}

// foldEmail makes e-mail addresses comparable, as matching does; what is no address folds to "" and finds nothing.
func foldEmail(s string) string {
	s = strings.ToLower(strings.TrimSpace(clean(s)))
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" {
		return ""
	}
	if ascii, err := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(
		strings.TrimSuffix(domain, ".")); err == nil {
		domain = ascii
	}
	return local + "@" + domain
}

// foldSearch makes the text in which people are searched for, of one line.
func foldSearch(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(clean(s)), " "))
	if r := []rune(s); len(r) > searchable {
		s = string(r[:searchable])
	}
	return s
}
