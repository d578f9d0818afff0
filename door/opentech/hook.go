package opentech

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // SNS still signs with it unless the topic says otherwise
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

// Hooks is what it takes to believe the vendor's events, which come through an Amazon SNS topic (vendors/opentech 2.8).
type Hooks struct {
	// Topics are the ARNs of the vendor's topics. Anybody can have a topic that Amazon signs for: a message counts only when it
	// is of one of these. None = no hook is believed.
	Topics []string
	// Client makes the client for Amazon's host, which signs and confirms; its Base is set here, after the host was checked.
	Client wire.Config
}

// hookAge is how old a message may be: SNS goes on delivering for an hour, and what came is remembered for longer.
const hookAge = 2 * time.Hour

// message is an SNS message. It comes as text/plain.
type message struct {
	Type, MessageId, TopicArn, Message, Subject, Timestamp, Token string //nolint:staticcheck // Amazon's names
	SignatureVersion, Signature, SigningCertURL, SubscribeURL     string
}

// Verify implements door.Hooked: the topic is one of ours, the certificate comes from Amazon's own host, the signature fits. A
// subscription is confirmed by a visit to Amazon's host and nowhere else. The events are of what people do at keypads, and change
// nobody's access: they only show that hooks arrive.
func (s *System) Verify(ctx context.Context, _ http.Header, body []byte) (cardea.Hint, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is no SNS message")
	}
	region, ok := regionOf(m.TopicArn)
	if !ok || !slices.Contains(s.c.Hooks.Topics, m.TopicArn) {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is of another topic: set hook_topic to the one of the subscription")
	}
	at, err := time.Parse(time.RFC3339, m.Timestamp)
	if err != nil || s.c.Now().Sub(at).Abs() > hookAge {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is of %q, more than %s from now", m.Timestamp, hookAge)
	}
	signed, ok := m.signed()
	sum, err := base64.StdEncoding.DecodeString(m.Signature)
	if !ok || err != nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is not signed as SNS messages are")
	}
	key, err := s.signer(ctx, m.SigningCertURL, region)
	if err != nil {
		return cardea.Hint{}, err
	}
	if !m.fits(key, signed, sum) {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook's signature is wrong")
	}
	if m.Type == typeSubscribe {
		return cardea.Hint{Event: m.MessageId}, s.confirm(ctx, m, region)
	}
	return cardea.Hint{Event: m.MessageId}, nil
}

// The types of SNS messages.
const (
	typeNotify      = "Notification"
	typeSubscribe   = "SubscriptionConfirmation"
	typeUnsubscribe = "UnsubscribeConfirmation"
)

// signed is the text that a signature is over: names and values, a line each, in Amazon's order.
func (m message) signed() (string, bool) {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(name + "\n" + value + "\n") }
	line("Message", m.Message)
	line("MessageId", m.MessageId)
	switch m.Type {
	case typeNotify:
		if m.Subject != "" {
			line("Subject", m.Subject)
		}
	case typeSubscribe, typeUnsubscribe:
		line("SubscribeURL", m.SubscribeURL)
	default:
		return "", false
	}
	line("Timestamp", m.Timestamp)
	if m.Type != typeNotify {
		line("Token", m.Token)
	}
	line("TopicArn", m.TopicArn)
	line("Type", m.Type)
	return b.String(), m.MessageId != ""
}

// fits checks the signature of either version.
func (m message) fits(key *rsa.PublicKey, text string, sum []byte) bool {
	switch m.SignatureVersion {
	case "1":
		digest := sha1.Sum([]byte(text)) //nolint:gosec // see the import
		return rsa.VerifyPKCS1v15(key, crypto.SHA1, digest[:], sum) == nil
	case "2":
		digest := sha256.Sum256([]byte(text))
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], sum) == nil
	}
	return false
}

var (
	arn  = regexp.MustCompile(`^arn:aws(?:-cn|-us-gov)?:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_.-]{1,256}$`)
	cert = regexp.MustCompile(`^/SimpleNotificationService-[0-9a-f]{32,64}\.pem$`)
)

// regionOf is the region in a topic's ARN.
func regionOf(topic string) (string, bool) {
	m := arn.FindStringSubmatch(topic)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// amazon returns the address when it is one of SNS in a region, over TLS, on the usual port and without credentials. Everything
// else is never asked, whatever a message says.
func amazon(address, region string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return nil, false
	}
	host := "sns." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		host += ".cn"
	}
	return u, u.Host == host
}

// maxCertificates bounds what is remembered: Amazon has a handful.
const maxCertificates = 16

// signer returns the public key behind a certificate's address. It is fetched once.
func (s *System) signer(ctx context.Context, address, region string) (*rsa.PublicKey, error) {
	u, ok := amazon(address, region)
	if !ok || !cert.MatchString(u.Path) || u.RawQuery != "" || u.RawPath != "" {
		return nil, cardea.Errorf(cardea.Auth, "the hook's certificate is not at Amazon's own address")
	}
	s.mu.Lock()
	c := s.certificates[address]
	s.mu.Unlock()
	if c == nil {
		answer, err := s.ask(ctx, u, nil)
		if err != nil {
			return nil, err
		}
		block, _ := pem.Decode(answer)
		if block == nil {
			return nil, cardea.Errorf(cardea.Retry, "Amazon's certificate cannot be read")
		}
		if c, err = x509.ParseCertificate(block.Bytes); err != nil {
			return nil, cardea.Errorf(cardea.Retry, "Amazon's certificate cannot be read: %w", err)
		}
		s.mu.Lock()
		if s.certificates == nil || len(s.certificates) >= maxCertificates {
			s.certificates = map[string]*x509.Certificate{}
		}
		s.certificates[address] = c
		s.mu.Unlock()
	}
	key, isRSA := c.PublicKey.(*rsa.PublicKey)
	if now := s.c.Now(); !isRSA || now.Before(c.NotBefore) || now.After(c.NotAfter) {
		return nil, cardea.Errorf(cardea.Auth, "the hook's certificate is not valid now")
	}
	return key, nil
}

// confirm visits the address that a signed message gives for it: Amazon's, for the very topic and token that were signed.
func (s *System) confirm(ctx context.Context, m message, region string) error {
	u, ok := amazon(m.SubscribeURL, region)
	if !ok || u.Path != "/" && u.Path != "" {
		return cardea.Errorf(cardea.Auth, "the subscription is not confirmed at Amazon's own address")
	}
	q := u.Query()
	if q.Get("Action") != "ConfirmSubscription" || q.Get("TopicArn") != m.TopicArn || q.Get("Token") != m.Token || m.Token == "" {
		return cardea.Errorf(cardea.Auth, "the subscription's address is not of this message")
	}
	u.Path = "/"
	_, err := s.ask(ctx, u, url.Values{"Action": {"ConfirmSubscription"}, "TopicArn": {m.TopicArn}, "Token": {m.Token}})
	return err
}

// ask sends one GET to an address that was checked. Nothing of the connection goes with it, and no redirect is followed.
func (s *System) ask(ctx context.Context, u *url.URL, query url.Values) ([]byte, error) {
	settings := s.c.Hooks.Client
	settings.Base, settings.Retries, settings.ReadOnly, settings.Timeout = "https://"+u.Host, -1, true, 5*time.Second
	settings.Auth, settings.Header, settings.Classify, settings.Budget = nil, nil, nil, nil
	client, err := wire.New(settings)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(ctx, wire.Call{Class: wire.Read, Method: http.MethodGet, Path: u.Path, Query: query})
	if err != nil {
		return nil, cardea.Errorf(cardea.Retry, "Amazon did not answer: %w", err)
	}
	return answer.Body, nil
}
