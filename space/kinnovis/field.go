package kinnovis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// ref is a record's id: a whole number or a word, as text. It is empty when the field is absent, null, 0 or "".
type ref string

// isID says whether a text can be an id: letters, digits, hyphens and underscores.
func isID(s string) bool {
	if s == "" || s == "0" || len(s) > 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// UnmarshalJSON reads a number, a word, or an object that has an id: references may stand in full.
func (r *ref) UnmarshalJSON(b []byte) error {
	s := strings.TrimSpace(string(b))
	switch {
	case s == "null", s == `""`, s == "0", s == `"0"`:
		*r = ""
		return nil
	case strings.HasPrefix(s, "{"):
		id := idOf(b)
		if id == "" {
			return fmt.Errorf("an object without an id is no reference")
		}
		*r = id
		return nil
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`)
	if !isID(bare) || len(bare) == len(s) && strings.Trim(bare, "0123456789") != "" {
		return fmt.Errorf("%s is no id", object.Short(b))
	}
	*r = ref(bare)
	return nil
}

// text is words for people.
type text = object.Words

// flag is a yes or no that may not have been said.
type flag struct{ yes, known bool }

// UnmarshalJSON reads true, false, 1, 0, their words, or null.
func (f *flag) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(string(b)), `"`)) {
	case "true", "1":
		*f = flag{true, true}
	case "false", "0":
		*f = flag{false, true}
	case "null", "":
		*f = flag{}
	default:
		return fmt.Errorf("%s is neither true nor false", object.Short(b))
	}
	return nil
}

// names is a list of external identifiers. Known tells a list that is there, though it be null, from none.
type names struct {
	all   []string
	known bool
}

// UnmarshalJSON reads a list of words, numbers, or objects that have an external_identifier, a name or an id, and the words of a
// single text between commas or semicolons, as free tags may be kept (vendors/opentech-kinnovis.md 3.3).
func (n *names) UnmarshalJSON(b []byte) error {
	*n = names{known: true}
	if s, err := object.Optional(b); err == nil {
		n.add(strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' })...)
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("%s is no list of access permissions", object.Short(b))
	}
	for _, raw := range list {
		if len(raw) > 0 && raw[0] == '{' {
			var one permission
			if err := json.Unmarshal(raw, &one); err != nil {
				return fmt.Errorf("an access permission cannot be read")
			}
			word := cmp.Or(one.External, one.Name, one.ID)
			if word == "" {
				return fmt.Errorf("an access permission names nothing")
			}
			n.add(string(word))
			continue
		}
		var word text
		if err := json.Unmarshal(raw, &word); err != nil {
			return fmt.Errorf("an access permission is %s", object.Short(raw))
		}
		n.add(string(word))
	}
	return nil
}

func (n *names) add(words ...string) {
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(n.all, w) {
			n.all = append(n.all, w)
		}
	}
}

// permission is an external identifier that stands as an object.
type permission struct {
	External text `json:"external_identifier"`
	Name     text `json:"name"`
	ID       text `json:"id"`
}

// dayForms are how a date may be written: alone, or as an instant with or without a zone.
var dayForms = []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05"}

// day is a date-typed value (RULES.md 3). All dates of a booking are; there are no others.
type day struct{ cardea.Day }

// UnmarshalJSON reads a date, an instant, or null.
func (d *day) UnmarshalJSON(b []byte) error {
	s, err := object.Optional(b)
	if err != nil {
		return fmt.Errorf("%s is no date", object.Short(b))
	}
	*d = day{}
	if s == "" {
		return nil
	}
	for _, form := range dayForms {
		t, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if t.Year() < 1900 || t.Year() > 9998 {
			break
		}
		d.Day = cardea.DayAt(t)
		return nil
	}
	return fmt.Errorf("%s is no date", object.Short(b))
}
