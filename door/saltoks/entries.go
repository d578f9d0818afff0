package saltoks

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

const (
	// continuation is the header in which a listing of entries goes on (vendors/saltoks.md 2.9).
	continuation = "Clp-Continuation-Token"
	entriesTop   = 100
	// maxPolls bounds what one Poll reads: entries are hints, and a listing of everything finds the same.
	maxPolls = 10
	// entriesLate is how much later than others an entry may appear: the log is not real-time (vendors/saltoks.md 2.9). What is
	// named twice is looked at once.
	entriesLate = 10 * time.Minute
)

// Poll implements door.Polled: Salto sends no webhooks that could be relied on, and keeps a door log. Whoever was turned away
// since then is worth a look: they may have been taken out by hand, suspended or blocked. Of those who passed nothing new is
// to be learned. It returns the accounts, and the instant of the newest entry that it saw. Errors: as of wire.
func (s *System) Poll(ctx context.Context, since cardea.Instant) (cardea.Hint, cardea.Instant, error) {
	newest, now, after := since, cardea.At(s.c.Now()), since.Add(-entriesLate)
	at, err := s.site(ctx)
	if err != nil {
		return cardea.Hint{}, since, err
	}
	var turned []cardea.Key
	header := http.Header{}
	for range maxPolls {
		p, err := s.entries(ctx, at, header)
		if err != nil {
			return cardea.Hint{}, since, err
		}
		old := false
		for _, raw := range p.items {
			e, ok := entryOf(raw)
			if !ok {
				continue // it says nothing that could be looked at
			}
			old = old || e.at <= after
			newest = max(newest, min(e.at, now)) // an entry of a clock that is ahead must not silence those to come
			if k := (cardea.Account{ID: e.account}).Key(); e.at > after && e.turned && !slices.Contains(turned, k) {
				turned = append(turned, k)
			}
		}
		if old || since == 0 || p.token == "" || header.Get(continuation) == p.token {
			break
		}
		header = http.Header{}
		header.Set(continuation, p.token)
	}
	if since == 0 { // the first time: from now on
		turned = nil
	}
	return cardea.Hint{Keys: turned}, newest, nil
}

// entryPage is a page of the door log. There may be nothing on it and a token all the same.
type entryPage struct {
	items []json.RawMessage
	token string
}

func (s *System) entries(ctx context.Context, at site, header http.Header) (entryPage, error) {
	var raw json.RawMessage
	path := at.path(v11, "/entries")
	_, err := s.client.Do(ctx, wire.Call{
		Class: wire.Read, Method: http.MethodGet, Path: path, Header: header, Out: &raw,
		Query: url.Values{"$top": {strconv.Itoa(entriesTop)}, "$orderby": {"utc_date_time desc"}},
	})
	if err != nil {
		return entryPage{}, err
	}
	if e := unwell(raw); e != nil {
		return entryPage{}, e
	}
	p, ok := entriesOf(raw)
	if !ok {
		return entryPage{}, cardea.Errorf(cardea.Retry, "%s: GET %s gave no list", s.client.Name(), path)
	}
	return p, nil
}

// entriesOf reads a page of the door log. The token is text that may itself be JSON; in a header it stands on one line.
func entriesOf(raw []byte) (entryPage, bool) {
	var f object.Fields
	var p entryPage
	if json.Unmarshal(raw, &f) != nil || !f.Has("items") || json.Unmarshal(f["items"], &p.items) != nil {
		return entryPage{}, false
	}
	p.token, _ = text(f, "continuation_token")
	if strings.ContainsFunc(p.token, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		p.token = "" // it could not be sent back
	}
	return p, true
}

// entry is what an entry of the door log says of an account.
type entry struct {
	account cardea.AccountID
	at      cardea.Instant
	turned  bool // away
}

func entryOf(raw json.RawMessage) (entry, bool) {
	var f object.Fields
	if json.Unmarshal(raw, &f) != nil {
		return entry{}, false
	}
	var e entry
	var ok bool
	if e.at, ok = instant(f, "utc_date_time"); !ok || e.at == 0 {
		return entry{}, false
	}
	id, known := guid(f, "user_id")
	e.account = cardea.AccountID(id)
	category, _ := text(f, "event_category")
	detail, _ := text(f, "event_detail")
	e.turned = known && category == "lock_rejected" && detail != "offline"
	return e, true
}
