package opentech

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

const (
	hookTopic  = "arn:aws:sns:us-east-1:123456789012:gateway-events"
	certAt     = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
	confirmAt  = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + hookTopic + "&Token=tok"
	stampNoon  = "2026-11-23T12:00:00.000Z"
	snsMessage = `{"message_type":"GatewayEvent","message_data":"{\"id\":1}"}`
)

var snsNoon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// amazonKey is Amazon's, made once: making one takes long.
var amazonKey = sync.OnceValues(func() (*rsa.PrivateKey, []byte) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"},
		NotBefore: snsNoon.Add(-time.Hour), NotAfter: snsNoon.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
})

// amazonHost answers as SNS does, and keeps what it was asked.
type amazonHost struct {
	mu     sync.Mutex
	asked  []string
	status int
}

func (a *amazonHost) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, req.URL.String())
	_, cert := amazonKey()
	body, status := string(cert), 200
	if a.status != 0 {
		status = a.status
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Location": {"http://127.0.0.1/"}}, Body: io.NopCloser(strings.NewReader(body)), Request: req,
	}, nil
}

func snsSystem(tb testing.TB, a *amazonHost, topics ...string) *System {
	tb.Helper()
	now := func() time.Time { return snsNoon }
	return &System{c: Config{Now: now, Hooks: Hooks{Topics: topics, Client: wire.Config{Name: "storage", Transport: a, Now: now}}}}
}

func notification() message {
	return message{
		Type: typeNotify, MessageId: "m-1", TopicArn: hookTopic, Message: snsMessage, Timestamp: stampNoon, SignatureVersion: "2",
		SigningCertURL: certAt,
	}
}

func subscription() message {
	m := notification()
	m.Type, m.Token, m.SubscribeURL, m.Message = typeSubscribe, "tok", confirmAt, "You have chosen to subscribe"
	return m
}

// sealed signs a message as Amazon does and writes it down.
func sealed(tb testing.TB, m message) []byte {
	tb.Helper()
	key, _ := amazonKey()
	text, _ := m.signed()
	var sum []byte
	var err error
	if m.SignatureVersion == "1" {
		digest := sha1.Sum([]byte(text))
		sum, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, digest[:])
	} else {
		digest := sha256.Sum256([]byte(text))
		sum, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	}
	if err != nil {
		tb.Fatal(err)
	}
	m.Signature = base64.StdEncoding.EncodeToString(sum)
	body, err := json.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func TestSNSMessagesOfBothVersionsAreBelieved(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1", "2"} {
		a := &amazonHost{}
		s := snsSystem(t, a, hookTopic)
		m := notification()
		m.SignatureVersion = version
		for range 3 {
			hint, err := s.Verify(t.Context(), nil, sealed(t, m))
			if err != nil || hint.Event != "m-1" || len(hint.Keys) > 0 {
				t.Errorf("version %s: %+v, %v", version, hint, err)
			}
		}
		if !slices.Equal(a.asked, []string{certAt}) {
			t.Errorf("asked %v: want the certificate once", a.asked)
		}
	}
}

func TestSNSSubscriptionIsConfirmedAtAmazon(t *testing.T) {
	t.Parallel()
	a := &amazonHost{}
	if _, err := snsSystem(t, a, hookTopic).Verify(t.Context(), nil, sealed(t, subscription())); err != nil {
		t.Fatal(err)
	}
	if len(a.asked) != 2 || !strings.HasPrefix(a.asked[1], "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=tok&TopicArn=") {
		t.Errorf("asked %v", a.asked)
	}
}

// TestNobodyMakesUsAskOtherHosts: a message may say what it likes, signed or not.
func TestNobodyMakesUsAskOtherHosts(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.us-east-1.amazonaws.com.evil.test/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://evil.test/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.us-east-1.amazonaws.com@evil.test/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://evil.test#sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://user@sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://bucket.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
		"https://sns.us-east-1.amazonaws.com/other.pem", "https://sns.us-east-1.amazonaws.com/x/../SimpleNotificationService-00.pem",
		"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem?x=1",
		"https://169.254.169.254/latest/meta-data", "http://127.0.0.1:8080/", "file:///etc/passwd", "//evil.test/x", "", "%",
	} {
		a := &amazonHost{}
		m := notification()
		m.SigningCertURL = address
		if _, err := snsSystem(t, a, hookTopic).Verify(t.Context(), nil, sealed(t, m)); cardea.ClassOf(err) != cardea.Auth || len(a.asked) > 0 {
			t.Errorf("certificate at %q: asked %v, %v", address, a.asked, err)
		}
	}
	for _, address := range []string{
		"http://127.0.0.1/?Action=ConfirmSubscription&TopicArn=" + hookTopic + "&Token=tok",
		"https://evil.test/?Action=ConfirmSubscription&TopicArn=" + hookTopic + "&Token=tok",
		"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&TopicArn=" + hookTopic + "&Token=tok",
		"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + hookTopic + "&Token=other",
		"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:1:x&Token=tok",
		"https://sns.us-east-1.amazonaws.com/path?Action=ConfirmSubscription&TopicArn=" + hookTopic + "&Token=tok",
	} {
		a := &amazonHost{}
		m := subscription()
		m.SubscribeURL = address
		_, err := snsSystem(t, a, hookTopic).Verify(t.Context(), nil, sealed(t, m))
		if cardea.ClassOf(err) != cardea.Auth || !slices.Equal(a.asked, []string{certAt}) {
			t.Errorf("confirmation at %q: asked %v, %v", address, a.asked, err)
		}
	}
}

func TestSNSMessagesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	good := sealed(t, notification())
	change := func(f func(*message)) []byte {
		var m message
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		f(&m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	resealed := func(f func(*message)) []byte {
		m := notification()
		f(&m)
		return sealed(t, m)
	}
	for name, body := range map[string][]byte{
		"another message":        change(func(m *message) { m.Message += " " }),
		"another id":             change(func(m *message) { m.MessageId = "m-2" }),
		"a subject put in":       change(func(m *message) { m.Subject = "x" }),
		"another version":        change(func(m *message) { m.SignatureVersion = "1" }),
		"an unknown version":     change(func(m *message) { m.SignatureVersion = "3" }),
		"no signature":           change(func(m *message) { m.Signature = "" }),
		"made a confirmation":    change(func(m *message) { m.Type, m.Token, m.SubscribeURL = typeSubscribe, "tok", confirmAt }),
		"truncated":              good[:len(good)-9],
		"nothing":                nil,
		"another topic":          resealed(func(m *message) { m.TopicArn = "arn:aws:sns:us-east-1:999999999999:mine" }),
		"no topic":               resealed(func(m *message) { m.TopicArn = "gateway-events" }),
		"three hours old":        resealed(func(m *message) { m.Timestamp = "2026-11-23T09:00:00.000Z" }),
		"from the future":        resealed(func(m *message) { m.Timestamp = "2026-11-23T15:00:00.000Z" }),
		"without an id":          resealed(func(m *message) { m.MessageId = "" }),
		"of a type that is none": resealed(func(m *message) { m.Type = "Other" }),
	} {
		hint, err := snsSystem(t, &amazonHost{}, hookTopic).Verify(t.Context(), nil, body)
		if cardea.ClassOf(err) != cardea.Auth || hint.Event != "" {
			t.Errorf("%s: %+v, %v", name, hint, err)
		}
	}
	if _, err := snsSystem(t, &amazonHost{}).Verify(t.Context(), nil, good); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("without a topic of ours: %v", err)
	}
}

// TestAmazonOutOfReachIsNoForgery: the vendor is to send it again. A redirect is no answer.
func TestAmazonOutOfReachIsNoForgery(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 500} {
		a := &amazonHost{status: status}
		_, err := snsSystem(t, a, hookTopic).Verify(t.Context(), nil, sealed(t, notification()))
		if cardea.ClassOf(err) != cardea.Retry || len(a.asked) != 1 {
			t.Errorf("status %d: asked %v, %v", status, a.asked, err)
		}
	}
}

func FuzzHook(f *testing.F) {
	good, asks := sealed(f, notification()), sealed(f, subscription())
	f.Add(good)
	f.Add(asks)
	f.Add([]byte(`{"Type":"Notification"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a := &amazonHost{}
		hint, err := snsSystem(t, a, hookTopic).Verify(t.Context(), nil, body)
		for _, asked := range a.asked {
			if !strings.HasPrefix(asked, "https://sns.us-east-1.amazonaws.com/") {
				t.Errorf("asked %s", asked)
			}
		}
		var m message
		if err == nil && (json.Unmarshal(body, &m) != nil || m.Message != notification().Message && m.Message != subscription().Message) {
			t.Errorf("believed %q", body)
		}
		if err != nil && len(hint.Keys) > 0 {
			t.Errorf("refused, and yet %v", hint)
		}
	})
}
