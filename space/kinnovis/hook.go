package kinnovis

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// SignatureHeader carries a hook's time and signature: t=1790000000,v1=HEX, as assumed.
const SignatureHeader = "X-Kinnovis-Signature"

// window is how far from now a hook may have been sent.
const window = 5 * time.Minute

// Announces implements space.Hooked: units, and bookings with their units and their access.
func (s *System) Announces() []cardea.Kind {
	return []cardea.Kind{cardea.KindResource, cardea.KindAgreement, cardea.KindAssignment}
}

// Verify checks a hook: HMAC-SHA256 in hexadecimal over the time, a point and the body, sent within five minutes of now. While a
// secret is replaced there may be several signatures, of which one must fit. Errors: Auth for a hook that is not the vendor's or is
// too old, Rejected for one that is but cannot be read.
func (s *System) Verify(_ context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	if len(s.secret) == 0 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the connection has no webhook_secret: set it to the one of the webhook at Kinnovis")
	}
	values := h.Values(SignatureHeader)
	if len(values) != 1 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook has %d %s headers, want one", len(values), SignatureHeader)
	}
	sent, sums := signature(values[0])
	at, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || len(sums) == 0 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's %s header is not of the form t=..,v1=..", SignatureHeader)
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(sent + "."))
	mac.Write(body)
	want, good := mac.Sum(nil), false
	for _, sum := range sums { // all are compared, so that the time it takes tells nothing
		same := hmac.Equal(want, sum)
		good = good || same
	}
	if !good {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is wrong: compare webhook_secret with the one at Kinnovis")
	}
	if now := s.now().Unix(); at < now-int64(window/time.Second) || at > now+int64(window/time.Second) {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook was sent more than %d minutes from now: it may be a repetition, or a clock "+
			"is wrong", int(window/time.Minute))
	}
	return hint(body)
}

// mostSums bounds how many signatures are compared.
const mostSums = 5

// signature reads the header.
func signature(header string) (sent string, sums [][]byte) {
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			if sent != "" {
				return "", nil // whose time it would be nobody can tell
			}
			sent = value
		case "v1":
			if sum, err := hex.DecodeString(value); err == nil && len(sum) == sha256.Size && len(sums) < mostSums {
				sums = append(sums, sum)
			}
		}
	}
	return sent, sums
}

// event is what a hook says happened, and to what.
type event struct {
	ID   text      `json:"id"`
	Type text      `json:"type"`
	Data eventData `json:"data"`
}

// eventData names its record by an id of its own, or in full.
type eventData struct {
	own

	Unit       ref `json:"unit_id"`
	Booking    ref `json:"booking_id"`
	Customer   ref `json:"customer_id"`
	AUnit      ref `json:"unit"`
	ABooking   ref `json:"booking"`
	ACustomer  ref `json:"customer"`
	ALocation  ref `json:"location"`
	AUnitType  ref `json:"unit_type"`
	LocationID ref `json:"location_id"`
	UnitTypeID ref `json:"unit_type_id"`
}

// hint names the record of a hook. What it does not understand names none: the next whole reading finds it.
func hint(body []byte) (cardea.Hint, error) {
	var outer struct {
		event

		Event *event `json:"event"`
	}
	if err := json.Unmarshal(body, &outer); err != nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Rejected, "the hook's body cannot be read: %w", object.Plain(err))
	}
	e := outer.event
	if outer.Event != nil {
		e = *outer.Event
	}
	of, _, _ := strings.Cut(string(e.Type), ".")
	d, k := e.Data, cardea.Key{}
	switch of {
	case "unit":
		k = cardea.Key{Kind: cardea.KindResource, ID: string(cmp.Or(d.Unit, d.AUnit, d.ID))}
	case "booking", "access":
		k = cardea.Key{Kind: cardea.KindAgreement, ID: string(cmp.Or(d.Booking, d.ABooking, d.ID))}
	case "customer":
		k = cardea.Key{Kind: cardea.KindPerson, ID: string(cmp.Or(d.Customer, d.ACustomer, d.ID))}
	case "location":
		k = cardea.Key{Kind: cardea.KindLocation, ID: string(cmp.Or(d.LocationID, d.ALocation, d.ID))}
	case "unit_type":
		k = cardea.Key{Kind: cardea.KindPlan, ID: string(cmp.Or(d.UnitTypeID, d.AUnitType, d.ID))}
	}
	out := cardea.Hint{Event: string(e.ID)}
	if k.ID != "" {
		out.Keys = []cardea.Key{k}
	}
	return out, nil
}
