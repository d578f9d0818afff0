package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/cardea-access/cardea"
)

const (
	// Patience is how long an endpoint may take to answer, its whole answer included.
	Patience = 15 * time.Second
	// mostRead is how much of an answer's body is read before it is thrown away.
	mostRead = 64 << 10
)

// Endpoint is where events are sent, and with what they are signed.
type Endpoint struct {
	URL *url.URL
	Key []byte
}

// Sender sends to the endpoints that it was made with, and to nobody else.
type Sender struct {
	endpoints map[string]Endpoint
	client    *http.Client
	now       func() time.Time
}

// New makes a Sender. A nil transport is the network.
func New(endpoints map[string]Endpoint, now func() time.Time, transport http.RoundTripper) *Sender {
	if transport == nil {
		transport = line(endpoints)
	}
	return &Sender{endpoints: endpoints, now: now, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// line is a way to the endpoints alone, whatever the environment says of proxies.
func line(endpoints map[string]Endpoint) *http.Transport {
	known := map[string]bool{}
	for _, e := range endpoints {
		known[dialled(e.URL)] = true
	}
	dialer := &net.Dialer{Timeout: Patience}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if !known[address] {
				return nil, errStranger
			}
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: mostRead,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        time.Minute,
	}
}

var errStranger = errors.New("not an endpoint of the configuration")

// Send sends one event and returns the status of the answer, whatever it is: a redirect is not followed. Errors: NotFound for an
// endpoint that is not known, Retry when nobody answered in time.
func (s *Sender) Send(ctx context.Context, endpoint, id string, body []byte) (status int, err error) {
	e, known := s.endpoints[endpoint]
	if !known {
		return 0, cardea.Errorf(cardea.NotFound, "no webhook is called %q", endpoint)
	}
	ctx, stop := context.WithTimeout(ctx, Patience)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL.String(), bytes.NewReader(body))
	if err != nil {
		return 0, cardea.Errorf(cardea.Rejected, "the webhook %s cannot be sent to its address", endpoint)
	}
	at := s.now().Unix()
	for key, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "Cardea", "Webhook-Id": id, "Webhook-Timestamp": strconv.FormatInt(at, 10),
		"Webhook-Signature": sign(e.Key, id, at, body),
	} {
		req.Header.Set(key, value)
	}
	res, err := s.client.Do(req) //nolint:bodyclose // closed does it, and its error counts
	if err != nil {
		return 0, cardea.Errorf(cardea.Retry, "%s: %s", e.URL.Hostname(), why(err))
	}
	// A body that breaks off changes nothing: the status has been said.
	if _, err := io.CopyN(io.Discard, res.Body, mostRead); err != nil && !errors.Is(err, io.EOF) && ctx.Err() != nil {
		err = cardea.Errorf(cardea.Retry, "%s: %s", e.URL.Hostname(), why(ctx.Err()))
		return 0, errors.Join(err, closed(res.Body))
	}
	if err := closed(res.Body); err != nil {
		return 0, err
	}
	return res.StatusCode, nil
}

func closed(body io.Closer) error {
	if body.Close() != nil {
		return cardea.Errorf(cardea.Retry, "the line broke")
	}
	return nil
}

// why says in our own words what went wrong: what the other side says of it stays there.
func why(err error) string {
	var timeout interface{ Timeout() bool }
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrong x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, context.Canceled):
		return "it was given up before there was an answer"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer within 15 seconds"
	case errors.Is(err, errStranger):
		return "it would have led to a host that is not in the configuration"
	case errors.As(err, &dns):
		return "its name is not known to the name service"
	case errors.As(err, &unknown), errors.As(err, &wrong), errors.As(err, &invalid):
		return "its certificate is not one to be believed"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens there"
	}
	return "the line broke before there was an answer"
}
