package nexudus

import (
	"encoding/json"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// own is a record's own id; every record must have one.
type own struct {
	ID ref `json:"Id"`
}

func (o own) id() string { return string(o.ID) }

// decode reads one record of a type that can say itself in our words, or why not. The error is a sentence about its shape and
// shows nothing of its content: a coworker's record holds card numbers, PINs and keys of other systems.
func decode[T interface {
	id() string
	record() (cardea.Record, error)
}](raw []byte) (cardea.Record, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, object.Plain(err)
	}
	if v.id() == "" {
		return nil, errors.New("the record has no id")
	}
	return v.record()
}

// simple is decode for the types of which every record that can be read makes sense.
func simple[T interface {
	id() string
	record() cardea.Record
}](raw []byte) (cardea.Record, error) {
	return decode[sure[T]](raw)
}

// sure is a record that always makes sense.
type sure[T interface {
	id() string
	record() cardea.Record
}] struct{ of T }

// UnmarshalJSON reads the record itself.
func (s *sure[T]) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.of) }

func (s sure[T]) id() string { return s.of.id() }

func (s sure[T]) record() (cardea.Record, error) { return s.of.record(), nil } //nolint:unparam // decode wants it

// idOf returns a record's own id, or "".
func idOf(raw []byte) ref {
	var v own
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return v.ID
}

func keysOf(c collection, id string) []cardea.Key {
	if id == "" {
		return nil
	}
	return []cardea.Key{{Kind: c.kind, ID: c.prefix + id}}
}

// shown are the fields of a record that may stand in messages: references, times and flags.
var shown = map[string]bool{
	"Id": true, "UniqueId": true, "CoworkerId": true, "BusinessId": true, "IssuedById": true, "TariffId": true, "ResourceId": true,
	"FloorPlanId": true, "FloorPlanBusinessId": true, "TimePassId": true, "PayingMemberId": true, "InvoicingBusinessId": true,
	"StartDate": true, "CancellationDate": true, "FromTime": true, "ToTime": true, "ExpireDate": true, "UsedDate": true,
	"Active": true, "Archived": true, "Cancelled": true, "Used": true, "CheckedIn": true, "RemainingUses": true, "TotalUses": true,
	"Tentative": true, "Desks": true, "FloorPlanDeskIds": true, "Teams": true, "TeamMembers": true, "OriginalBookingId": true,
	"InPausedPeriod": true, "HostApprovalStatus": true, "DayOfWeek": true, "CreatedOn": true, "UpdatedOn": true,
}

// redacted returns a record without what names or unlocks anybody, for a message.
func redacted(raw []byte) []byte { return object.Shown(raw, shown) }
