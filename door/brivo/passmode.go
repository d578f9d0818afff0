package brivo

import "github.com/cardea-access/cardea"

// PassMode says whether people get a Mobile Pass, and how.
type PassMode string

// The modes. One phone cannot have both apps (vendors/brivo.md 9).
const (
	PassesOff        PassMode = "off"
	PassesBrivoApp   PassMode = "brivo-app"   //nolint:gosec // a mode: Brivo mails the invitation
	PassesBrandedApp PassMode = "branded-app" // nobody mails; the code is handed out by us
)

// PassAfter says what becomes of a redeemed pass that we issued when nothing is granted any more.
type PassAfter string

// What becomes of it.
const (
	PassesKeep   PassAfter = "keep"
	PassesRemove PassAfter = "remove"
)

// passes checks what is configured about passes and fills in what is not.
func (c *Config) passes() error {
	if c.Passes == "" {
		c.Passes = PassesOff
	}
	if c.PassesAfter == "" {
		c.PassesAfter = PassesKeep
	}
	switch {
	case c.Passes != PassesOff && c.Passes != PassesBrivoApp && c.Passes != PassesBrandedApp:
		return cardea.Errorf(cardea.Rejected, "passes: %q is none of off, brivo-app, branded-app", c.Passes)
	case c.PassesAfter != PassesKeep && c.PassesAfter != PassesRemove:
		return cardea.Errorf(cardea.Rejected, "passes_after: %q is none of keep, remove", c.PassesAfter)
	case c.Passes != PassesOff && c.Memory == nil:
		return cardea.Errorf(cardea.Rejected, "passes: invitations are kept encrypted: set CARDEA_KEY; make a key with: openssl rand -hex 32")
	}
	return nil
}
