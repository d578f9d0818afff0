package brivo

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
	"github.com/cardea-access/cardea/wire/object"
)

const (
	// hookName marks the subscription that is ours.
	hookName = "Cardea"
	// hookTail stands before the secret at the end of the address: no signature is documented (vendors/brivo.md 7.3), so that what
	// nobody can guess is the address. By its name it is taken out of every record and error.
	hookTail = "secret="
	// hookAge is how old an event may be; what came is remembered for as long.
	hookAge = 3 * 24 * time.Hour
)

// Verify implements door.Hooked: the address must end in the secret that Install gave it. Events say of which user or group
// something was changed; what happens at the doors changes nobody's access. Errors: Auth, Rejected.
func (s *System) Verify(ctx context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	var secrets []string
	if s.c.HookSecrets != nil {
		var err error
		if secrets, err = s.c.HookSecrets(ctx); err != nil {
			return cardea.Hint{}, err
		}
	}
	if len(secrets) == 0 {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the connection has no hook secret: run hooks install")
	}
	given, marked := strings.CutPrefix(h.Get(cardea.HookPath), hookTail)
	sum, good := sha256.Sum256([]byte(given)), 0
	for _, secret := range secrets {
		want := sha256.Sum256([]byte(secret))
		good |= subtle.ConstantTimeCompare(sum[:], want[:])
	}
	if good != 1 || !marked || given == "" {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook came to another address than was registered: run hooks install again")
	}
	var f object.Fields
	if err := json.Unmarshal(body, &f); err != nil || f == nil {
		return cardea.Hint{}, cardea.Errorf(cardea.Rejected, "the hook's body cannot be read")
	}
	if at, ok := instant(f, "occurred"); ok && at != 0 {
		if age := s.c.Now().Sub(at.Time()); age > hookAge || age < -hookAge {
			return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is of %s", at)
		}
	}
	return hintOf(f), nil
}

// hintOf finds what an event is about (vendors/brivo.md 7.3). Group events, 4001 to 4004, name their group beside the user.
func hintOf(f object.Fields) cardea.Hint {
	h := cardea.Hint{}
	h.Event, _ = f.Loose("uuid")
	what := f.Object("eventObject")
	kind, _ := what.Loose("objectType")
	if kind == "" {
		kind, _ = f.Loose("objectType")
	}
	id, known := what.LooseID("id")
	add := func(k cardea.Kind, id int64) { h.Keys = append(h.Keys, cardea.Key{Kind: k, ID: number(id)}) }
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case "USER":
		if known {
			add(cardea.KindAccount, id)
		}
	case "GROUP", "USER_GROUP", "USERGROUP":
		if known {
			add(cardea.KindGroup, id)
		}
	}
	action, _ := f.Object("securityAction").LooseID("securityActionId")
	if action >= 4001 && action <= 4004 {
		if g, ok := f.Object("eventData").LooseID("userGroupObjectId"); ok && (len(h.Keys) == 0 || h.Keys[0].Kind != cardea.KindGroup) {
			add(cardea.KindGroup, g)
		}
	}
	return h
}

type subscription struct {
	ID         int64       `json:"id,omitempty"`
	Name       string      `json:"name"`
	URL        string      `json:"url"`
	ErrorEmail string      `json:"errorEmail,omitempty"`
	Criteria   []criterion `json:"criteria"`
}

type criterion struct {
	Type      string `json:"criteriaType"`
	Operation string `json:"criteriaOperationType"`
	Value     any    `json:"criteriaValue"`
}

// address is where it is sent, without its secret.
func (u subscription) address() (string, bool) {
	address, _, ok := strings.Cut(u.URL, "/"+hookTail)
	return address, ok
}

func (u subscription) ours() bool {
	_, ok := u.address()
	return ok && u.Name == hookName
}

func (u subscription) state() cardea.HookState {
	st := cardea.HookState{Ref: number(u.ID), On: true}
	st.URL, _ = u.address()
	if len(u.Criteria) != 1 || !strings.EqualFold(u.Criteria[0].Type, "AUDIT") {
		st.Why = "it is not about what is changed in the account"
	}
	return st
}

// Install implements door.Hooks: POST /event-subscriptions, for what is changed in the account (AUDIT = 1; vendors/brivo.md 7.2).
// It is always made anew, with another secret, and the old one is taken away after it: no event falls between.
func (s *System) Install(ctx context.Context, address, secret string) (cardea.HookState, error) {
	before, err := s.subscriptions(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	mail := s.c.ErrorEmail
	if mail == "" {
		var me object.Fields
		if err := s.get(ctx, "/administrators/whoami", &me); err != nil {
			return cardea.HookState{}, err
		}
		mail, _ = me.Loose("email")
	}
	made := subscription{
		Name: hookName, URL: strings.TrimRight(address, "/") + "/" + hookTail + secret, ErrorEmail: mail,
		Criteria: []criterion{{Type: "AUDIT", Operation: "EQ", Value: 1}},
	}
	var out subscription
	if err := s.do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: "/event-subscriptions", Body: made, Out: &out,
	}); err != nil {
		return cardea.HookState{}, err
	}
	for _, old := range before {
		if err := s.unsubscribe(ctx, old.ID); err != nil {
			return cardea.HookState{}, err
		}
	}
	made.ID = out.ID
	st := made.state()
	st.Secret = secret
	return st, nil
}

// Installed implements door.Hooks.
func (s *System) Installed(ctx context.Context) (cardea.HookState, error) {
	all, err := s.subscriptions(ctx)
	if err != nil {
		return cardea.HookState{}, err
	}
	if len(all) == 0 {
		return cardea.HookState{}, cardea.Errorf(cardea.NotFound, "Brivo has no event subscription of ours: run hooks install")
	}
	return all[0].state(), nil
}

// Uninstall implements door.Hooks.
func (s *System) Uninstall(ctx context.Context) error {
	all, err := s.subscriptions(ctx)
	if err != nil {
		return err
	}
	for _, u := range all {
		if err := s.unsubscribe(ctx, u.ID); err != nil {
			return err
		}
	}
	return nil
}

// subscriptions lists those that are ours.
func (s *System) subscriptions(ctx context.Context) ([]subscription, error) {
	var out []subscription
	err := s.whole(ctx, listing{path: "/event-subscriptions"}, func(raw json.RawMessage) *object.Flaw {
		var u subscription
		if json.Unmarshal(raw, &u) == nil && u.ID > 0 && u.ours() {
			out = append(out, u)
		}
		return nil
	})
	return out, err
}

func (s *System) unsubscribe(ctx context.Context, id int64) error {
	err := s.do(ctx, wire.Call{Class: wire.Write, Method: http.MethodDelete, Path: "/event-subscriptions/" + number(id)})
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil
	}
	return err
}
