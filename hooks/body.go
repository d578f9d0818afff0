package hooks

import (
	"bytes"
	"io"
	"net/http"
)

const (
	// smallBody is what most hooks are smaller than: so much of each is held in memory before it is believed.
	smallBody = 32 << 10
	// largeAtOnce is how many larger ones are held at once, of all connections: anybody may send them, as slowly as patience allows.
	largeAtOnce = 16
)

// body is a request's body.
type body struct {
	data []byte
	err  error
	busy bool   // it is a large one, and there are too many of those: the vendor is to send it again
	done func() // gives its place back
}

// read takes a body in.
func (h *handler) read(w http.ResponseWriter, r *http.Request) body {
	b := body{done: func() {}}
	from := http.MaxBytesReader(w, r.Body, maxBody)
	b.data, b.err = io.ReadAll(io.LimitReader(from, smallBody))
	if b.err != nil || len(b.data) < smallBody {
		return b
	}
	select {
	case h.large <- struct{}{}:
		b.done = func() { <-h.large }
	default:
		b.busy = true
		return b
	}
	rest, err := io.ReadAll(from)
	b.data, b.err = bytes.Join([][]byte{b.data, rest}, nil), err
	return b
}
