package object

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Words is text for people, without the null bytes that PostgreSQL cannot hold. A plain number is taken too.
type Words string

// UnmarshalJSON reads a string, a number or null.
func (w *Words) UnmarshalJSON(b []byte) error {
	var n json.Number
	if s, err := Optional(b); err == nil {
		*w = Words(strings.TrimSpace(strings.ReplaceAll(s, "\x00", "")))
		return nil
	} else if json.Unmarshal(b, &n) != nil {
		return fmt.Errorf("%s is no text", Short(b))
	}
	*w = Words(n.String())
	return nil
}

// Optional reads a string that may be null.
func Optional(b []byte) (string, error) {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return "", fmt.Errorf("not a string: %w", err)
	}
	if s == nil {
		return "", nil
	}
	return *s, nil
}

// Short names the shape of a value that did not fit, without showing words that may be somebody's name or card number.
func Short(b []byte) string {
	switch {
	case len(b) == 0:
		return "nothing"
	case b[0] == '{':
		return "an object"
	case b[0] == '[':
		return "a list"
	case b[0] == '"':
		return fmt.Sprintf("a text of %d bytes", len(b)-2)
	case len(b) > 20:
		return "a long value"
	}
	return string(b)
}

// Clip makes one line of what a vendor said, of a length that a sentence bears.
func Clip(s string) string {
	const most = 200
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}

// Plain says what did not fit, without the value.
func Plain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is a %s", wrong.Field, wrong.Value)
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return errors.New("it is no JSON")
	}
	return err
}

// Shown returns a record with the fields that may stand in a message, and of these none with an address in it.
func Shown(raw []byte, may map[string]bool) []byte {
	var f Fields
	if json.Unmarshal(raw, &f) != nil {
		return []byte(Short(raw))
	}
	for name, value := range f {
		if !may[name] || strings.Contains(string(value), "@") {
			delete(f, name)
		}
	}
	out, err := json.Marshal(f)
	if err != nil {
		return nil
	}
	return out
}
