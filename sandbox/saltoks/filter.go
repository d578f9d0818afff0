package saltoks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// maxNesting bounds a $filter.
const maxNesting = 50

// test is a condition on a record as it is shown.
type test func(row) bool

// value is an operand of a condition.
type value func(row) any

// reader reads a $filter: or, and, not, brackets, eq ne gt ge lt le, contains startswith endswith substringof, tolower toupper.
type reader struct {
	words  []lexeme
	at     int
	depth  int
	fields []string // paths that may be named
	old    bool     // OData v3 words are turned into v4 (1.7)
	fold   bool     // texts are compared by letters in any case
}

// parseFilter makes a condition of a $filter.
func parseFilter(s string, fields []string, old, fold bool) (test, error) {
	words, err := lex(s)
	if err != nil {
		return nil, err
	}
	r := &reader{words: words, fields: fields, old: old, fold: fold}
	t, err := r.or()
	if err == nil && r.at < len(r.words) {
		err = fmt.Errorf("%q is not expected", r.words[r.at].text)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// is says whether the next word is this one, and takes it.
func (r *reader) is(word string) bool {
	if r.at < len(r.words) && !r.words[r.at].quoted && r.words[r.at].text == word {
		r.at++
		return true
	}
	return false
}

func (r *reader) want(word string) error {
	if !r.is(word) {
		return fmt.Errorf("%q is missing", word)
	}
	return nil
}

func (r *reader) or() (test, error) {
	if r.depth++; r.depth > maxNesting {
		return nil, errors.New("too deep")
	}
	defer func() { r.depth-- }()
	left, err := r.and()
	for err == nil && r.is("or") {
		var right test
		a := left
		if right, err = r.and(); err == nil {
			left = func(o row) bool { return a(o) || right(o) }
		}
	}
	return left, err
}

func (r *reader) and() (test, error) {
	left, err := r.one()
	for err == nil && r.is("and") {
		var right test
		a := left
		if right, err = r.one(); err == nil {
			left = func(o row) bool { return a(o) && right(o) }
		}
	}
	return left, err
}

func (r *reader) one() (test, error) {
	if r.is("not") {
		if r.depth++; r.depth > maxNesting {
			return nil, errors.New("too deep")
		}
		defer func() { r.depth-- }()
		t, err := r.one()
		return func(o row) bool { return !t(o) }, err
	}
	if r.is("(") {
		t, err := r.or()
		if err == nil {
			err = r.want(")")
		}
		return t, err
	}
	for _, name := range []string{"contains", "startswith", "endswith", "substringof"} {
		if (name != "substringof" || r.old) && r.is(name) {
			return r.call(name)
		}
	}
	left, err := r.operand()
	if err != nil {
		return nil, err
	}
	for _, op := range []string{"eq", "ne", "gt", "ge", "lt", "le"} {
		if r.is(op) {
			right, err := r.operand()
			return r.compare(op, left, right), err
		}
	}
	return func(o row) bool { return left(o) == true }, nil // a field that is true or false
}

// call reads the arguments of a function of two texts.
func (r *reader) call(name string) (test, error) {
	if err := r.want("("); err != nil {
		return nil, err
	}
	a, err := r.operand()
	if err != nil {
		return nil, err
	}
	if err := r.want(","); err != nil {
		return nil, err
	}
	b, err := r.operand()
	if err != nil {
		return nil, err
	}
	if name == "substringof" { // v3 names the part first
		a, b, name = b, a, "contains"
	}
	holds := map[string]func(s, part string) bool{
		"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix,
	}[name]
	return func(o row) bool {
		whole, isText := a(o).(string)
		part, isToo := b(o).(string)
		if r.fold {
			whole, part = strings.ToLower(whole), strings.ToLower(part)
		}
		return isText && isToo && holds(whole, part)
	}, r.want(")")
}

func (r *reader) operand() (value, error) {
	if r.at >= len(r.words) {
		return nil, errors.New("something is missing at the end")
	}
	for name, turn := range map[string]func(string) string{"tolower": strings.ToLower, "toupper": strings.ToUpper} {
		if !r.is(name) {
			continue
		}
		if err := r.want("("); err != nil {
			return nil, err
		}
		inner, err := r.field()
		if err != nil {
			return nil, err
		}
		return func(o row) any {
			if s, isText := inner(o).(string); isText {
				return turn(s)
			}
			return nil
		}, r.want(")")
	}
	w := r.words[r.at]
	if w.quoted && w.kind != "" && !(r.old && slices.Contains([]string{"datetime", "datetimeoffset", "guid"}, w.kind)) {
		return nil, fmt.Errorf("%s'...' is not understood", w.kind)
	}
	constant, isConstant := any(nil), true
	switch {
	case w.quoted:
		constant = w.text
	case w.text == "true" || w.text == "false":
		constant = w.text == "true"
	case w.text == "null":
	case guidForm.MatchString(strings.ToLower(w.text)):
		constant = strings.ToLower(w.text)
	default:
		if n, err := strconv.ParseFloat(w.text, 64); err == nil {
			constant = n
		} else if _, err := twin.ParseStamp(w.text); err == nil {
			constant = w.text
		} else {
			isConstant = false
		}
	}
	if !isConstant {
		return r.field()
	}
	r.at++
	return func(row) any { return constant }, nil
}

// field reads the path of a field.
func (r *reader) field() (value, error) {
	if r.at >= len(r.words) {
		return nil, errors.New("a field is missing at the end")
	}
	w := r.words[r.at]
	if w.quoted || !slices.Contains(r.fields, w.text) {
		return nil, fmt.Errorf("there is no field %q", w.text)
	}
	r.at++
	return func(o row) any { return pick(o, w.text) }, nil
}

// pick is the value at a path of a record as it is shown.
func pick(o row, path string) any {
	first, rest, deeper := strings.Cut(path, "/")
	if !deeper {
		return o[first]
	}
	return pick(twin.As[row](o[first]), rest)
}

func (r *reader) compare(op string, left, right value) test {
	return func(o row) bool {
		a, b := left(o), right(o)
		if a == nil || b == nil {
			return op == "eq" && a == b || op == "ne" && a != b
		}
		n, fit := order(a, b, r.fold)
		switch op {
		case "eq":
			return fit && n == 0
		case "ne":
			return !fit || n != 0
		case "gt":
			return fit && n > 0
		case "ge":
			return fit && n >= 0
		case "lt":
			return fit && n < 0
		}
		return fit && n <= 0
	}
}

// order compares two values of one kind; two stamps as instants.
func order(a, b any, fold bool) (n int, fit bool) {
	switch x := a.(type) {
	case string:
		y, isText := b.(string)
		s, err := twin.ParseStamp(x)
		t, err2 := twin.ParseStamp(y)
		if err == nil && err2 == nil {
			return s.Compare(t), isText
		}
		if fold {
			x, y = strings.ToLower(x), strings.ToLower(y)
		}
		return strings.Compare(x, y), isText
	case bool:
		y, isBool := b.(bool)
		return cmp.Compare(strconv.FormatBool(x), strconv.FormatBool(y)), isBool
	}
	x, isNumber := asNumber(a)
	y, isToo := asNumber(b)
	return cmp.Compare(x, y), isNumber && isToo
}

func asNumber(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case int:
		return float64(x), true
	}
	return 0, false
}
