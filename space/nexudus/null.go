package nexudus

import (
	"bytes"
	"encoding/json"
)

// Whether a list that is null in a record of a batch is an empty one or was left out nobody says: records of a batch are
// documented as whole, and lists are left out of rows (vendors/nexudus.md 0.3, 1.3). So the first few are read alone as well. When
// those agree, null is empty for the rest of the reading; when one does not, every such record is read alone.
type nulls struct {
	agreed int
	lossy  bool
}

const enoughAgreed = 3

// holds says whether a record of a batch has the list that a whole one has.
func (r *reader) holds(c collection, row []byte) bool {
	if c.list == "" {
		return true
	}
	switch list, there := field(row, c.list); {
	case !there:
		return false
	case !isNull(list):
		return true
	}
	n := r.null[c.path]
	return !n.lossy && n.agreed >= enoughAgreed
}

// compare notes what a record that was read alone says of one that came in a batch.
func (r *reader) compare(c collection, batch, alone []byte) {
	was, there := field(batch, c.list)
	if c.list == "" || !there || !isNull(was) {
		return
	}
	n := r.null[c.path]
	if is, there := field(alone, c.list); there && isNull(is) {
		n.agreed++
	} else {
		n.lossy = true
	}
	r.null[c.path] = n
}

func field(row []byte, name string) (json.RawMessage, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(row, &fields) != nil {
		return nil, false
	}
	v, there := fields[name]
	return v, there
}

func isNull(v json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(v), []byte("null")) }
