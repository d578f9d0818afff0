// Package answer sends what a faked vendor says.
package answer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// Encode is JSON with names as they are: no escapes for HTML, no line at the end.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}

// JSON sends a value, as what kind of content the vendor calls it.
func JSON(w http.ResponseWriter, status int, kind string, v any) {
	body, err := Encode(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	Send(w, status, kind, body)
}

// Send sends a body; an empty one is of no kind.
func Send(w http.ResponseWriter, status int, kind string, body []byte) {
	if len(body) > 0 {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return // the caller is gone
	}
}
