package opentech

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const maxBody = 1 << 20

// codeForm is the schema pattern of an access code (2.6).
var codeForm = regexp.MustCompile(`^[0-9]{1,10}$`)

// What a field of a body may hold. null is the same as not to name the field.
const (
	aText  = "a string"
	anInt  = "an integer"
	aBool  = "true or false"
	aBag   = "an object of strings"
	aDigit = "1 to 10 digits" // a string, or a JSON number
)

// body reads a request's body. An empty one is an empty object, whatever its content type says (2.3).
func (v *Vendor) body(c *call) (row, bool) {
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err != nil {
		v.refuse(c, "", "The body could not be read.")
		return nil, false
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return row{}, true
	}
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/json-patch+json" {
		c.plain(http.StatusUnsupportedMediaType, "")
		return nil, false
	}
	var out row
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		v.refuse(c, "", "The body is not a JSON object.")
		return nil, false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		v.refuse(c, "", "Something follows the JSON object.")
		return nil, false
	}
	if out == nil {
		out = row{}
	}
	return out, true
}

// bodyless reads a post that needs no body; suppressCommands may stand in its query (2.5).
func (v *Vendor) bodyless(c *call) bool {
	if s := c.r.URL.Query().Get("suppressCommands"); s != "" {
		if _, err := strconv.ParseBool(s); err != nil {
			v.refuse(c, "SuppressCommands", "The value '"+s+"' is not valid.")
			return false
		}
	}
	_, ok := v.body(c)
	return ok
}

// take checks a body against the fields of a route and returns what it sets; other fields are ignored.
func take(body row, declared map[string]string, p complaints) row {
	out := row{}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		value, want := body[name], declared[name]
		if value == nil {
			continue
		}
		read, fits := value, false
		switch want {
		case aText:
			_, fits = value.(string)
		case aBool:
			_, fits = value.(bool)
		case anInt:
			read, fits = whole(value)
		case aDigit:
			read, fits = code(value)
		case aBag:
			fits = bag(value)
		}
		if !fits {
			p.add(pascal(name), "The field "+pascal(name)+" must be "+want+".")
			continue
		}
		out[name] = read
	}
	return out
}

func whole(value any) (any, bool) {
	n, ok := value.(json.Number)
	if !ok {
		return nil, false
	}
	i, err := strconv.ParseInt(n.String(), 10, 32)
	return float64(i), err == nil
}

func code(value any) (any, bool) {
	s := ""
	switch x := value.(type) {
	case string:
		s = x
	case json.Number:
		s = x.String()
	}
	return s, codeForm.MatchString(s)
}

func bag(value any) bool {
	m, ok := value.(map[string]any)
	for _, each := range m {
		if _, isText := each.(string); !isText && each != nil {
			return false
		}
	}
	return ok
}

// pascal is the name of a field in a model state.
func pascal(field string) string { return strings.ToUpper(field[:1]) + field[1:] }
