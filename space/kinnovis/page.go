package kinnovis

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire/object"
)

// page is one answer of a listing: {"units": [...], "meta": {"pagination": {"count", "page", "pages", "next"}}}, as assumed.
type page struct {
	space.Page

	n int // the page it says it is, 0 = not said
}

// pagination is what a page says of the whole.
type pagination struct {
	Count *int            `json:"count"`
	Page  *int            `json:"page"`
	Pages *int            `json:"pages"`
	Next  json.RawMessage `json:"next"`
}

// decodePage reads a page of a collection. An answer without its rows is no page and an error, never an empty listing.
// Errors: Retry.
func decodePage(body []byte, c collection) (page, error) {
	var raw struct {
		Meta struct {
			Pagination *pagination `json:"pagination"`
		} `json:"meta"`
	}
	var fields map[string]json.RawMessage
	err := json.Unmarshal(body, &raw)
	if err == nil {
		err = json.Unmarshal(body, &fields)
	}
	if err != nil {
		return page{}, cardea.Errorf(cardea.Retry, "the listing's answer cannot be read: %w", object.Plain(err))
	}
	var p page
	for _, key := range []string{c.many, strings.ReplaceAll(c.many, "_", "-"), "data"} {
		if rows, there := fields[key]; there {
			err = json.Unmarshal(rows, &p.Rows)
			break
		}
	}
	if err != nil || p.Rows == nil {
		return page{}, cardea.Errorf(cardea.Retry, "the listing's answer has no list of %s", c.many)
	}
	if raw.Meta.Pagination != nil {
		p.mark(*raw.Meta.Pagination)
	}
	return p, nil
}

// mark takes what the page says of the whole. Next is a number or an address, null on the last page.
func (p *page) mark(m pagination) {
	if m.Count != nil && *m.Count >= 0 {
		p.Total, p.Known = *m.Count, true
	}
	if m.Page != nil {
		p.n = *m.Page
	}
	next := string(bytes.TrimSpace(m.Next))
	switch {
	case next == "null", next == `""`, next == "0", next == "false":
		p.Ended = true
	case next != "":
		p.More = true
	case m.Page != nil && m.Pages != nil:
		p.More, p.Ended = *m.Page < *m.Pages, *m.Page >= *m.Pages
	}
}

// decodeOne returns a single record, bare or keyed by its name, and "" when the answer is about no record.
func decodeOne(body []byte, c collection) (raw []byte, id string) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body, ""
	}
	if _, bare := fields["id"]; !bare {
		for _, key := range []string{c.single, strings.ReplaceAll(c.single, "_", "-"), "data"} {
			if inner, there := fields[key]; there {
				return inner, string(idOf(inner))
			}
		}
	}
	return body, string(idOf(body))
}
