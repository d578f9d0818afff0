package kinnovis

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is one record by its field names; it refers to others by the world's words for them. A row in a table is never changed in
// place: a change puts another.
type row = map[string]any

// table holds rows by the world's words for them.
type table struct {
	rows   map[string]row
	order  []string          // as they came
	serial map[string]int    // number as an id; never used again
	ids    map[string]string // prefixed id -> word, also of rows that are gone
	last   int
}

// put stores a row under a word.
func (t *table) put(c *collection, word string, r row) {
	if _, there := t.rows[word]; !there {
		t.order = append(t.order, word)
		if t.serial[word] == 0 {
			t.last++
			t.serial[word] = t.last
		}
		t.ids[c.id(word)] = word
	}
	t.rows[word] = r
}

func (t *table) drop(word string) {
	delete(t.rows, word)
	t.order = slices.DeleteFunc(t.order, func(w string) bool { return w == word })
}

// state is every table by its collection.
type state struct {
	all []*collection
	t   map[string]*table
}

func newState() state {
	s := state{all: collections(), t: map[string]*table{}}
	for i, c := range s.all {
		s.t[c.key] = &table{rows: map[string]row{}, serial: map[string]int{}, ids: map[string]string{}, last: 1000 * (i + 1)}
	}
	return s
}

func (s state) clone() state {
	out := state{all: s.all, t: map[string]*table{}}
	for k, t := range s.t {
		out.t[k] = &table{
			rows: maps.Clone(t.rows), order: slices.Clone(t.order), serial: maps.Clone(t.serial), ids: maps.Clone(t.ids), last: t.last,
		}
	}
	return out
}

// collection finds one by its key.
func (s state) collection(key string) *collection {
	return s.all[slices.IndexFunc(s.all, func(c *collection) bool { return c.key == key })]
}

// get is the row that a reference names; nil when there is none.
func (s state) get(key string, word any) row { return s.t[key].rows[twin.As[string](word)] }

// each goes through a table in the order in which its rows came.
func (s state) each(key string, do func(word string, r row)) {
	t := s.t[key]
	for _, word := range t.order {
		do(word, t.rows[word])
	}
}

// id is the prefixed id of a word of a world file: the same in every run. A word that is such an id stands for itself.
func (c *collection) id(word string) string {
	if rest, is := strings.CutPrefix(word, c.prefix); is && rest != "" {
		return word
	}
	sum := sha256.Sum256([]byte("kinnovis " + c.key + " " + word))
	return c.prefix + hex.EncodeToString(sum[:8])
}

// word finds what a client's id names, in the form of ids that is in force.
func (t *table) word(id string, integers bool) (string, bool) {
	if !integers {
		word, known := t.ids[id]
		return word, known && t.rows[word] != nil
	}
	n, err := strconv.Atoi(id)
	if err != nil {
		return "", false
	}
	for word, serial := range t.serial {
		if serial == n {
			return word, t.rows[word] != nil
		}
	}
	return "", false
}

func text(r row, field string) string { return twin.As[string](r[field]) }

func list(r row, field string) []any { return twin.As[[]any](r[field]) }

func number(r row, field string) int { return int(twin.As[float64](r[field])) }

// flag is a truth that holds unless the record says no, or, with unsaid false, unless it says yes.
func flag(r row, field string, unsaid bool) bool {
	if b, said := r[field].(bool); said {
		return b
	}
	return unsaid
}

// instant is a date or instant of a record; zero when there is none.
func instant(r row, field string) time.Time {
	t, err := twin.ParseStamp(text(r, field))
	if err != nil {
		return time.Time{}
	}
	return t
}
