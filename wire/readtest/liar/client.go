package liar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// Client speaks to the vendor, honest but for its lie.
type Client struct {
	Lie      string
	ReadOnly bool
	Asked    int

	vendor *Vendor
	rt     http.RoundTripper
	key    string
	said   *bytes.Buffer
	class  func(status int, write bool) cardea.Class

	mu    sync.Mutex
	token string
	next  time.Time
}

// NewClient makes one; class is what a status means.
func NewClient(v *Vendor, o readtest.Options, lie string, class func(status int, write bool) cardea.Class) *Client {
	c := &Client{
		Lie: lie, ReadOnly: o.ReadOnly, vendor: v, rt: o.Line.Around(v), key: Key, said: bytes.NewBufferString("hello\n"), class: class,
	}
	if o.WrongSecret {
		c.key = "another-key-987654321"
	}
	return c
}

// Secrets are the values that may stand nowhere.
func (c *Client) Secrets() []string { return []string{c.key} }

// Said is everything that was logged.
func (c *Client) Said() string { return c.said.String() }

// Describe asks under a name who the tenant is.
func (c *Client) Describe(ctx context.Context, on string, write bool) (cardea.Organisation, error) {
	c.mu.Lock()
	c.Asked++
	asked := c.Asked
	c.mu.Unlock()
	o := cardea.Organisation{ID: "fake-1", Name: "Fake", Who: "me"}
	if c.Lie == "moody" && asked > 1 {
		o.Name = "Another"
	}
	if c.Lie == "unpinned" {
		o.ID = "fake"
	}
	_, err := c.Send(ctx, on, write, &Exchange{Does: func() int { return 200 }})
	return o, err
}

// List reads all that rows returns, page by page.
func (c *Client) List(ctx context.Context, on string, p *cardea.Pages, rows func() []cardea.Record) error {
	seen := map[cardea.Key]bool{}
	for at := 0; ; at += Page {
		x := &Exchange{listed: true}
		x.Does = func() int {
			all := rows()
			x.total = len(all)
			x.Rows = slices.Clone(all[min(at, len(all)):min(at+Page, len(all))])
			return 200
		}
		if _, err := c.Send(ctx, on, false, x); err != nil {
			return err
		}
		m := cardea.Mark{Total: x.total, Counted: true, More: at+Page < x.total}
		m.Short = len(x.Rows) != min(Page, max(0, x.total-at)) || (at > 0 && x.total < at)
		m.Ended = !m.More
		c.twist(p, x, &m, at)
		for _, r := range x.Rows {
			m.Short = m.Short || seen[r.Key()] && c.Lie != "repeats"
			seen[r.Key()] = true
		}
		p.Add(x.Rows, m)
		if !m.More {
			return nil
		}
	}
}

// twist has a page that begins at a row say what is not so.
func (c *Client) twist(p *cardea.Pages, x *Exchange, m *cardea.Mark, at int) {
	switch c.Lie {
	case "drops":
		if at > 0 {
			x.Rows, m.Counted, m.Short = x.Rows[1:], false, false
		}
	case "stops":
		m.More, m.Counted, m.Ended = false, false, true
	case "repeats":
		if at > 0 {
			x.Rows = append(p.Records()[:1:1], x.Rows...)
		}
	case "trusts":
		m.Counted, m.Short, m.More = false, false, m.More && len(x.Rows) > 0
		m.Ended = !m.More
	case "infers":
		if x.total == 0 {
			p.Missing(cardea.Key{Kind: p.Kind(), ID: "a0"})
		}
	case "restless":
		c.Asked++
		for i, r := range x.Rows {
			switch v := r.(type) {
			case cardea.Person:
				v.Name += strings.Repeat("!", c.Asked)
				x.Rows[i] = v
			case cardea.Account:
				v.Name += strings.Repeat("!", c.Asked)
				x.Rows[i] = v
			}
		}
	}
}

// Send is one call: paced, with a token, reads asked again.
func (c *Client) Send(ctx context.Context, on string, write bool, x *Exchange) (int, error) {
	renewed := false
	for n := 0; ; n++ {
		status, err := c.once(ctx, on, write, x)
		if status == http.StatusUnauthorized && !renewed && c.Lie != "forgets tokens" {
			c.mu.Lock()
			renewed, c.token = true, ""
			c.mu.Unlock()
			continue
		}
		class := cardea.ClassOf(err)
		again := !write && class == cardea.Retry && c.Lie != "gives up" || write && class == cardea.Unknown && c.Lie == "resends" ||
			write && class == cardea.Retry && c.Lie == "stubborn"
		if err == nil || !again || n >= 3 {
			return status, err
		}
		time.Sleep(time.Second)
	}
}

func (c *Client) once(ctx context.Context, on string, write bool, x *Exchange) (int, error) {
	c.pace()
	c.mu.Lock()
	if c.token == "" {
		c.token = c.vendor.token(c.key)
	}
	token := c.token
	c.mu.Unlock()
	method := http.MethodGet
	if write {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, x), method, "http://fake/"+on, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := c.rt.RoundTrip(r)
	if c.Lie == "logs" {
		fmt.Fprintf(c.said, "sent with %s\n", r.Header.Get("Authorization"))
	}
	if err == nil {
		_, err = io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err == nil {
			return res.StatusCode, c.judge(res, write)
		}
	}
	class := cardea.Retry
	if write && !strings.Contains(err.Error(), "dial") && c.Lie != "careless" {
		class = cardea.Unknown
	}
	return 0, &cardea.Error{Class: class, Text: "the call broke off", Cause: err}
}

func (c *Client) judge(res *http.Response, write bool) error {
	if res.StatusCode < 300 {
		return nil
	}
	e := &cardea.Error{Class: c.class(res.StatusCode, write), Text: fmt.Sprintf("answered %d", res.StatusCode)}
	if c.Lie == "vague" && e.Class == cardea.Auth {
		e.Class = cardea.Retry
	}
	if c.Lie == "leaks" {
		e.Cause = errors.New("sent with " + res.Request.Header.Get("Authorization"))
	}
	if after := res.Header.Get("Retry-After"); after != "" && c.Lie != "hasty" {
		if d, err := time.ParseDuration(after + "s"); err == nil {
			e.After = d
		}
	}
	return e
}

// pace waits for the next slot.
func (c *Client) pace() {
	if c.Lie == "bursts" {
		return
	}
	c.mu.Lock()
	now := time.Now() //nolint:forbidigo // the bubble's clock is the test's own
	slot := c.next
	if slot.Before(now) {
		slot = now
	}
	c.next = slot.Add(Rate().Per / time.Duration(Rate().Calls) * 11 / 10)
	c.mu.Unlock()
	time.Sleep(slot.Sub(now))
}
