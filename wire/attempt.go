package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cardea-access/cardea"
)

// maxBody is the largest answer that is read, in bytes.
const maxBody = 8 << 20

// newTransport makes a transport whose every wait has an end.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          16,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// attempt sends the call once.
func (c *Client) attempt(ctx context.Context, call Call) (Answer, *http.Request, error) {
	req, body, err := c.request(ctx, call)
	if err != nil {
		return Answer{}, nil, err
	}
	if err := c.authorize(ctx, req); err != nil {
		return Answer{}, req, c.named(call, err)
	}
	if c.c.Budget != nil {
		if err := c.wait(ctx, call); err != nil {
			return Answer{}, req, c.named(call, err)
		}
		// The wait may have been longer than the token lives. Asking first, too, keeps calls that wait for a new token from
		// spending their slots at once.
		if err := c.authorize(ctx, req); err != nil {
			return Answer{}, req, c.named(call, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return Answer{}, req, c.named(call, cardea.Errorf(cardea.Retry, "stopped before it was sent: %w", err))
	}
	began := c.c.Now()
	ans, err := c.send(ctx, call, req)
	c.c.Recorder.record(exchange{
		at: began, connection: c.c.Name, req: req, body: body, ans: ans, err: err, took: c.c.Now().Sub(began),
	}, c.redact)
	if ans.Status != 0 {
		c.skew.observe(ans.Header, began, c.c.Now())
		if c.c.Budget != nil {
			c.c.Budget.Observe(ans.Status, ans.Header)
		}
	}
	return ans, req, err
}

func (c *Client) authorize(ctx context.Context, req *http.Request) error {
	if c.c.Auth == nil {
		return nil
	}
	return c.c.Auth.Authorize(ctx, req)
}

// request builds the request and returns its body beside it, for the recorder.
func (c *Client) request(ctx context.Context, call Call) (*http.Request, []byte, error) {
	var body []byte
	kind := ""
	switch {
	case call.Body != nil:
		b, err := json.Marshal(call.Body)
		if err != nil {
			return nil, nil, c.fail(call, cardea.Rejected, "cannot be written as JSON", err)
		}
		body, kind = b, "application/json"
	case call.Form != nil:
		body, kind = []byte(call.Form.Encode()), "application/x-www-form-urlencoded"
	}
	address := c.base.String() + call.Path
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, address, reader)
	if err != nil {
		return nil, nil, c.fail(call, cardea.Rejected, "makes no request", err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "cardea")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, h := range []http.Header{c.c.Header, call.Header} {
		for k, vs := range h {
			req.Header[http.CanonicalHeaderKey(k)] = vs
		}
	}
	return req, body, nil
}

// send does the exchange within the attempt's own time and turns it into an answer or a classed error.
func (c *Client) send(ctx context.Context, call Call, req *http.Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.c.Timeout)
	defer cancel()
	var asked, connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	resp, err := c.c.Transport.RoundTrip(req.WithContext(ctx)) //nolint:bodyclose // readAll closes it
	if err != nil {
		nothingSent := (asked.Load() && !connected.Load()) || isDial(err)
		return Answer{}, c.lost(call, nothingSent, err)
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	body, err := readAll(resp.Body)
	ans := Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, At: c.c.Now()}
	good := ans.Status >= 200 && ans.Status < 300
	switch {
	case !good:
		return ans, c.refusal(call, ans)
	case errors.Is(err, errTooLarge):
		return ans, c.fail(call, uncertain(call, cardea.Rejected), "gave an answer that cannot be used", err)
	case err != nil:
		return ans, c.lost(call, false, err)
	case call.Out == nil || ans.Status == http.StatusNoContent || ans.Status == http.StatusResetContent:
		return ans, nil
	}
	if err := json.Unmarshal(body, call.Out); err != nil {
		return ans, c.fail(call, uncertain(call, cardea.Retry), "gave an answer that is not the expected JSON", err)
	}
	return ans, nil
}

var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxBody>>20)

func readAll(r io.ReadCloser) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	// What comes after a whole answer is of no interest.
	closed := r.Close()
	switch {
	case err != nil:
		return body, fmt.Errorf("the answer broke off: %w", err)
	case len(body) > maxBody:
		return body[:maxBody], errTooLarge
	case closed != nil:
		return body, fmt.Errorf("the answer broke off: %w", closed)
	}
	return body, nil
}

// isDial says whether the error came before there was a connection.
func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// uncertain is the class of trouble after the vendor had the call: Unknown for a write, else the given one.
func uncertain(call Call, read cardea.Class) cardea.Class {
	if call.Class == Write {
		return cardea.Unknown
	}
	return read
}

// lost is the error of an exchange that broke.
func (c *Client) lost(call Call, nothingSent bool, err error) error {
	if nothingSent {
		return c.fail(call, cardea.Retry, "could not reach "+c.base.Host, err)
	}
	if call.Class == Write {
		return c.fail(call, cardea.Unknown, "broke off after it was sent; it may have taken effect", err)
	}
	return c.fail(call, cardea.Retry, "broke off", err)
}

// fail makes an error that names connection and call, with a redacted cause.
func (c *Client) fail(call Call, class cardea.Class, what string, cause error) *cardea.Error {
	return &cardea.Error{
		Class: class, Text: strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", c.c.Name, call.Method, call.Path, what)),
		Cause: c.redact.error(cause),
	}
}

// named keeps the class of an error and puts connection and call before its text.
func (c *Client) named(call Call, err error) error {
	e := c.fail(call, cardea.ClassOf(err), "was not sent", err)
	e.After = afterOf(err)
	return e
}
