package door_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

func TestAListIsWholeOnlyWithEverythingThatItCounts(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for _, c := range []struct {
		name  string
		pages []cardea.Mark // of two rows each
		err   error
		says  string // "" = it is whole
	}{
		{name: "counted", pages: []cardea.Mark{{Counted: true, Total: 4}, {Counted: true, Total: 4}}},
		{name: "not counted", pages: []cardea.Mark{{}, {}}},
		{name: "less than counted", pages: []cardea.Mark{{Counted: true, Total: 5}, {}}, says: "the users came short"},
		{name: "short", pages: []cardea.Mark{{Short: true}}, says: "the users came short"},
		{name: "at the ceiling", pages: []cardea.Mark{{Ceiling: true}}, says: "the users came short"},
		{name: "a bad row", pages: []cardea.Mark{{}, {}, {}}, says: "the users cannot be read: row 5"},
		{name: "refused", pages: []cardea.Mark{{Short: true}}, err: refused, says: "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows := 0
			err := door.Whole("the users", func(json.RawMessage) *object.Flaw {
				if rows++; rows == 5 {
					return &object.Flaw{Why: "row 5"}
				}
				return nil
			}, func(page door.Page) error {
				for _, m := range c.pages {
					if !page([]json.RawMessage{nil, nil}, m) {
						break
					}
				}
				return c.err
			})
			switch {
			case c.says == "" && err != nil:
				t.Error(err)
			case c.says != "" && (err == nil || !strings.HasPrefix(err.Error(), c.says)):
				t.Errorf("%v instead of %s", err, c.says)
			case c.says != "" && c.err == nil && cardea.ClassOf(err) != cardea.Retry:
				t.Errorf("%v is not to be tried again", err)
			}
		})
	}
}
