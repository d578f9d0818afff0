package wire_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/cardea-access/cardea/wire"
)

// TestAVendorsWordsAreHarmless: they end up on terminals and in logs.
func TestAVendorsWordsAreHarmless(t *testing.T) {
	t.Parallel()
	const said = `{"message":"no\u001b[2J\u001b]0;mine\u0007\u009b1m\u202e\u2066 way\nmine: all is well"}`
	c, err := wire.New(wire.Config{
		Name: "kisi", Base: "https://kisi.test", Now: time.Now, Retries: -1,
		Transport: answers(func(*http.Request) *http.Response { return said400(said) }),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), wire.Call{Class: wire.Read, Method: http.MethodGet, Path: "/users"})
	if err == nil || !strings.Contains(err.Error(), "no [2J") || !strings.Contains(err.Error(), "way mine: all is well") {
		t.Fatalf("it says %q", err)
	}
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
		t.Errorf("it steers: %q", err)
	}
}

type answers func(*http.Request) *http.Response

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func said400(body string) *http.Response {
	return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}
