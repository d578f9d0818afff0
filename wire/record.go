package wire

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxRecorded is how much of a body is written down, in bytes.
const maxRecorded = 4 << 10

// Recorder writes every exchange as one line of JSON, without secrets. A nil Recorder is off.
type Recorder struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// NewRecorder makes a recorder that writes to w.
func NewRecorder(w io.Writer) *Recorder { return &Recorder{w: w} }

// Err returns the first error of writing; lines after it are lost.
func (r *Recorder) Err() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

type exchange struct {
	at         time.Time
	connection string
	req        *http.Request
	body       []byte
	ans        Answer
	err        error
	took       time.Duration
}

type line struct {
	At         string            `json:"at"`
	Connection string            `json:"connection"`
	Method     string            `json:"method"`
	URL        string            `json:"url"`
	Sent       map[string]string `json:"sent"`
	Body       string            `json:"body,omitempty"`
	Status     int               `json:"status"`
	Millis     int64             `json:"ms"`
	Got        map[string]string `json:"got,omitempty"`
	Answer     string            `json:"answer,omitempty"`
	Error      string            `json:"error,omitempty"`
}

func (r *Recorder) record(x exchange, clean *redactor) {
	if r == nil {
		return
	}
	address := *x.req.URL
	query := address.Query()
	for k := range query {
		if secretName.MatchString(k) {
			query.Set(k, gone)
		}
	}
	address.RawQuery = query.Encode()
	l := line{
		At: x.at.UTC().Format(time.RFC3339Nano), Connection: x.connection, Method: x.req.Method,
		URL: clean.text(address.String()), Sent: clean.header(x.req.Header), Body: cut(clean.body(x.body)),
		Status: x.ans.Status, Millis: x.took.Milliseconds(), Got: clean.header(x.ans.Header), Answer: cut(clean.body(x.ans.Body)),
	}
	if x.err != nil {
		l.Error = clean.text(x.err.Error())
	}
	b, err := json.Marshal(l)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && r.err == nil {
		_, err = r.w.Write(append(b, '\n'))
	}
	if r.err == nil {
		r.err = err
	}
}

func cut(s string) string {
	if len(s) <= maxRecorded {
		return s
	}
	return strings.ToValidUTF8(s[:maxRecorded], "") + "..."
}
