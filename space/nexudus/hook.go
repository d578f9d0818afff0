package nexudus

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// SignatureHeader carries a hook's signature (vendors/nexudus.md 3.3).
const SignatureHeader = "X-Nexudus-Hook-Signature"

// Announces implements space.Hooked. Passes are told of as a change of their coworker; visitors, resources and pauses by nothing
// that can be relied on (vendors/nexudus.md 3.2, 3.4).
func (s *System) Announces() []cardea.Kind {
	return []cardea.Kind{
		cardea.KindPerson, cardea.KindTeam, cardea.KindAgreement, cardea.KindAssignment, cardea.KindBooking, cardea.KindPass,
		cardea.KindPlan, cardea.KindFloor, cardea.KindLocation,
	}
}

// Verify checks a hook: HMAC-SHA256 in hexadecimal, keyed with the secret's ASCII bytes, over the body as .NET's ASCII encoder
// sees it, in which everything that is not ASCII is a question mark, once for each UTF-16 unit; or over the body as it came, should
// it be that. Nothing in it tells when it was sent, so that it may be sent again: it is a hint to read, and reading twice does no
// harm. Errors: Auth for a hook that is not the vendor's, Rejected for one that is but cannot be read.
func (s *System) Verify(_ context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	if len(s.secret) == 0 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth,
			"the connection has no webhook_secret: set the shared secret in Nexudus under Settings > Integrations > Webhooks, and here")
	}
	values := h.Values(SignatureHeader)
	if len(values) != 1 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook has %d %s headers, want one", len(values), SignatureHeader)
	}
	sum, err := hex.DecodeString(strings.TrimSpace(values[0])) // either case
	if err != nil || len(sum) != sha256.Size {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is no SHA-256 in hexadecimal")
	}
	// Both are always compared, so that the time it takes tells nothing.
	plain, raw := signed(s.secret, ascii(body), sum), signed(s.secret, body, sum)
	if !plain && !raw {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is wrong: compare webhook_secret with Nexudus's")
	}
	out, err := hint(h.Get(cardea.HookPath), body)
	// Nothing names an event, and two that differ may have one body: a coworker's record is the same when their passes change. So none
	// is taken for another one that came again.
	out.Event = h.Get(cardea.HookPath) + " " + s.now().UTC().Format(time.RFC3339Nano) + " " + hex.EncodeToString(sum)
	return out, err
}

func signed(secret, body, sum []byte) bool {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), sum)
}

// ascii is what .NET's ASCII encoder makes of a text: a question mark for each UTF-16 unit beyond ASCII.
func ascii(b []byte) []byte {
	if !bytes.ContainsFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xFFFF:
			out = append(out, '?', '?')
		default:
			out = append(out, '?')
		}
		b = b[n:]
	}
	return out
}

// about is what a hook's action says its record is; actions of which none changes who may pass are not in it
// (vendors/nexudus.md 3.2). Checkins consume passes, invoices and products release them: the coworker is looked at again.
type about struct {
	number int
	kind   cardea.Kind
	id     string // the field that names the record
	asked  bool   // Install registers it
}

var actions = map[string]about{
	"CoworkerUpdate": {2, cardea.KindPerson, "Id", true}, "CoworkerCreate": {3, cardea.KindPerson, "Id", true},
	"BookingCreate": {6, cardea.KindBooking, "Id", true}, "BookingUpdate": {7, cardea.KindBooking, "Id", true},
	"BookingDelete":                    {8, cardea.KindBooking, "Id", true},
	"CoworkerContractActivate":         {10, cardea.KindAgreement, "Id", true},
	"CoworkerContractCancel":           {11, cardea.KindAgreement, "Id", true},
	"CoworkerContractRenew":            {12, cardea.KindAgreement, "Id", true},
	"CoworkerContractUpgradeDowngrade": {13, cardea.KindAgreement, "Id", true},
	"CoworkerContractActivateFirst":    {14, cardea.KindAgreement, "Id", true},
	"CoworkerInvoicePaid":              {21, cardea.KindPerson, "CoworkerId", false},
	"CoworkerCheckout":                 {35, cardea.KindPerson, "CoworkerId", false},
	"CoworkerCheckin":                  {36, cardea.KindPerson, "CoworkerId", false},
	"CoworkerCheckinFailed":            {37, cardea.KindPerson, "CoworkerId", false},
	"VisitorNotification":              {38, cardea.KindVisitor, "Id", false},
	"VisitorCheckedin":                 {41, cardea.KindVisitor, "Id", false},
	"VisitorRegistered":                {42, cardea.KindVisitor, "Id", true},
	"CheckinCreated":                   {47, cardea.KindPerson, "CoworkerId", false},
	"CheckinUpdated":                   {48, cardea.KindPerson, "CoworkerId", false},
	"CheckinDeleted":                   {49, cardea.KindPerson, "CoworkerId", false},
	"CoworkerDelete":                   {50, cardea.KindPerson, "Id", true},
	"TeamCreated":                      {57, cardea.KindTeam, "Id", true},
	"TeamUpdated":                      {58, cardea.KindTeam, "Id", true},
	"TeamDeleted":                      {59, cardea.KindTeam, "Id", true},
	"CoworkerContractUpdate":           {60, cardea.KindAgreement, "Id", true},
	"AccessControlUpdate":              {61, cardea.KindPerson, "Id", true},
	"CoworkerContractCreate":           {62, cardea.KindAgreement, "Id", true},
	"FailedCheckin":                    {63, cardea.KindPerson, "CoworkerId", false},
	"VisitorDeleted":                   {64, cardea.KindVisitor, "Id", true},
	"CoworkerProductCreate":            {68, cardea.KindPerson, "CoworkerId", false},
	"CoworkerProductUpdate":            {69, cardea.KindPerson, "CoworkerId", false},
	"CoworkerProductDelete":            {70, cardea.KindPerson, "CoworkerId", false},
	"FloorPlanDeskCreate":              {71, cardea.KindResource, "Id", true},
	"FloorPlanDeskDelete":              {72, cardea.KindResource, "Id", true},
	"FloorPlanDeskUpdate":              {73, cardea.KindResource, "Id", true},
	"TariffCreate":                     {74, cardea.KindPlan, "Id", true},
	"TariffDelete":                     {75, cardea.KindPlan, "Id", true},
	"TariffUpdate":                     {76, cardea.KindPlan, "Id", true},
	"CoworkerContractDelete":           {77, cardea.KindAgreement, "Id", true},
	"FloorPlanCreate":                  {78, cardea.KindFloor, "Id", true},
	"FloorPlanDelete":                  {79, cardea.KindFloor, "Id", true},
	"FloorPlanUpdate":                  {80, cardea.KindFloor, "Id", true},
	"BusinessUpdate":                   {84, cardea.KindLocation, "Id", true},
}

// hint names the records to read again, by the action that stands in the hook's own address, since the body names none
// (vendors/nexudus.md 3.3). Without one, the record's fields tell what it is.
func hint(path string, body []byte) (cardea.Hint, error) {
	records, err := decodeHook(body)
	if err != nil {
		return cardea.Hint{}, err
	}
	name := strings.Trim(path, "/")
	what, known := actions[name]
	if name != "" && !known {
		return cardea.Hint{}, nil // an action that changes nothing here
	}
	var out cardea.Hint
	for _, rec := range records {
		it := what
		if name == "" {
			it = guess(rec)
		}
		var id ref
		if json.Unmarshal(rec[it.id], &id) != nil || id == "" {
			continue
		}
		k := cardea.Key{Kind: it.kind, ID: string(id)}
		if it.kind == cardea.KindResource {
			k.ID = deskPrefix + k.ID
		}
		keys := []cardea.Key{k}
		// What tells of a booking that was cancelled is not known: its record, or the row that took its place and bears another id.
		var was ref
		if it.kind == cardea.KindBooking && json.Unmarshal(rec["OriginalBookingId"], &was) == nil && was != "" {
			keys = append(keys, cardea.Key{Kind: it.kind, ID: string(was)})
		}
		for _, k := range keys {
			if !slices.Contains(out.Keys, k) {
				out.Keys = append(out.Keys, k)
			}
		}
	}
	return out, nil
}

// decodeHook reads a hook's body: a list of one record, or the record itself.
func decodeHook(body []byte) ([]map[string]json.RawMessage, error) {
	var list []map[string]json.RawMessage
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' {
		body = slices.Concat([]byte("["), trimmed, []byte("]"))
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "the hook's body cannot be read: %w", object.Plain(err))
	}
	const most = 100 // one is usual
	if len(list) > most {
		return nil, cardea.Errorf(cardea.Rejected, "the hook names %d records, more than %d", len(list), most)
	}
	return list, nil
}

// guess tells by its fields what a record is.
func guess(rec map[string]json.RawMessage) about {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { _, there := rec[n]; return !there })
	}
	switch {
	case has("FromTime", "ToTime", "ResourceId"):
		return about{kind: cardea.KindBooking, id: "Id"}
	case has("PayingMemberId"), has("TeamMembers"):
		return about{kind: cardea.KindTeam, id: "Id"}
	case has("CoworkerId", "TariffId"):
		return about{kind: cardea.KindAgreement, id: "Id"}
	case has("HostApprovalStatus"):
		return about{kind: cardea.KindVisitor, id: "Id"}
	case has("CoworkerType"), has("FullName", "Email", "Active"):
		return about{kind: cardea.KindPerson, id: "Id"}
	case has("CoworkerId"):
		return about{kind: cardea.KindPerson, id: "CoworkerId"}
	}
	return about{}
}
