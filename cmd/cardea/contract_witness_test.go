package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// place is an edge as the vendor shows it.
type place struct {
	id, group, account, email string
	from, until               time.Time // zero = none
}

func (p place) runs(now time.Time) bool {
	return (p.from.IsZero() || !now.Before(p.from)) && (p.until.IsZero() || now.Before(p.until))
}

// turn is an edge that came or went at the vendor while Cardea was at work.
type turn struct {
	at   time.Time
	edge place
	came bool
}

// witness looks at the door system after each write, and keeps what the vendors give out as secrets.
func (g *game) witness(inner http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		write := strings.HasPrefix(req.URL.Path, "/kisi/") && req.Method != http.MethodGet
		if g.rogue != nil {
			g.rogue(g, true, req)
		}
		if write && g.deaf.Load() && req.Method == http.MethodDelete {
			return &http.Response{
				StatusCode: http.StatusNoContent, Status: "204 No Content",
				Header: http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}},
				Body:   http.NoBody, Request: req, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			}, nil
		}
		res, err := inner.RoundTrip(req)
		if write {
			g.observe(false)
		}
		if g.rogue != nil {
			g.rogue(g, false, req)
		}
		if err == nil && strings.HasSuffix(req.URL.Path, "/token") {
			g.overhear(res)
		}
		if err == nil && g.broken != "" && req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/members") {
			g.garble(res)
		}
		return res, err
	})
}

func (g *game) overhear(res *http.Response) {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return
	}
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	var said struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(body, &said) == nil && said.Token != "" {
		g.mu.Lock()
		g.tokens = append(g.tokens, said.Token)
		g.mu.Unlock()
	}
}

// garble makes one person's record a thing that does not fit.
func (g *game) garble(res *http.Response) {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return
	}
	mail := `"` + g.w.people[g.broken].email + `"`
	text := strings.ReplaceAll(string(body), mail, "["+mail+"]")
	res.Body, res.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	res.Header.Set("Content-Length", fmt.Sprint(len(text)))
}

// look returns the door system's edges.
func (g *game) look() map[string]place {
	out := map[string]place{}
	when := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			g.r.t.Error(err)
		}
		return at
	}
	for _, v := range g.r.vendors.Groups("kisi") {
		for _, e := range v.All {
			out[e.ID] = place{e.ID, v.ID, e.Account, strings.ToLower(e.Email), when(e.From), when(e.Until)}
		}
	}
	return out
}

// observe notes what came and went at the door system since it was last looked at.
func (g *game) observe(byHand bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pinned {
		return
	}
	now := g.look()
	for id, e := range now {
		if _, there := g.places[id]; there {
			continue
		}
		g.ever[id] = e
		if byHand {
			g.hand[id] = true
		} else {
			g.turns = append(g.turns, turn{time.Now(), e, true})
		}
	}
	for id, e := range g.places {
		if _, there := now[id]; !there && !byHand {
			g.turns = append(g.turns, turn{time.Now(), e, false})
		}
	}
	g.places = now
}

// inside are the accounts that have an edge in a group now, by group; expired and staged edges are no access.
func (g *game) inside() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, e := range g.places {
		if e.runs(time.Now()) {
			if out[e.group] == nil {
				out[e.group] = map[string]bool{}
			}
			out[e.group][e.account] = true
		}
	}
	return out
}

// users are the door system's accounts: id -> e-mail.
func (g *game) users() map[string]string {
	if g.mails != nil {
		return g.mails
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://sandbox/_sandbox/world", http.NoBody)
	if err != nil {
		g.r.t.Fatal(err)
	}
	res, err := g.r.vendors.Transport().RoundTrip(req)
	if err != nil {
		g.r.t.Fatal(err)
	}
	defer res.Body.Close()
	var world struct {
		Vendors struct {
			Kisi struct {
				Users []struct {
					ID    float64 `json:"id"`
					Email string  `json:"email"`
				} `json:"users"`
			} `json:"kisi"`
		} `json:"vendors"`
	}
	if err := json.NewDecoder(res.Body).Decode(&world); err != nil {
		g.r.t.Fatal(err)
	}
	out := map[string]string{}
	for _, u := range world.Vendors.Kisi.Users {
		out[fmt.Sprint(int64(u.ID))] = strings.ToLower(u.Email)
	}
	return out
}
