package desk

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/store"
)

// HookSecrets are the names under which the secrets of webhooks are kept that were registered from here: the one in use, the one
// before it, with which hooks may be signed that were under way, and one that is being registered.
func HookSecrets() []string { return []string{secretNow, secretBefore, secretNext} }

const (
	secretNow    = "hook"
	secretBefore = "hook-before"
	secretNext   = "hook-next"
)

// HookStanding is how the hooks of a connection stand.
type HookStanding struct {
	Connection string `json:"connection"`
	System     string `json:"system"`
	// Can says that the vendor's API registers hooks; otherwise a person does, with Steps.
	Can       bool           `json:"can"`
	Hooked    bool           `json:"hooked"` // the connector understands hooks
	Installed bool           `json:"installed"`
	On        bool           `json:"on"`
	Why       string         `json:"why,omitempty"`
	Mended    string         `json:"mended,omitempty"` // why they were off until they were switched on just now
	URL       string         `json:"url,omitempty"`
	Last      cardea.Instant `json:"last,omitempty"` // the last hook that was believed
	Taken     int            `json:"taken"`
	Missed    int            `json:"missed"`
	Silent    bool           `json:"silent"`
	Steps     string         `json:"steps,omitempty"`
}

// Fine says that hooks arrive as far as anybody can tell.
func (h HookStanding) Fine() bool {
	return h.Hooked && !h.Silent && (!h.Can || h.Installed && h.On && h.Why == "")
}

// InstallHooks registers the address of a connection's hooks at the vendor, or says what a person has to do there. Base is the
// public address of this Cardea. Errors: NotFound, Rejected for an address that no vendor can reach.
func (d *Desk) InstallHooks(ctx context.Context, connection, base, who string) (HookStanding, error) {
	address, err := d.hookAddress(connection, base)
	if err != nil {
		return HookStanding{}, err
	}
	if err := d.meet(ctx, connection); err != nil {
		return HookStanding{}, err
	}
	var state cardea.HookState
	switch s := d.system(connection).(type) {
	case space.Hooks:
		state, err = s.Install(ctx, address)
	case door.Hooks:
		raw := make([]byte, 32)
		if _, err := rand.Read(raw); err != nil {
			return HookStanding{}, cardea.Errorf(cardea.Retry, "no randomness for a secret: %w", err)
		}
		secret := hex.EncodeToString(raw)
		// Kept before it is used: a hook that comes in at once is believed.
		if err := d.ws.PutSecret(ctx, connection, secretNext, []byte(secret)); err != nil {
			return HookStanding{}, err
		}
		if state, err = s.Install(ctx, address, secret); state.Secret == "" {
			state.Secret = secret
		}
	default:
		standing, err := d.HookStanding(ctx, connection)
		standing.URL = address
		return standing, err
	}
	if err != nil {
		return HookStanding{}, err
	}
	if state.Secret != "" {
		if err := d.keepHookSecret(ctx, connection, state.Secret); err != nil {
			return HookStanding{}, err
		}
	}
	if err := d.ws.SaveHook(ctx, connection, address, state.Ref, d.now(), who); err != nil {
		return HookStanding{}, err
	}
	if err := d.ws.SaveIssues(ctx, "hooks:"+connection, nil, d.now()); err != nil {
		return HookStanding{}, err
	}
	return d.HookStanding(ctx, connection)
}

// keepHookSecret keeps a secret, and the one before it.
func (d *Desk) keepHookSecret(ctx context.Context, connection, secret string) error {
	before, err := d.ws.Secret(ctx, connection, secretNow)
	switch {
	// One that was sealed with a key that is lost cannot be carried on: nothing else would ever let another take its place.
	case cardea.ClassOf(err) == cardea.NotFound, cardea.ClassOf(err) == cardea.Auth:
	case err != nil:
		return err
	case string(before) == secret:
		return nil
	default:
		if err := d.ws.PutSecret(ctx, connection, secretBefore, before); err != nil {
			return err
		}
	}
	return d.ws.PutSecret(ctx, connection, secretNow, []byte(secret))
}

// RemoveHooks takes back what InstallHooks registered.
func (d *Desk) RemoveHooks(ctx context.Context, connection, who string) (HookStanding, error) {
	if !d.Hooked(connection) {
		return HookStanding{}, d.noHooks(connection)
	}
	if err := d.meet(ctx, connection); err != nil {
		return HookStanding{}, err
	}
	if s, can := d.system(connection).(interface {
		Uninstall(ctx context.Context) error
	}); can {
		if err := s.Uninstall(ctx); err != nil {
			return HookStanding{}, err
		}
	}
	if err := d.ws.SaveHook(ctx, connection, "", "", 0, who); err != nil {
		return HookStanding{}, err
	}
	if err := d.ws.SaveIssues(ctx, "hooks:"+connection, nil, d.now()); err != nil {
		return HookStanding{}, err
	}
	return d.HookStanding(ctx, connection)
}

// HookStanding asks the vendor how the hooks of a connection are registered, and says what came of them.
func (d *Desk) HookStanding(ctx context.Context, connection string) (HookStanding, error) {
	if !d.Hooked(connection) {
		return HookStanding{}, d.noHooks(connection)
	}
	row, _ := d.row(connection)
	out := HookStanding{Connection: connection, System: row.System, Hooked: true}
	known, err := d.ws.Hooks(ctx)
	if err != nil {
		return out, err
	}
	h := known[connection]
	out.Last, out.Taken, out.Missed, out.URL = h.Last, h.Taken, h.Missed, h.URL
	out.Silent = h.Missed >= silentAfter
	s, can := d.system(connection).(interface {
		Installed(ctx context.Context) (cardea.HookState, error)
	})
	if out.Can = can; !can {
		out.Steps = steps[row.System]
		return out, nil
	}
	state, err := s.Installed(ctx)
	switch {
	case cardea.ClassOf(err) == cardea.NotFound:
		out.Why = "nothing is registered"
	case err != nil:
		return out, err
	default:
		out.Installed, out.On, out.Why, out.URL = true, state.On, state.Why, state.URL
		if h.URL != "" && h.URL != state.URL {
			out.Why = "it is registered for another address than was installed from here"
		}
	}
	return out, nil
}

// CheckHooks says how the hooks of a connection stand, and has a space system that switched them off switch them on again where they
// were installed from here: Nexudus does so after a few failures, and forgets nothing of what it did not send meanwhile.
func (d *Desk) CheckHooks(ctx context.Context, connection, who string) (HookStanding, error) {
	standing, err := d.HookStanding(ctx, connection)
	if err != nil || !standing.Installed || standing.On {
		return standing, err
	}
	known, err := d.ws.Hooks(ctx)
	if err != nil {
		return standing, err
	}
	if _, can := d.system(connection).(space.Hooks); !can || known[connection].URL != standing.URL {
		return standing, nil
	}
	off := standing.Why
	if standing, err = d.InstallHooks(ctx, connection, standing.URL, who); err != nil { // it knows an address that is whole
		return standing, err
	}
	standing.Mended = off
	return standing, nil
}

// steps say what a person does where no API does it.
var steps = map[string]string{
	"kinnovis": "Have this address registered at Kinnovis, and put the secret with which it signs into the file as webhook_secret.",
	"opentech": "Ask OpenTech support for an event subscription (Amazon SNS, HTTPS) to this address, and put the ARN of its topic into the " +
		"file as hook_topic. The subscription is confirmed by itself when the first message comes.",
}

// meet keeps a connection, and asks it whose it is where its API registers hooks. Others are not asked: that one of them does not
// answer is no matter here.
func (d *Desk) meet(ctx context.Context, connection string) error {
	rows, err := d.ws.Connections(ctx)
	if err != nil {
		return err
	}
	var known store.Connection
	if i := slices.IndexFunc(rows, func(c store.Connection) bool { return c.Name == connection }); i >= 0 {
		known = rows[i]
	}
	bad, err := d.keepConnection(ctx, connection, known)
	if bad != nil || err != nil {
		return errors.Join(bad, err)
	}
	if _, can := d.system(connection).(interface {
		Installed(ctx context.Context) (cardea.HookState, error)
	}); !can {
		return nil
	}
	row, describe := d.row(connection)
	bad, err = d.connect(ctx, known.Organisation, row, describe)
	if err == nil {
		d.gate.put(connection, bad)
	}
	return errors.Join(bad, err)
}

// system is the system behind a connection.
func (d *Desk) system(name string) any {
	if s, ok := d.c.Spaces[name]; ok {
		return s.Space
	}
	return d.c.Doors[name].Door
}

func (d *Desk) noHooks(connection string) error {
	if d.system(connection) == nil {
		all, err := d.toCheck(nil)
		if err != nil {
			return err
		}
		return cardea.Errorf(cardea.NotFound, "there is no connection %q%s", connection, Nearest(connection, all))
	}
	return cardea.Errorf(cardea.Rejected, "connection %s: its system announces nothing; changes are found by the interval", connection)
}

// hookAddress is where the vendor is to send a connection's hooks.
func (d *Desk) hookAddress(connection, base string) (string, error) {
	if !d.Hooked(connection) {
		return "", d.noHooks(connection)
	}
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(base), "/"))
	switch {
	case base == "":
		return "", cardea.Errorf(cardea.Rejected, "say at which public address this Cardea takes hooks: --url https://cardea.example.com")
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", cardea.Errorf(cardea.Rejected, "--url %q: want https://, a host, and nothing but a path behind it", base)
	}
	tail := "/hooks/" + url.PathEscape(connection)
	if strings.HasSuffix(u.Path, tail) {
		return u.String(), nil
	}
	return u.String() + strings.TrimSuffix(tail, "/"), nil
}
