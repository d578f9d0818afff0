package doortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// send is one call of the fake: paced, with a token, reads asked again.
func (f *fake) send(ctx context.Context, on Call, write bool, x *exchange) (int, error) {
	if write && f.readOnly && f.lie != "writes" {
		return 0, cardea.Errorf(cardea.Rejected, "read-only: not sent")
	}
	renewed := false
	for n := 0; ; n++ {
		status, err := f.once(ctx, on, write, x)
		if status == http.StatusUnauthorized && !renewed && f.lie != "forgets tokens" {
			f.mu.Lock()
			renewed, f.token = true, ""
			f.mu.Unlock()
			continue
		}
		class := cardea.ClassOf(err)
		again := !write && class == cardea.Retry && f.lie != "gives up" || write && class == cardea.Unknown && f.lie == "resends" ||
			write && class == cardea.Retry && f.lie == "stubborn"
		if err == nil || !again || n >= 3 {
			return status, err
		}
		time.Sleep(time.Second)
	}
}

func (f *fake) once(ctx context.Context, on Call, write bool, x *exchange) (int, error) {
	f.pace()
	f.mu.Lock()
	if f.token == "" {
		f.token = f.v.token(f.key)
	}
	token := f.token
	f.mu.Unlock()
	method := http.MethodGet
	if write {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, x), method, "http://fake/"+string(on), nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := f.rt.RoundTrip(r)
	if f.lie == "logs" {
		fmt.Fprintf(f.said, "sent with %s\n", r.Header.Get("Authorization"))
	}
	if err == nil {
		if _, err = io.ReadAll(res.Body); err == nil {
			return res.StatusCode, f.judge(res, write)
		}
	}
	class := cardea.Retry
	if write && !strings.Contains(err.Error(), "dial") && f.lie != "careless" {
		class = cardea.Unknown
	}
	return 0, &cardea.Error{Class: class, Text: "the call broke off", Cause: err}
}

func (f *fake) judge(res *http.Response, write bool) error {
	if res.StatusCode < 300 {
		return nil
	}
	m := usual(res.StatusCode)
	e := &cardea.Error{Class: m.Read, Text: fmt.Sprintf("answered %d", res.StatusCode)}
	if write {
		e.Class = m.Write
	}
	if f.lie == "vague" && e.Class == cardea.Auth {
		e.Class = cardea.Retry
	}
	if f.lie == "leaks" {
		e.Cause = errors.New("sent with " + res.Request.Header.Get("Authorization"))
	}
	if after := res.Header.Get("Retry-After"); after != "" && f.lie != "hasty" {
		if d, err := time.ParseDuration(after + "s"); err == nil {
			e.After = d
		}
	}
	return e
}

// pace waits for the next slot.
func (f *fake) pace() {
	if f.lie == "bursts" {
		return
	}
	f.mu.Lock()
	now := time.Now()
	slot := f.next
	if slot.Before(now) {
		slot = now
	}
	f.next = slot.Add(fakeRate.Per / time.Duration(fakeRate.Calls) * 11 / 10)
	f.mu.Unlock()
	time.Sleep(slot.Sub(now))
}
