package officernd

import (
	"bytes"
	"encoding/json"

	"github.com/cardea-access/cardea"
)

// page is one answer of a list endpoint (vendors/officernd.md 1.3).
type page struct {
	rows   []json.RawMessage
	cursor string // "" = the vendor said that this was the last page
	first  int    // 1-based position of the first row, 0 on an empty page
	last   int
	ranged bool // the answer says its range
	short  bool // it holds another number of rows than its range says
}

// decodePage reads a page. A cursor that is absent, null or "" is the end. An answer without results is no page and an
// error, never an empty listing. Errors: Rejected for another API's shape, Retry for what may be a cut-off answer.
func decodePage(body []byte) (page, error) {
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '[' {
		return page{}, cardea.Errorf(cardea.Rejected,
			"the listing is a bare list, as the older API gives: point base_url at a host that serves API v2")
	}
	var raw struct {
		Start   *int              `json:"rangeStart"`
		End     *int              `json:"rangeEnd"`
		Cursor  *string           `json:"cursorNext"`
		Results []json.RawMessage `json:"results"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return page{}, cardea.Errorf(cardea.Retry, "the listing's answer cannot be read: %w", err)
	}
	if raw.Results == nil {
		return page{}, cardea.Errorf(cardea.Retry, "the listing's answer has no results")
	}
	p := page{rows: raw.Results}
	if raw.Cursor != nil {
		p.cursor = *raw.Cursor
	}
	if raw.Start == nil && raw.End == nil {
		return p, nil
	}
	p.ranged = true
	if raw.Start == nil || raw.End == nil {
		p.short = true
		return p, nil
	}
	p.first, p.last = *raw.Start, *raw.End
	claimed := p.last - p.first + 1
	if p.first == 0 && p.last == 0 {
		claimed = 0
	}
	p.short = claimed != len(p.rows) || p.first < 0 || p.last < 0 || p.first == 0 && claimed != 0
	return p, nil
}

// follows says whether the page begins where the listing before it, of so many rows by its own account, ended.
func (p page) follows(last int) bool {
	if !p.ranged || p.short || len(p.rows) == 0 {
		return true // nothing claimed, or already marked as short
	}
	return p.first == last+1
}
