package officernd

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// SignatureHeader carries a hook's signature (vendors/officernd.md 3).
const SignatureHeader = "officernd-signature"

// tolerance is how far a hook's time may be from ours.
const tolerance = 300 * time.Second

// Verify checks a hook: header "t=UNIX,signature=HEX", HMAC-SHA256 over the raw body, a dot and t, body first. The fields
// are taken by name, in any order. It returns the records that the event names, none for an event that cannot matter:
// the object itself is not trusted, its field names are not documented. Errors: Auth for a hook that is not the vendor's
// or is too old, Rejected for one that is but cannot be read.
func (s *System) Verify(h http.Header, body []byte) ([]cardea.Key, error) {
	if len(s.secret) == 0 {
		return nil, cardea.Errorf(cardea.Auth, "the connection has no hook secret: copy it from the webhook in OfficeRnD")
	}
	values := h.Values(SignatureHeader) //nolint:canonicalheader // the vendor's spelling; Values knows any
	if len(values) != 1 {
		return nil, cardea.Errorf(cardea.Auth, "the hook has %d %s headers, want one", len(values), SignatureHeader)
	}
	stamped, sum, ok := signature(values[0])
	if !ok {
		return nil, cardea.Errorf(cardea.Auth, "the hook's signature is not of the form t=...,signature=...")
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write(body)
	mac.Write([]byte("." + stamped))
	if !hmac.Equal(mac.Sum(nil), sum) {
		return nil, cardea.Errorf(cardea.Auth, "the hook's signature is wrong: compare the hook secret with OfficeRnD's")
	}
	seconds, err := strconv.ParseInt(stamped, 10, 64)
	if err != nil {
		return nil, cardea.Errorf(cardea.Auth, "the hook's time is no number of seconds")
	}
	if off := s.now().Unix() - seconds; off > int64(tolerance.Seconds()) || off < -int64(tolerance.Seconds()) {
		return nil, cardea.Errorf(cardea.Auth, "the hook was signed %d s from now, more than %s", off, tolerance)
	}
	return hints(body)
}

// signature takes the header apart. A field that comes twice, and a digest of the wrong size, are refused.
func signature(header string) (stamped string, sum []byte, ok bool) {
	fields := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := fields[name]; twice || !found {
			return "", nil, false
		}
		fields[name] = value
	}
	sum, err := hex.DecodeString(fields["signature"])
	return fields["t"], sum, err == nil && len(sum) == sha256.Size && fields["t"] != ""
}

// event is the part of a hook that is looked at.
type event struct {
	Type string `json:"eventType"`
	Data struct {
		Object struct {
			ID      json.RawMessage `json:"_id"`
			Booking json.RawMessage `json:"booking"`
			Member  json.RawMessage `json:"member"`
			Company json.RawMessage `json:"company"`
			Team    json.RawMessage `json:"team"` // the older API's name of company
		} `json:"object"`
	} `json:"data"`
}

// hints names the records to read again. One-off fees change what a person or company counts as.
func hints(body []byte) ([]cardea.Key, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "the hook's body cannot be read: %w", plain(err))
	}
	o := e.Data.Object
	subject, rest, _ := strings.Cut(e.Type, ".")
	var keys []cardea.Key
	add := func(kind cardea.Kind, raw json.RawMessage) {
		var id ref
		if raw != nil && json.Unmarshal(raw, &id) == nil && id != "" {
			keys = append(keys, cardea.Key{Kind: kind, ID: string(id)})
		}
	}
	switch {
	case strings.HasPrefix(rest, "paymentdetails"):
	case subject == "company":
		add(cardea.KindTeam, o.ID)
	case subject == "member":
		add(cardea.KindPerson, o.ID)
	case subject == "membership":
		add(cardea.KindAgreement, o.ID)
	case subject == "booking":
		add(cardea.KindBooking, o.ID)
	case subject == "pass":
		add(cardea.KindPass, o.ID)
	case subject == "occupancyslot":
		add(cardea.KindBooking, o.Booking)
	case subject == "fee":
		add(cardea.KindPerson, o.Member)
		add(cardea.KindTeam, o.Company)
		add(cardea.KindTeam, o.Team)
	}
	return keys, nil
}
