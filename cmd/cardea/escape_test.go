package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// evil plays vendors whose words steer a terminal: they clear the screen, name the window and turn the direction of writing.
type evil struct {
	http.RoundTripper

	names *regexp.Regexp // which names are so
	fails string         // the calls that are refused with such words, by a part of their address
}

const steers = `\u001b[2J\u001b]0;mine\u0007\u009b31m\u202e\r\nmine: `

func (e *evil) RoundTrip(r *http.Request) (*http.Response, error) {
	if e.fails != "" && strings.Contains(r.URL.Path, e.fails) {
		body := fmt.Sprintf(`{"message":"no %s way","error":"no %s way"}`, steers, steers)
		return &http.Response{
			StatusCode: http.StatusUnprocessableEntity, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}, nil
	}
	res, err := e.RoundTripper.RoundTrip(r)
	if err != nil {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	body = e.names.ReplaceAll(body, []byte(`${1}`+strings.ReplaceAll(steers, `$`, `$$`)+`$2`))
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header.Del("Content-Length")
	return res, nil
}

// TestWhatVendorsSaySteersNoTerminal has every command print what they say.
func TestWhatVendorsSaySteersNoTerminal(t *testing.T) {
	t.Parallel()
	people := regexp.MustCompile(`("(?:name|title|firstName|lastName)"\s*:\s*"(?:Ana|Bea|Cal|Uma|Gus|Globex|Initech|Umbrella|` +
		`Olga|Claire|Susana|Vera|Cleaners|Stand-up))([^"]*)`)
	all := regexp.MustCompile(`("(?:name|title)"\s*:\s*"[^"]{2})([^"]*)`)
	for name, e := range map[string]*evil{
		"names of people": {names: people}, "all names": {names: all}, "refused reads": {names: people, fails: "/memberships"},
		"refused writes": {names: people, fails: "/role_assignments"}, "refused tokens": {names: people, fails: "/oauth/token"},
		"refused door": {names: people, fails: "/kisi/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				s := newShell(t, nil, map[string]string{"CARDEA_KEY": matrixKey, "USER": "olga\x1b[2J"})
				e.RoundTripper = s.term.network.transport
				s.term.network.transport = e
				seen := 0
				for _, command := range []string{
					"preview", "sync", "explain --person ana@x.test --group General\u00a0access", "explain --person bea@x.test --group Nobody",
					"doctor", "issues", "holds", "drift", "due", "observe london", "conflicts", "block ana@x.test --note lost", "blocks",
					"freeze london --reason rewiring --until 2h", "unfreeze london",
					"mappings", "sync", "undo last", "house", "codes", "passes", "webhooks", "token create one --scope read", "token",
					"hooks check kisi", "hooks check rnd", "export", "leave london --stop", "adopt london", "times", "preview -v", "sync -v",
				} {
					args := strings.Fields(command)
					for i := range args {
						args[i] = strings.ReplaceAll(args[i], "\u00a0", " ")
					}
					code, out, said := s.run(args...)
					seen += len(out) + len(said)
					for stream, text := range map[string]string{"out": out, "err": said} {
						for i, line := range strings.Split(text, "\n") {
							at := strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u202e' })
							if at >= 0 || strings.HasPrefix(line, "mine: ") {
								t.Errorf("%s (%d), line %d of %s: %.250q", command, code, i+1, stream, line)
								break
							}
						}
					}
				}
				t.Log(seen)
			})
		})
	}
}
