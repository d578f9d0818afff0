package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Consent is how somebody consents to a connection at the vendor.
type Consent interface {
	// Address is where the person goes; the vendor hands the state back.
	Address(state string) string
	// Exchange turns the code that comes back into tokens and keeps them. Errors: Auth when it is refused.
	Exchange(ctx context.Context, code string) error
}

// proven are consents with a proof key: whoever brings the code must be the one who asked for it. The verifier is kept with the
// consent that is under way, and goes to the vendor with the code alone.
type proven interface {
	AddressProving(state, verifier string) string
	ExchangeProven(ctx context.Context, code, verifier string) error
}

const (
	consentName = "consent" // the secret under which a consent that is under way is kept
	consentFor  = 15 * time.Minute
)

// consenting is a consent that is under way: what came back must bear its state, and does so once.
type consenting struct {
	Sum   string         `json:"sum"` // of the state; "" = it was used
	Until cardea.Instant `json:"until"`
	Proof string         `json:"proof,omitempty"` // the verifier, for consents with a proof key
}

func (d *Desk) consent(connection string) (Consent, error) {
	c, ok := d.c.Doors[connection]
	switch {
	case d.system(connection) == nil:
		return nil, d.noHooks(connection)
	case !ok || c.Consent == nil:
		return nil, cardea.Errorf(cardea.Rejected, "connection %s needs no consent: its credentials stand in the file", connection)
	}
	return c.Consent, nil
}

// BeginConsent returns the address where somebody consents to a connection, within a quarter of an hour. Errors: NotFound, Rejected
// for a connection that rests on no consent.
func (d *Desk) BeginConsent(ctx context.Context, connection, who string) (string, error) {
	c, err := d.consent(connection)
	if err != nil {
		return "", err
	}
	raw := make([]byte, 24+32)
	if _, err := rand.Read(raw); err != nil {
		return "", cardea.Errorf(cardea.Retry, "no randomness: %w", err)
	}
	state := hex.EncodeToString(raw[:24])
	under := consenting{Sum: sumOf(state), Until: d.now().Add(consentFor)}
	var address string
	if p, ok := c.(proven); ok {
		under.Proof = hex.EncodeToString(raw[24:]) // 64 of the 43 to 128 characters of RFC 7636 4.1
		address = p.AddressProving(state, under.Proof)
	} else {
		address = c.Address(state)
	}
	if err := d.keepConsent(ctx, connection, under); err != nil {
		return "", err
	}
	return address, d.ws.Note(ctx, d.now(), who, "consent begun", map[string]string{"connection": connection})
}

// ReturnConsent takes what the vendor sent a browser back with. Errors: Auth when no such consent is under way, or the code is
// refused.
func (d *Desk) ReturnConsent(ctx context.Context, connection, code, state, who string) error {
	c, err := d.consent(connection)
	if err != nil {
		return err
	}
	under, err := d.underWay(ctx, connection)
	if err != nil {
		return err
	}
	if under.Sum == "" || d.now() > under.Until || subtle.ConstantTimeCompare([]byte(under.Sum), []byte(sumOf(state))) != 1 {
		return cardea.Errorf(cardea.Auth, "no such consent is under way: begin again with cardea connect %s", connection)
	}
	// Used up first: a code that was seen twice is nobody's.
	if err := d.keepConsent(ctx, connection, consenting{}); err != nil {
		return err
	}
	return d.exchange(ctx, c, connection, code, under.Proof, who)
}

// underWay is the consent that was begun last; the zero one when there is none.
func (d *Desk) underWay(ctx context.Context, connection string) (consenting, error) {
	var under consenting
	kept, err := d.ws.Secret(ctx, connection, consentName)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		return under, nil
	case err != nil:
		return under, err
	case json.Unmarshal(kept, &under) != nil:
		under = consenting{}
	}
	return under, nil
}

// FinishConsent takes a code from a person, or the whole address to which the vendor sent the browser; its state, if any, must be
// that of the consent under way. Errors: as ReturnConsent.
func (d *Desk) FinishConsent(ctx context.Context, connection, text, who string) error {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err == nil && u.IsAbs() && u.Query().Has("error") {
		return cardea.Errorf(cardea.Auth, "the vendor says that nobody consented")
	}
	if err == nil && u.IsAbs() && u.Query().Has("code") {
		return d.ReturnConsent(ctx, connection, u.Query().Get("code"), u.Query().Get("state"), who)
	}
	c, err := d.consent(connection)
	if err != nil {
		return err
	}
	proof := ""
	if _, ok := c.(proven); ok {
		under, err := d.underWay(ctx, connection)
		if err != nil {
			return err
		}
		proof = under.Proof
		if under.Sum == "" || d.now() > under.Until {
			return cardea.Errorf(cardea.Auth, "no such consent is under way: begin again with cardea connect %s", connection)
		}
		if text != "" {
			if err := d.keepConsent(ctx, connection, consenting{}); err != nil {
				return err
			}
		}
	}
	return d.exchange(ctx, c, connection, text, proof, who)
}

func (d *Desk) exchange(ctx context.Context, c Consent, connection, code, proof, who string) error {
	if code == "" {
		return cardea.Errorf(cardea.Rejected, "there is no code in that")
	}
	var err error
	if p, ok := c.(proven); ok {
		err = p.ExchangeProven(ctx, code, proof)
	} else {
		err = c.Exchange(ctx, code)
	}
	if err != nil {
		return err
	}
	return d.ws.Note(ctx, d.now(), who, "consented", map[string]string{"connection": connection})
}

func (d *Desk) keepConsent(ctx context.Context, connection string, c consenting) error {
	body, err := json.Marshal(c)
	if err != nil {
		return cardea.Errorf(cardea.Rejected, "a consent cannot be written: %w", err)
	}
	return d.ws.PutSecret(ctx, connection, consentName, body)
}

func sumOf(state string) string {
	sum := sha256.Sum256([]byte(state))
	return hex.EncodeToString(sum[:])
}
