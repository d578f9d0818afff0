package officernd

import (
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

// SignatureHeader carries a hook's signature (vendors/officernd.md 3).
const SignatureHeader = "officernd-signature"

// tolerance is how far a hook's time may be from ours.
const tolerance = 300 * time.Second

// Announces implements space.Hooked. Assignments, visitors, plans and places are told of by no event (vendors/officernd.md 3).
func (s *System) Announces() []cardea.Kind {
	return []cardea.Kind{cardea.KindTeam, cardea.KindPerson, cardea.KindAgreement, cardea.KindBooking, cardea.KindPass}
}

// Verify checks a hook: header "t=UNIX,signature=HEX", HMAC-SHA256 over the raw body, a dot and t, body first. The fields
// are taken by name, in any order. It returns the records that the event names, none for an event that cannot matter:
// the object itself is not trusted, its field names are not documented. Errors: Auth for a hook that is not the vendor's
// or is too old, Rejected for one that is but cannot be read.
func (s *System) Verify(ctx context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	secrets, err := s.secrets(ctx)
	if err != nil {
		return cardea.Hint{}, err
	}
	values := h.Values(SignatureHeader) //nolint:canonicalheader // the vendor's spelling; Values knows any
	if len(values) != 1 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook has %d %s headers, want one", len(values), SignatureHeader)
	}
	stamped, sum, ok := signature(values[0])
	if !ok {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is not of the form t=...,signature=...")
	}
	if !signedBy(secrets, body, stamped, sum) {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is wrong: compare the hook secret with OfficeRnD's")
	}
	seconds, err := strconv.ParseInt(stamped, 10, 64)
	if err != nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's time is no number of seconds")
	}
	if off := s.now().Unix() - seconds; off > int64(tolerance.Seconds()) || off < -int64(tolerance.Seconds()) {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook was signed %d s from now, more than %s", off, tolerance)
	}
	return hint(body)
}

// secrets are those that a hook may be signed with: the configuration's, and that of the webhook that was registered from here.
func (s *System) secrets(ctx context.Context) ([]string, error) {
	var out []string
	if len(s.secret) > 0 {
		out = append(out, string(s.secret))
	}
	if s.hookSecrets != nil {
		kept, err := s.hookSecrets(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, kept...)
	}
	if len(out) == 0 {
		return nil, cardea.Errorf(cardea.Auth, "the connection has no hook secret: copy it from the webhook in OfficeRnD")
	}
	return out, nil
}

// signedBy compares with every secret, whichever fits, so that the time it takes tells nothing.
func signedBy(secrets []string, body []byte, stamped string, sum []byte) bool {
	good := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		mac.Write([]byte("." + stamped))
		if hmac.Equal(mac.Sum(nil), sum) {
			good = true
		}
	}
	return good
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
	ID   json.RawMessage `json:"event"`
	Type string          `json:"eventType"`
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

// hint names the records to read again. One-off fees change what a person or company counts as.
func hint(body []byte) (cardea.Hint, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Rejected, "the hook's body cannot be read: %w", object.Plain(err))
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
	out := cardea.Hint{Keys: keys}
	var id ref
	if e.ID != nil && json.Unmarshal(e.ID, &id) == nil {
		out.Event = string(id)
	}
	return out, nil
}
