package door

import (
	"encoding/json"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// Page takes the rows of one page and what it said of the whole; false = no further page is wanted.
type Page func(rows []json.RawMessage, m cardea.Mark) bool

// Rows is a page for a listing: each row that can be read is put on the collection, the others are noted on it.
func Rows[R cardea.Record](p *cardea.Pages, of func(json.RawMessage) (R, *object.Flaw)) Page {
	return func(rows []json.RawMessage, m cardea.Mark) bool {
		records := make([]cardea.Record, 0, len(rows))
		for _, raw := range rows {
			r, bad := of(raw)
			if bad != nil {
				bad.Note(p, raw)
				continue
			}
			records = append(records, r)
		}
		p.Add(records, m)
		return true
	}
}

// Whole reads a list of which nothing may be missing, row by row; list hands on its pages, and what names it to people. Errors:
// those of the list, and Retry when it came short of what it counted, or a row cannot be read.
func Whole(what string, row func(json.RawMessage) *object.Flaw, list func(Page) error) error {
	trouble, got, total := "", 0, 0
	err := list(func(rows []json.RawMessage, m cardea.Mark) bool {
		if m.Short || m.Ceiling {
			trouble = "came short"
		}
		if m.Counted {
			total = m.Total
		}
		got += len(rows)
		for _, raw := range rows {
			if bad := row(raw); bad != nil {
				trouble = "cannot be read: " + bad.Why
			}
		}
		return trouble == ""
	})
	if trouble == "" && got < total {
		trouble = "came short"
	}
	if err == nil && trouble != "" {
		return cardea.Errorf(cardea.Retry, "%s %s; it will be read again", what, trouble)
	}
	return err
}
