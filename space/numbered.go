package space

import (
	"encoding/json"

	"github.com/cardea-access/cardea"
)

// Page is one page of a listing whose pages are numbered.
type Page struct {
	Rows  []json.RawMessage
	More  bool
	Ended bool // the vendor said that this was the last page
	Total int
	Known bool // it said the total
	Short bool // it holds other rows than it was asked for, or says to hold
}

// Said has the page say whether another follows: where it does not, by the total and the rows before it. False when it says neither.
func (p *Page) Said(before int) bool {
	if p.More || p.Ended {
		return true
	}
	p.More, p.Ended = p.Total > before+len(p.Rows), p.Total <= before+len(p.Rows)
	return p.Known
}

// Numbered is a listing whose pages are numbered.
type Numbered struct {
	What string // for sentences
	Most int    // so many pages no listing has
	Page func(n, before int) (Page, error)
	ID   func(row []byte) string // "" = it has none
}

// Walk goes through the listing page by page. It ends well only when the vendor says that there is no further page. No snapshot is
// promised, so that a row can come twice or not at all while records come and go: a repeated row, a total that changes on the way,
// a page of other rows than were asked for, and fewer rows than the total make a page Short, and with it the collection incomplete.
// take ends the walk with its error.
func (l Numbered) Walk(take func([]json.RawMessage, cardea.Mark) error) error {
	seen, count, total := map[string]bool{}, 0, -1
	for n := 1; n <= l.Most; n++ {
		p, err := l.Page(n, count)
		if err != nil {
			return err
		}
		if !p.Said(count) {
			return cardea.Errorf(cardea.Retry, "%s: a page says neither whether another follows nor how many there are", l.What)
		}
		short := p.Short || p.More && len(p.Rows) == 0
		count += len(p.Rows)
		if p.Known {
			short = short || total >= 0 && total != p.Total
			total = p.Total
		}
		var fresh []json.RawMessage
		for _, row := range p.Rows {
			id := l.ID(row)
			if id != "" && seen[id] {
				short = true
				continue
			}
			seen[id] = true
			fresh = append(fresh, row)
		}
		short = short || !p.More && total > count
		if err := take(fresh, cardea.Mark{More: p.More, Ended: p.Ended, Short: short}); err != nil {
			return err
		}
		if !p.More {
			return nil
		}
		if len(fresh) == 0 {
			return cardea.Errorf(cardea.Retry, "%s: a page announced another and brought nothing new", l.What)
		}
	}
	return cardea.Errorf(cardea.Rejected, "%s: no end after %d pages", l.What, l.Most)
}
