package console

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestOnlyAnswersToItsOwnNames: a page elsewhere whose name is made to lead here shows itself by that name.
func TestOnlyAnswersToItsOwnNames(t *testing.T) {
	t.Parallel()
	f := answering()
	h := build(Config{
		Desk: f, Now: func() time.Time { return now }, Hosts: []string{"Doors.Acme.Example", "cardea"},
	}, dist)
	for host, want := range map[string]int{
		"127.0.0.1:8080":          http.StatusOK,
		"localhost":               http.StatusOK,
		"LocalHost:8080":          http.StatusOK,
		"cardea.localhost:8080":   http.StatusOK,
		"[::1]:8080":              http.StatusOK,
		"192.168.7.20:8080":       http.StatusOK,
		"doors.acme.example":      http.StatusOK,
		"doors.acme.example.:443": http.StatusOK,
		"cardea:8080":             http.StatusOK,
		"evil.example":            http.StatusMisdirectedRequest,
		"evil.example:8080":       http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example":  http.StatusMisdirectedRequest,
		"x.doors.acme.example":    http.StatusMisdirectedRequest,
		"notlocalhost":            http.StatusMisdirectedRequest,
		"":                        http.StatusMisdirectedRequest,
		":8080":                   http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/?q=ana&person=rnd/person:1&group=kisi/a/7", "/assets/console.0a.css"} {
			f.asked, f.found = nil, nil
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%q %s: %d, want %d", host, path, w.Code, want)
			}
			if want != http.StatusOK && (len(f.asked)+len(f.found) > 0 || w.Header().Get("Content-Security-Policy") == "") {
				t.Errorf("%q %s: the desk was asked, or the answer is not guarded", host, path)
			}
		}
	}
}
