package wire_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

func TestSendsWhatTheCallSays(t *testing.T) {
	t.Parallel()
	v, n := script(t, func(r *http.Request) (*http.Response, error) {
		if got, want := r.URL.String(), "https://vendor.test/api/users/7?q=a+b"; got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
		if got := bodyOf(t, r); got != `{"name":"Ana"}` {
			t.Errorf("sent %s", got)
		}
		for k, want := range map[string]string{
			"Content-Type": "application/json", "Accept": "application/json", "X-Of-All": "1", "X-Of-One": "2",
			"Authorization": "KEY abc",
		} {
			if got := r.Header.Get(k); got != want {
				t.Errorf("header %s is %q, want %q", k, got, want)
			}
		}
		return answer(200, `{"id": 7, "new": true}`), nil
	})
	c := client(t, v, func(c *wire.Config) {
		c.Header = http.Header{"x-of-all": {"1"}}
		c.Auth = wire.Static("Authorization", "KEY abc")
	})
	var out struct{ ID int }
	ans, err := c.Do(t.Context(), wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: "/users/7", Query: url.Values{"q": {"a b"}},
		Body: map[string]string{"name": "Ana"}, Out: &out, Header: http.Header{"X-Of-One": {"2"}},
	})
	if err != nil || out.ID != 7 || ans.Status != 200 || *n != 1 {
		t.Fatalf("got %+v, %v, %+v after %d calls", out, err, ans, *n)
	}
}

func TestSendsForms(t *testing.T) {
	t.Parallel()
	v, _ := script(t, func(r *http.Request) (*http.Response, error) {
		if got := bodyOf(t, r); got != "a=1+2" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("sent %q as %s", got, r.Header.Get("Content-Type"))
		}
		return answer(204, ""), nil
	})
	call := wire.Call{Class: wire.Write, Method: http.MethodPost, Path: "/form", Form: url.Values{"a": {"1 2"}}}
	if _, err := client(t, v, nil).Do(t.Context(), call); err != nil {
		t.Fatal(err)
	}
}

func TestClassesByStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status      int
		read, write cardea.Class
	}{
		{301, cardea.Rejected, cardea.Rejected}, {400, cardea.Rejected, cardea.Rejected}, {401, cardea.Auth, cardea.Auth},
		{403, cardea.Auth, cardea.Auth}, {404, cardea.NotFound, cardea.NotFound}, {408, cardea.Retry, cardea.Retry},
		{409, cardea.Conflict, cardea.Conflict}, {410, cardea.NotFound, cardea.NotFound},
		{422, cardea.Rejected, cardea.Rejected}, {425, cardea.Retry, cardea.Retry},
		{429, cardea.Throttled, cardea.Throttled}, {500, cardea.Retry, cardea.Unknown},
		{502, cardea.Retry, cardea.Unknown}, {503, cardea.Retry, cardea.Retry},
	} {
		for _, class := range []wire.Class{wire.Read, wire.Write} {
			method, want := http.MethodGet, c.read
			if class == wire.Write {
				method, want = http.MethodDelete, c.write
			}
			v, n := script(t, gives(c.status, `{"message":"no, thank you"}`))
			w := client(t, v, func(c *wire.Config) { c.Retries = -1 })
			ans, err := w.Do(t.Context(), wire.Call{Class: class, Method: method, Path: "/x"})
			if cardea.ClassOf(err) != want || *n != 1 || ans.Status != c.status {
				t.Errorf("%s answered %d: %v is %s after %d calls, want %s", class, c.status, err, cardea.ClassOf(err), *n, want)
			}
			if !strings.Contains(err.Error(), "no, thank you") || !strings.Contains(err.Error(), "/x") {
				t.Errorf("%q does not say what happened", err)
			}
		}
	}
}

func TestClassifyOverrulesTheTable(t *testing.T) {
	t.Parallel()
	v, _ := script(t, gives(500, `{"message":"Organization not found"}`), gives(404, ``))
	w := client(t, v, func(c *wire.Config) {
		c.Classify = func(status int, _ http.Header, body []byte) *cardea.Error {
			if status == 500 {
				return cardea.Errorf(cardea.Rejected, "org is wrong (%s)", wire.Said(body))
			}
			return nil
		}
	})
	get := wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"}
	if _, err := w.Do(t.Context(), get); cardea.ClassOf(err) != cardea.Rejected ||
		!strings.Contains(err.Error(), "org is wrong (Organization not found)") {
		t.Errorf("500 gave %v", err)
	}
	if _, err := w.Do(t.Context(), get); cardea.ClassOf(err) != cardea.NotFound {
		t.Errorf("404 gave %v", err)
	}
}

func TestReadOnlyRefusesWritesBeforeTheTransport(t *testing.T) {
	t.Parallel()
	v, n := script(t, gives(200, `{}`), gives(200, `{}`))
	w := client(t, v, func(c *wire.Config) {
		c.ReadOnly = true
		c.Reads = []string{"POST /event_sets", "POST /units/*/search"}
	})
	for _, call := range []wire.Call{
		{Class: wire.Write, Method: http.MethodPost, Path: "/users"},
		{Class: wire.Write, Method: http.MethodGet, Path: "/users"},
		{Method: http.MethodPost, Path: "/users"}, // a forgotten class is a write
		{Class: wire.Read, Method: http.MethodPost, Path: "/users"},
		{Class: wire.Read, Method: http.MethodDelete, Path: "/event_sets"},
		{Class: wire.Read, Method: http.MethodPost, Path: "/units/3/4/search"},
	} {
		if _, err := w.Do(t.Context(), call); cardea.ClassOf(err) != cardea.Rejected || *n != 0 {
			t.Fatalf("%s %s %s: %v after %d calls", call.Class, call.Method, call.Path, err, *n)
		}
	}
	for _, call := range []wire.Call{
		{Class: wire.Read, Method: http.MethodGet, Path: "/users"},
		{Class: wire.Read, Method: http.MethodPost, Path: "/units/3/search"},
	} {
		if _, err := w.Do(t.Context(), call); err != nil {
			t.Errorf("%s %s: %v", call.Method, call.Path, err)
		}
	}
}

func TestUndeclaredPostIsNoRead(t *testing.T) {
	t.Parallel()
	v, _ := script(t)
	call := wire.Call{Class: wire.Read, Method: http.MethodPost, Path: "/users"}
	if _, err := client(t, v, nil).Do(t.Context(), call); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("got %v", err)
	}
}

func TestReadsAreRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, n := script(t, breaks(errors.New("reset by peer")), gives(503, ``), gives(200, `{"a":`), gives(200, `{"a":1}`))
		began := time.Now()
		var out struct{ A int }
		w := client(t, v, func(c *wire.Config) { c.Rand = func() float64 { return 0.5 } })
		_, err := w.Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x", Out: &out})
		if err != nil || out.A != 1 || *n != 4 {
			t.Fatalf("got %+v, %v after %d calls", out, err, *n)
		}
		// Half of 500 ms, 1 s and 2 s.
		if took := time.Since(began); took != 1750*time.Millisecond {
			t.Errorf("took %s", took)
		}
	})
}

func TestReadsGiveUpAfterTheirRetries(t *testing.T) {
	t.Parallel()
	v, n := script(t, gives(503, ``), gives(503, ``), gives(503, ``), gives(503, ``))
	_, err := client(t, v, nil).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"})
	if cardea.ClassOf(err) != cardea.Retry || *n != 4 {
		t.Errorf("got %v after %d calls", err, *n)
	}
}

func TestReadsHonourRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		date := time.Now().Add(7 * time.Second).UTC().Format(http.TimeFormat)
		v, _ := script(t, gives(429, ``, "Retry-After", "3"), gives(503, ``, "Retry-After", date), gives(200, `{}`))
		began := time.Now()
		_, err := client(t, v, nil).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"})
		if took := time.Since(began); err != nil || took != 7*time.Second {
			t.Errorf("%v after %s, want 3 s and then until the date", err, took)
		}
	})
}

func TestLongRetryAfterIsTheCallersBusiness(t *testing.T) {
	t.Parallel()
	v, n := script(t, gives(429, ``, "Retry-After", "600"))
	_, err := client(t, v, nil).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"})
	var e *cardea.Error
	if !errors.As(err, &e) || e.Class != cardea.Throttled || e.After != 10*time.Minute || *n != 1 {
		t.Errorf("got %v after %d calls", err, *n)
	}
}

func TestWritesAreNeverRepeated(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, c := range []struct {
		name string
		does func(*http.Request) (*http.Response, error)
		want cardea.Class
	}{
		{"broke off", breaks(errors.New("reset by peer")), cardea.Unknown},
		{"timed out", breaks(context.DeadlineExceeded), cardea.Unknown},
		{"never connected", breaks(dial), cardea.Retry},
		{"unreadable", gives(200, `{"id":`), cardea.Unknown},
		{"empty", gives(200, ``), cardea.Unknown},
		{"limited", gives(429, ``, "Retry-After", "1"), cardea.Throttled},
		{"down", gives(503, ``), cardea.Retry},
	} {
		v, n := script(t, c.does)
		var out struct{ ID int }
		call := wire.Call{Class: wire.Write, Method: http.MethodPost, Path: "/users", Body: 1, Out: &out}
		if _, err := client(t, v, nil).Do(t.Context(), call); cardea.ClassOf(err) != c.want || *n != 1 {
			t.Errorf("%s: %v is %s after %d calls, want %s", c.name, err, cardea.ClassOf(err), *n, c.want)
		}
	}
}

func TestAttemptsTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := vendor(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		began := time.Now()
		w := client(t, hang, func(c *wire.Config) { c.Timeout, c.Retries = time.Second, 1 })
		_, err := w.Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"})
		if cardea.ClassOf(err) != cardea.Retry || time.Since(began) != 2*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	v, n := script(t, gives(302, ``, "Location", "https://elsewhere.test/"))
	_, err := client(t, v, nil).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"})
	if cardea.ClassOf(err) != cardea.Rejected || *n != 1 {
		t.Errorf("got %v after %d calls", err, *n)
	}
}

func TestAnswersAreCapped(t *testing.T) {
	t.Parallel()
	v, _ := script(t, gives(200, `"`+strings.Repeat("x", 8<<20)+`"`))
	var out string
	_, err := client(t, v, nil).Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x", Out: &out})
	if cardea.ClassOf(err) != cardea.Rejected || out != "" {
		t.Errorf("got %v", err)
	}
}

func TestSkewComesFromTheDateHeader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, _ := script(t, gives(200, `{}`), func(*http.Request) (*http.Response, error) {
			time.Sleep(2 * time.Second)
			return answer(404, ``, "Date", time.Now().Add(3*time.Minute).UTC().Format(http.TimeFormat)), nil
		})
		w := client(t, v, nil)
		get := wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/x"}
		if _, err := w.Do(t.Context(), get); err != nil {
			t.Fatal(err)
		}
		if _, known := w.Skew(); known {
			t.Error("known without a Date")
		}
		if _, err := w.Do(t.Context(), get); err == nil {
			t.Fatal("404 was no error")
		}
		// Written at the end of the 2 s, taken to be in their middle.
		if skew, known := w.Skew(); !known || skew != 3*time.Minute+1500*time.Millisecond {
			t.Errorf("skew is %s, %t", skew, known)
		}
	})
}

func TestRefusesBadConfigurations(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"", "vendor.test", "ftp://vendor.test", "https://", "https://me:pw@vendor.test", "https://v.test?a=1",
	} {
		if _, err := wire.New(wire.Config{Name: "x", Base: base, Now: time.Now}); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("base %q: %v", base, err)
		}
	}
	v, _ := script(t)
	for _, path := range []string{"users", "", "/users?a=1", "@elsewhere.test/"} {
		call := wire.Call{Class: wire.Read, Method: http.MethodGet, Path: path}
		if _, err := client(t, v, nil).Do(t.Context(), call); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("path %q: %v", path, err)
		}
	}
}
