package notify_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/notify"
)

// vector is the one that implementations of Standard Webhooks test themselves with.
var vector = struct {
	secret, id, body, signature string
	at                          int64
}{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`,
	"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", 1614265330}

// serverFunc is a server in process.
type serverFunc func(*http.Request) (*http.Response, error)

func (f serverFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body io.Reader) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body)}
}

func sender(t *testing.T, address, secret string, f serverFunc) *notify.Sender {
	t.Helper()
	u, err := notify.Address(address)
	if err != nil {
		t.Fatal(err)
	}
	key, err := notify.Key(secret)
	if err != nil {
		t.Fatal(err)
	}
	var transport http.RoundTripper
	if f != nil {
		transport = f
	}
	return notify.New(map[string]notify.Endpoint{"app": {URL: u, Key: key}}, time.Now, transport)
}

func TestSignsAsTheSpecificationSays(t *testing.T) {
	t.Parallel()
	key, err := notify.Key(vector.secret)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := notify.Address("https://app.example.test/cardea")
	var got *http.Request
	var body []byte
	s := notify.New(map[string]notify.Endpoint{"app": {URL: u, Key: key}}, func() time.Time { return time.Unix(vector.at, 999) },
		serverFunc(func(r *http.Request) (*http.Response, error) {
			got = r
			body, _ = io.ReadAll(r.Body)
			return answer(204, strings.NewReader("")), nil
		}))
	status, err := s.Send(t.Context(), "app", vector.id, []byte(vector.body))
	if err != nil || status != 204 {
		t.Fatal(status, err)
	}
	for header, want := range map[string]string{
		"webhook-id": vector.id, "webhook-timestamp": "1614265330", "webhook-signature": vector.signature, "content-type": "application/json",
	} {
		if got.Header.Get(header) != want {
			t.Errorf("%s is %q, want %q", header, got.Header.Get(header), want)
		}
	}
	if string(body) != vector.body || got.Method != http.MethodPost || got.URL.String() != "https://app.example.test/cardea" {
		t.Errorf("%s %s %s", got.Method, got.URL, body)
	}
	// The same, worked out here from the specification's sentence.
	raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(vector.secret, "whsec_"))
	h := hmac.New(sha256.New, raw)
	h.Write([]byte(vector.id + ".1614265330." + vector.body))
	if want := "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)); got.Header.Get("webhook-signature") != want {
		t.Errorf("signature %q, want %q", got.Header.Get("webhook-signature"), want)
	}
}

func TestKeysAreLongEnough(t *testing.T) {
	t.Parallel()
	for secret, good := range map[string]bool{
		vector.secret: true, strings.Repeat("x", 24): true, strings.Repeat("x", 23): false, "": false, "whsec_": false,
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23)): false,
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 25)): true, "whsec_this is no base64 at all, is it?": false,
	} {
		key, err := notify.Key(secret)
		if (err == nil) != good || good && len(key) < 24 {
			t.Errorf("%q: %d bytes, %v", secret, len(key), err)
		}
		if err != nil && len(secret) > 6 && strings.Contains(err.Error(), secret[6:]) {
			t.Errorf("the secret is in %q", err)
		}
	}
}

func TestAddressesAreSafe(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"https://app.example.com/cardea": true, "https://app.example.com:8443/x?y=z": true, "http://127.0.0.1:9000/x": true,
		"http://localhost:9000": true, "http://[::1]:9000": true, "http://app.example.com/cardea": false, "http://10.0.0.1/": false,
		"http://localhost.example.com/": false, "ftp://app.example.com/": false, "app.example.com/cardea": false, "https://": false, "": false,
		"https://me:pass@app.example.com/": false, "https://app.example.com/#here": false, "https://%zz/": false,
	} {
		if _, err := notify.Address(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestNoRedirectIsFollowed: where an answer points to is nobody's business.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		asked := 0
		s := sender(t, "https://app.example.test/cardea", vector.secret, func(*http.Request) (*http.Response, error) {
			asked++
			res := answer(status, strings.NewReader(""))
			res.Header.Set("Location", "http://169.254.169.254/latest/meta-data")
			return res, nil
		})
		if got, err := s.Send(t.Context(), "app", "1", []byte("{}")); err != nil || got != status || asked != 1 {
			t.Errorf("%d: answered %d, asked %d times, %v", status, got, asked, err)
		}
	}
}

// endless is a body without end, that counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestOfAnAnswerLittleIsRead(t *testing.T) {
	t.Parallel()
	body := &endless{}
	s := sender(t, "https://app.example.test/", vector.secret, func(*http.Request) (*http.Response, error) { return answer(200, body), nil })
	if status, err := s.Send(t.Context(), "app", "1", []byte("{}")); status != 200 || err != nil || body.read > 64<<10 {
		t.Errorf("%d %v, %d bytes were read", status, err, body.read)
	}
}

// hanging is a body that never comes.
type hanging struct{ ctx context.Context }

func (h hanging) Read([]byte) (int, error) {
	<-h.ctx.Done()
	return 0, h.ctx.Err()
}

// TestPatienceEnds: an endpoint that hangs, before its answer or in the middle of it, is left after fifteen seconds.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]serverFunc{
		"before the answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"in the answer": func(r *http.Request) (*http.Response, error) { return answer(200, hanging{r.Context()}), nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, err := sender(t, "https://app.example.test/", vector.secret, f).Send(t.Context(), "app", "1", []byte("{}"))
				if cardea.ClassOf(err) != cardea.Retry || time.Since(began) != notify.Patience || !strings.Contains(err.Error(), "15 seconds") {
					t.Errorf("after %s: %v", time.Since(began), err)
				}
			})
		})
	}
}

// TestNothingOfTheOtherSideIsInAnError: neither what it says, nor the path, nor the key.
func TestNothingOfTheOtherSideIsInAnError(t *testing.T) {
	t.Parallel()
	for _, broken := range []error{
		errors.New("a lie from the other side"),
		&url.Error{Op: "Post", URL: "https://app.example.test/hidden", Err: errors.New("a lie from the other side")},
		&net.DNSError{Err: "a lie from the other side", Name: "hidden"},
	} {
		s := sender(t, "https://app.example.test/hidden?key=hidden", vector.secret, func(*http.Request) (*http.Response, error) { return nil, broken })
		_, err := s.Send(t.Context(), "app", "1", []byte("{}"))
		if err == nil || !strings.HasPrefix(err.Error(), "app.example.test: ") {
			t.Fatalf("%v", err)
		}
		for _, secret := range []string{"lie", "hidden", vector.secret[6:]} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%q is in %q", secret, err)
			}
		}
	}
}

// TestOnlyWhatIsConfiguredIsDialled talks over a real line: to a server that is configured, and not through a proxy of the environment or
// to anybody else.
func TestOnlyWhatIsConfiguredIsDialled(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("somebody else was asked") }))
	defer stranger.Close()
	t.Setenv("HTTP_PROXY", stranger.URL)
	t.Setenv("http_proxy", stranger.URL)
	heard := 0
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard++
		http.Redirect(w, r, stranger.URL, http.StatusTemporaryRedirect)
	}))
	defer app.Close()
	s := sender(t, app.URL+"/cardea", vector.secret, nil)
	if status, err := s.Send(t.Context(), "app", "1", []byte("{}")); err != nil || status != 307 || heard != 1 {
		t.Errorf("%d %v, heard %d", status, err, heard)
	}
	if _, err := s.Send(t.Context(), "other", "1", []byte("{}")); cardea.ClassOf(err) != cardea.NotFound {
		t.Errorf("%v", err)
	}
	app.Close()
	s = sender(t, app.URL+"/cardea", vector.secret, nil) // without the line that the other one had
	if _, err := s.Send(t.Context(), "app", "1", []byte("{}")); cardea.ClassOf(err) != cardea.Retry || !strings.Contains(err.Error(), "nobody listens") {
		t.Errorf("%v", err)
	}
	if _, err := notify.Line("app.example.test:443").DialContext(t.Context(), "tcp", strings.TrimPrefix(stranger.URL, "http://")); err == nil {
		t.Error("a stranger was dialled")
	}
}
