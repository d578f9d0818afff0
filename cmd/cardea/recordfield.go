package main

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// field is one thing that can be said of a record, under its JSON name.
type field struct {
	name  string
	index []int
	to    cardea.Kind // what its ids name, "" = it holds no ids
}

// blanks has a record of each kind with nothing in it.
var blanks = map[cardea.Kind]cardea.Record{
	cardea.KindLocation: cardea.Location{}, cardea.KindFloor: cardea.Floor{}, cardea.KindResource: cardea.Resource{},
	cardea.KindPlan: cardea.Plan{}, cardea.KindTeam: cardea.Team{}, cardea.KindPerson: cardea.Person{},
	cardea.KindVisitor: cardea.Person{Visitor: true}, cardea.KindAgreement: cardea.Agreement{},
	cardea.KindAssignment: cardea.Assignment{}, cardea.KindBooking: cardea.Booking{}, cardea.KindPass: cardea.Pass{},
}

// pointers are the fields that hold ids, and of what.
var pointers = map[string]cardea.Kind{
	"team": cardea.KindTeam, "location": cardea.KindLocation, "host": cardea.KindPerson, "floor": cardea.KindFloor,
	"parents": cardea.KindResource, "resource": cardea.KindResource, "person": cardea.KindPerson, "guests": cardea.KindPerson,
	"members": cardea.KindPerson, "visitors": cardea.KindVisitor, "plan": cardea.KindPlan, "agreement": cardea.KindAgreement,
}

// fieldsOf lists the fields of a kind's records but for those that make its key, in the order of their type. What does not
// fit a word, such as the hours of a pass, is not edited here.
func fieldsOf(kind cardea.Kind) []field {
	var out []field
	for _, f := range reflect.VisibleFields(reflect.TypeOf(blanks[kind])) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "id" || name == "visitor" || f.Type.Kind() == reflect.Pointer {
			continue
		}
		out = append(out, field{name, f.Index, pointers[name]})
	}
	return out
}

// fieldOf finds a field by its name.
func fieldOf(kind cardea.Kind, name string) (field, error) {
	fs := fieldsOf(kind)
	var names []string
	for _, f := range fs {
		if f.name == name {
			return f, nil
		}
		names = append(names, f.name)
	}
	if name == "id" {
		return field{}, cardea.Errorf(cardea.Rejected, "an id stays what it is: make another record with --new, and remove this one")
	}
	return field{}, cardea.Errorf(cardea.Rejected, "%s records have no field %q%s", kind, name, desk.Nearest(name, names))
}

// get returns what a record says, in the form that set takes.
func (f field) get(r cardea.Record) string {
	switch v := reflect.ValueOf(r).FieldByIndex(f.index).Interface().(type) {
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int64:
		return strconv.FormatInt(v, 10)
	case []string:
		return strings.Join(v, ",")
	case []cardea.Instant:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = one.String()
		}
		return strings.Join(parts, ",")
	case cardea.Instant:
		if v == 0 {
			return ""
		}
		return v.String()
	case cardea.Day:
		if !v.Set {
			return ""
		}
		return v.In(time.UTC).String()
	case string:
		return v
	case cardea.Status:
		return string(v)
	default:
		panic("a field of no known form: " + f.name)
	}
}

// set changes what a record says.
func (f field) set(r cardea.Record, text string) (cardea.Record, error) {
	text = say.Clean(text)
	if f.name == "email" && text != "" && !mailable(text) {
		return r, cardea.Errorf(cardea.Rejected, "email: %q is no e-mail address, such as ana@example.com; "+
			"leave it empty where there is none", text)
	}
	changed := reflect.New(reflect.TypeOf(r)).Elem()
	changed.Set(reflect.ValueOf(r))
	to := changed.FieldByIndex(f.index)
	value, err := f.parse(to.Interface(), text)
	if err != nil {
		return r, err
	}
	to.Set(reflect.ValueOf(value).Convert(to.Type()))
	out, ok := reflect.TypeAssert[cardea.Record](changed)
	if !ok {
		panic("a record that is none any more: " + f.name)
	}
	return out, nil
}

// mailable says whether a text has the look of an e-mail address; whether accounts can be matched by it is decided there.
func mailable(text string) bool {
	name, host, _ := strings.Cut(text, "@")
	return name != "" && host != "" && !strings.ContainsAny(host, "@") && !strings.ContainsAny(text, " \t<>,;\"")
}

// parse reads a value of the form that like has.
func (f field) parse(like any, text string) (any, error) {
	switch like.(type) {
	case bool:
		switch strings.ToLower(text) {
		case "yes", "true":
			return true, nil
		case "no", "false":
			return false, nil
		}
		return nil, f.wrong(text, "yes or no")
	case int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, f.wrong(text, "a whole number")
		}
		return n, nil
	case []string:
		return listed(text), nil
	case []cardea.Instant:
		var out []cardea.Instant
		for _, part := range listed(text) {
			at, err := f.instant(part)
			if err != nil {
				return nil, err
			}
			out = append(out, at)
		}
		return out, nil
	case cardea.Instant:
		if text == "" {
			return cardea.Instant(0), nil
		}
		return f.instant(text)
	case cardea.Day:
		if text == "" {
			return cardea.Day{}, nil
		}
		date, err := cardea.ParseDate(text)
		if err != nil {
			return nil, f.wrong(text, "a day such as 2026-04-03, or nothing for none")
		}
		return cardea.Day{At: cardea.Instant(date) * 24 * cardea.Hour, Set: true}, nil
	}
	return text, nil
}

func (f field) instant(text string) (cardea.Instant, error) {
	var at cardea.Instant
	if err := at.UnmarshalText([]byte(text)); err != nil || !at.Bounded() {
		return 0, f.wrong(text, "an instant such as 2026-11-23T09:00:00Z")
	}
	return at, nil
}

func (f field) wrong(got, want string) error {
	return cardea.Errorf(cardea.Rejected, "%s=%s: want %s", f.name, got, want)
}

// listed cuts a list at its commas, each part once.
func listed(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

// says tells whether a record says anything there.
func (f field) says(r cardea.Record) bool { return !reflect.ValueOf(r).FieldByIndex(f.index).IsZero() }
