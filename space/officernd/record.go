package officernd

import (
	"encoding/json"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// own is a record's own id; every record must have one.
type own struct {
	ID ref `json:"_id"`
}

func (o own) id() string { return string(o.ID) }

// decode reads one record of a type that can say itself in our words, or why not. The error is a sentence about its shape and
// shows nothing of its content.
func decode[T interface {
	id() string
	record() (cardea.Record, error)
}](raw []byte) (cardea.Record, error) {
	v, err := parse[T](raw)
	if err != nil {
		return nil, err
	}
	return v.record()
}

// simple is decode for the types of which every record that can be read makes sense.
func simple[T interface {
	id() string
	record() cardea.Record
}](raw []byte) (cardea.Record, error) {
	v, err := parse[T](raw)
	if err != nil {
		return nil, err
	}
	return v.record(), nil
}

func parse[T interface{ id() string }](raw []byte) (T, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, object.Plain(err)
	}
	if v.id() == "" {
		return v, errors.New("the record has no id")
	}
	return v, nil
}

// shown are the fields of a record that may stand in messages: references, times and words of the vendor. Names,
// addresses and custom fields, where operators keep card numbers and PINs, may not.
var shown = map[string]bool{
	"_id": true, "company": true, "member": true, "plan": true, "location": true, "floor": true, "resource": true,
	"membership": true, "pass": true, "booking": true, "startDate": true, "endDate": true, "start": true, "end": true,
	"validFrom": true, "validTo": true, "seriesStart": true, "seriesEnd": true, "status": true, "calculatedStatus": true,
	"count": true, "usedCount": true, "isPersonal": true, "isCancelled": true, "isTentative": true, "timezone": true,
	"type": true, "resourceType": true, "recurrence": true, "parents": true, "members": true, "visitors": true,
}

// redacted returns a record without what names or unlocks anybody, for a message.
func redacted(raw []byte) []byte { return object.Shown(raw, shown) }
