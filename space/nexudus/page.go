package nexudus

import (
	"bytes"
	"encoding/json"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire/object"
)

// page is one answer of a listing (vendors/nexudus.md 1.4).
type page struct {
	space.Page

	first int // 1-based position of the first row, 0 = not said
}

// decodePage reads a page. An answer without Records is no page and an error, never an empty listing: a refusal may come as
// 200 (vendors/nexudus.md 0.2). Errors: Rejected for a refusal, Retry for what may be a cut-off answer.
func decodePage(body []byte) (page, error) {
	var raw struct {
		envelope

		Records []json.RawMessage `json:"Records"`
		More    *bool             `json:"HasNextPage"`
		Total   *int              `json:"TotalItems"`
		First   *int              `json:"FirstItem"`
		Last    *int              `json:"LastItem"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return page{}, cardea.Errorf(cardea.Retry, "the listing's answer cannot be read: %w", object.Plain(err))
	}
	if raw.Good != nil && !*raw.Good {
		return page{}, raw.failed("list it")
	}
	if raw.Records == nil {
		return page{}, cardea.Errorf(cardea.Retry, "the listing's answer has no Records")
	}
	p := page{Page: space.Page{Rows: raw.Records}}
	if raw.More != nil {
		p.More, p.Ended = *raw.More, !*raw.More
	}
	if raw.Total != nil && *raw.Total >= 0 {
		p.Total, p.Known = *raw.Total, true
	}
	if raw.First != nil && raw.Last != nil && len(p.Rows) > 0 && *raw.First > 0 {
		p.first = *raw.First
		p.Short = *raw.Last-*raw.First+1 != len(p.Rows)
	}
	return p, nil
}

// decodeBatch reads the answer to a question for several ids: a bare list of whole records (vendors/nexudus.md 1.3).
func decodeBatch(body []byte) ([]json.RawMessage, error) {
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '[' {
		return nil, cardea.Errorf(cardea.Rejected, "the answer to a question for several ids is no list")
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(body, &rows); err != nil {
		return nil, cardea.Errorf(cardea.Retry, "the answer cannot be read: %w", object.Plain(err))
	}
	return rows, nil
}
