package wire

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

const (
	defaultTimeout = 30 * time.Second
	defaultRetries = 3
)

// Config describes one connection to a vendor's API.
type Config struct {
	Name      string            // connection, for messages and metrics
	Base      string            // base URL: scheme, host and prefix
	Transport http.RoundTripper // innermost; nil = one with sane timeouts
	Now       func() time.Time  // required
	Auth      Authorizer        // nil = none
	Budget    *Budget           // nil = no limit
	ReadOnly  bool              // refuse every write before it is sent
	// Shut, if any, is asked before every write and refuses it by what it returns.
	Shut     func(ctx context.Context) error
	Reads    []string    // calls that only read although they are no GET: "POST /event_sets", path.Match patterns
	Header   http.Header // on every request
	Secrets  []string    // values that must appear in no error and no record
	Recorder *Recorder   // nil = off
	// Classify may say what an answer outside 2xx means at this vendor; nil from it means the table of Default.
	Classify func(status int, h http.Header, body []byte) *cardea.Error
	Timeout  time.Duration  // of one attempt; 0 = 30 s
	Retries  int            // of reads; 0 = 3, negative = none
	Rand     func() float64 // in [0,1), for jitter; nil = math/rand
}

// Client sends calls over one connection. It may be used by many goroutines.
type Client struct {
	c      Config
	base   *url.URL
	redact *redactor
	skew   skew
}

// New checks the configuration. Errors: Rejected.
func New(c Config) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(c.Base, "/"))
	if err != nil || (base.Scheme != "https" && base.Scheme != "http") || base.Host == "" || strings.ContainsAny(c.Base, "?#") {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: base_url %q is no http(s) address", c.Name, c.Base)
	}
	if base.User != nil {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s: base_url must not carry credentials", c.Name)
	}
	if c.Now == nil {
		return nil, cardea.Errorf(cardea.Rejected, "connection %s has no clock", c.Name)
	}
	for _, r := range c.Reads {
		method, pattern, ok := strings.Cut(r, " ")
		if _, err := path.Match(pattern, "/"); !ok || method != http.MethodPost || err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "connection %s: %q is no declared read: want POST /path", c.Name, r)
		}
	}
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	switch {
	case c.Retries == 0:
		c.Retries = defaultRetries
	case c.Retries < 0:
		c.Retries = 0
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
	return &Client{c: c, base: base, redact: newRedactor(c.Secrets)}, nil
}

// Name returns the connection's name.
func (c *Client) Name() string { return c.c.Name }

// Skew says how far the vendor's clock is ahead of ours, from the last Date header and what our clock was set by since; false
// before the first, and where nothing tells whether it was set: then it may be as large as this.
func (c *Client) Skew() (time.Duration, bool) { return c.skew.get(c.c.Now()) }

// Do sends the call and decodes a 2xx answer into call.Out. An answer without a body leaves Out alone when the status is
// 204 or 205. Errors by class: those of Default or Config.Classify; Retry for trouble on the way of a read, or of a
// write of which nothing was sent; Unknown for a write whose outcome nobody can tell.
func (c *Client) Do(ctx context.Context, call Call) (Answer, error) {
	if err := c.admit(call); err != nil {
		return Answer{}, err
	}
	if err := c.open(ctx, call); err != nil {
		return Answer{}, err
	}
	mayReauthorize := c.c.Auth != nil
	for n := 0; ; n++ {
		ans, req, err := c.attempt(ctx, call)
		if err == nil {
			return ans, nil
		}
		// A 401 changed nothing, so that writes may be sent again too.
		if ans.Status == http.StatusUnauthorized && mayReauthorize {
			mayReauthorize = false
			if c.c.Auth.Refused(ctx, req) {
				n--
				continue
			}
		}
		if call.Class != Read || n >= c.c.Retries || !passing(err) || ctx.Err() != nil {
			return ans, err
		}
		if !pause(ctx, backoff(n, err, c.c.Rand)) {
			return ans, err
		}
	}
}

// admit refuses what must never be sent.
func (c *Client) admit(call Call) error {
	if call.Method == "" || !strings.HasPrefix(call.Path, "/") || strings.ContainsAny(call.Path, "?#") {
		return cardea.Errorf(cardea.Rejected, "connection %s: %q %q is no call", c.c.Name, call.Method, call.Path)
	}
	if call.Body != nil && call.Form != nil {
		return cardea.Errorf(cardea.Rejected, "connection %s: %s %s has two bodies", c.c.Name, call.Method, call.Path)
	}
	if call.Class == Read && call.Method != http.MethodGet && call.Method != http.MethodHead && !c.declared(call) {
		return cardea.Errorf(cardea.Rejected, "connection %s: %s %s is not among the declared reads", c.c.Name, call.Method, call.Path)
	}
	if c.c.ReadOnly && call.Class != Read {
		return cardea.Errorf(cardea.Rejected,
			"connection %s is read-only: %s %s was not sent; take read_only away to let Cardea write", c.c.Name, call.Method, call.Path)
	}
	return nil
}

// open refuses a write while the connection is shut.
func (c *Client) open(ctx context.Context, call Call) error {
	if call.Class == Read || c.c.Shut == nil {
		return nil
	}
	if why := c.c.Shut(ctx); why != nil {
		return cardea.Errorf(cardea.ClassOf(why), "connection %s: %s %s was not sent: %w", c.c.Name, call.Method, call.Path, why)
	}
	return nil
}

func (c *Client) declared(call Call) bool {
	for _, r := range c.c.Reads {
		method, pattern, _ := strings.Cut(r, " ")
		if ok, err := path.Match(pattern, call.Path); err == nil && ok && method == call.Method {
			return true
		}
	}
	return false
}
