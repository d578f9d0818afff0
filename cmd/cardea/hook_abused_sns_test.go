package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/cmd/cardea/config"
)

const (
	gateTopic = "arn:aws:sns:us-east-1:123456789012:gateway-events"
	gateCert  = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
)

// amazon signs what OpenTech announces: the sandbox' OpenTech fakes no topic. Whoever asks it gets its certificate.
type amazon struct {
	key  *rsa.PrivateKey
	cert string
	next http.RoundTripper
	n    int // messages so far
}

func newAmazon(t *testing.T, next http.RoundTripper) *amazon {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &amazon{key: key, cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), next: next}
}

// RoundTrip is Amazon's host, and behind it everybody else.
func (a *amazon) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.String() != gateCert {
		return a.next.RoundTrip(req)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.cert)), Request: req,
	}, nil
}

// message signs one as of now.
func (a *amazon) message(t *testing.T, about string) delivery {
	t.Helper()
	a.n++
	m := map[string]string{
		"Type": "Notification", "MessageId": fmt.Sprintf("m-%d", a.n), "TopicArn": gateTopic, "Message": about,
		"Timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "SignatureVersion": "2", "SigningCertURL": gateCert,
	}
	var text strings.Builder
	for _, name := range []string{"Message", "MessageId", "Timestamp", "TopicArn", "Type"} {
		fmt.Fprintf(&text, "%s\n%s\n", name, m[name])
	}
	digest := sha256.Sum256([]byte(text.String()))
	sum, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	m["Signature"] = base64.StdEncoding.EncodeToString(sum)
	return messageOf(t, m)
}

func messageOf(t *testing.T, m map[string]string) delivery {
	t.Helper()
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return delivery{"/hooks/gate", http.Header{"Content-Type": {"text/plain; charset=UTF-8"}}, body}
}

// opentechAbused is OpenTech, whose events are of what people do at keypads: they only show that hooks arrive.
func opentechAbused() abused {
	tells := func(about string) func(*rig) {
		return func(r *rig) {
			r.t.Helper()
			host, _ := r.set.transport.(*calls).next.(*amazon)
			r.hooks.sent = append(r.hooks.sent, host.message(r.t, about))
		}
	}
	return abused{
		name: "opentech", connection: "gate", door: "opentech", window: 2 * time.Hour,
		another: [2]string{"GatewayEvent", "KeypadEvent"},
		make: func(t *testing.T) (*rig, *calls) {
			t.Helper()
			r, count := abusable(north(t, nil, func(f *config.File) {
				seldom(f)
				f.Connections["gate"].HookTopic = gateTopic
			}), "gate")
			host := newAmazon(t, count.next)
			count.next = host
			if err := r.app.desk.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			// What signs the first is asked for once, whether that is Amazon's or not.
			if code := r.hooks.post(host.message(t, `{"message_type":"First"}`)); code != http.StatusOK {
				t.Fatalf("answered %d: %v", code, r.term.err)
			}
			return r, count
		},
		away: tells(`{"message_type":"GatewayEvent","message_data":"{\"id\":1}"}`), older: tells("older"), newer: tells("newer"),
		forged: func(t *testing.T, d, other delivery) map[string]delivery {
			t.Helper()
			var m, o map[string]string
			if err := json.Unmarshal(d.body, &m); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(other.body, &o); err != nil {
				t.Fatal(err)
			}
			as := func(name, value string) delivery {
				forged := maps.Clone(m)
				forged[name] = value
				return messageOf(t, forged)
			}
			stranger := newAmazon(t, nil)
			return map[string]delivery{
				"unsigned":                    as("Signature", ""),
				"with what another came with": as("Signature", o["Signature"]),
				"by another version":          as("SignatureVersion", "1"),
				"as another message":          as("MessageId", "m-1000"),
				"with another time":           as("Timestamp", time.Now().Add(time.Second).UTC().Format("2006-01-02T15:04:05.000Z")),
				"of another topic":            as("TopicArn", gateTopic+"-2"),
				"with a certificate at another host": as("SigningCertURL",
					strings.Replace(gateCert, "amazonaws.com", "amazonaws.com.example.test", 1)),
				"to be confirmed":      as("Type", "SubscriptionConfirmation"),
				"signed by a stranger": stranger.message(t, m["Message"]),
			}
		},
	}
}
