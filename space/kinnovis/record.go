package kinnovis

import (
	"encoding/json"
	"errors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// own is a record's own id; every record must have one.
type own struct {
	ID ref `json:"id"`
}

func (o own) id() string { return string(o.ID) }

// decode reads one record of a type that can say itself in our words, or why not. The error is a sentence about its shape and
// shows nothing of its content.
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

// idOf returns a record's own id, or "".
func idOf(raw []byte) ref {
	var v struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &v) != nil || len(v.ID) == 0 || v.ID[0] == '{' {
		return ""
	}
	var id ref
	if json.Unmarshal(v.ID, &id) != nil {
		return ""
	}
	return id
}

func keysOf(c collection, id string) []cardea.Key {
	if id == "" {
		return nil
	}
	return []cardea.Key{{Kind: c.kind, ID: id}}
}

// shown are the fields of a record that may stand in messages: references, dates and flags.
var shown = map[string]bool{
	"id": true, "location_id": true, "unit_type_id": true, "unit_id": true, "unit_ids": true, "customer_id": true,
	"move_in_date": true, "move_out_date": true, "has_access": true, "auto_locked": true, "status": true, "timezone": true,
}

// redacted returns a record without what names or unlocks anybody, for a message.
func redacted(raw []byte) []byte { return object.Shown(raw, shown) }
