package kinnovis

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// replayLife is how long an Idempotency-Key holds (4.2).
const replayLife = 24 * time.Hour

// replay is the answer to a write with an Idempotency-Key.
type replay struct {
	sent   []byte
	status int
	body   []byte
	until  time.Time
}

// body reads a JSON object: JSON is all that is taken (4.2).
func (c *call) body() (data []byte, fields row, ok bool) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != jsonKind {
		c.fail(http.StatusUnsupportedMediaType, "Send application/json.")
		return nil, nil, false
	}
	data, err = io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err == nil {
		err = json.Unmarshal(data, &fields)
	}
	if err != nil || fields == nil {
		c.fail(http.StatusBadRequest, "The request is not a JSON object.")
		return nil, nil, false
	}
	return data, fields, true
}

// register makes a webhook; its secret is in this answer and in no other.
func (v *Vendor) register(c *call, of *collection) {
	data, fields, ok := c.body()
	if !ok {
		return
	}
	key := c.r.Header.Get("Idempotency-Key")
	if done, known := v.replays[c.who+" "+key]; key != "" && known && v.now().Before(done.until) {
		if !bytes.Equal(done.sent, data) {
			c.fail(http.StatusConflict, "The idempotency key was used for another request.")
			return
		}
		c.write(done.status, jsonKind, done.body)
		return
	}
	hook, bad := hookFields(fields)
	if bad == "" && text(hook, "url") == "" {
		bad = "The url field is required."
	}
	if bad != "" {
		c.fail(http.StatusUnprocessableEntity, bad)
		return
	}
	v.serial++
	at := twin.Stamp(v.now())
	hook["secret"], hook["created_at"], hook["updated_at"] = "whsec_"+hash("secret", v.serial), at, at
	word := fmt.Sprintf("webhook %d", v.state.t[of.key].last+1)
	v.state.t[of.key].put(of, word, hook)
	shown := v.show(v.view(v.now()), of, word, hook)
	shown["secret"] = hook["secret"]
	said := any(row{of.noun: shown})
	if v.switches.Is("single", "bare") {
		said = shown
	}
	text, err := answer.Encode(said)
	if err != nil {
		c.fail(http.StatusInternalServerError, "Server Error")
		return
	}
	if key != "" {
		v.replays[c.who+" "+key] = replay{data, http.StatusCreated, text, v.now().Add(replayLife)}
	}
	c.write(http.StatusCreated, jsonKind, text)
}

// changeHook changes or deletes a webhook.
func (v *Vendor) changeHook(c *call, of *collection, id string) {
	t := v.state.t[of.key]
	word, known := t.word(id, v.switches.Is("ids", "integers"))
	if !known {
		c.fail(http.StatusNotFound, "Not Found.")
		return
	}
	if c.r.Method == http.MethodDelete {
		t.drop(word)
		c.w.WriteHeader(http.StatusNoContent)
		return
	}
	_, fields, ok := c.body()
	if !ok {
		return
	}
	change, bad := hookFields(fields)
	if bad != "" {
		c.fail(http.StatusUnprocessableEntity, bad)
		return
	}
	next := twin.Clone(t.rows[word])
	maps.Copy(next, change)
	next["updated_at"] = twin.Stamp(v.now())
	t.put(of, word, next)
	c.one(http.StatusOK, of, v.show(v.view(v.now()), of, word, next))
}

// hookFields takes what a webhook has of a body, and refuses what is wrong; other fields are ignored.
func hookFields(body row) (fields row, bad string) {
	out := row{}
	if value, said := body["url"]; said {
		u, err := url.Parse(twin.As[string](value))
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, "The url field must be a valid URL."
		}
		out["url"] = value
	}
	if value, said := body["events"]; said {
		known := events()
		names, is := value.([]any)
		if !is || slices.ContainsFunc(names, func(one any) bool { return !slices.Contains(known, twin.As[string](one)) }) {
			return nil, "The events field is invalid."
		}
		out["events"] = names
	}
	if value, said := body["enabled"]; said {
		if _, is := value.(bool); !is {
			return nil, "The enabled field must be true or false."
		}
		out["enabled"] = value
	}
	return out, ""
}
