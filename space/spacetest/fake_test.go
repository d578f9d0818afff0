package spacetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
	"github.com/cardea-access/cardea/wire/readtest/liar"
)

var fakeKinds = []cardea.Kind{cardea.KindPerson, cardea.KindTeam, cardea.KindAgreement}

// fake is a space system, honest but for its lie.
type fake struct {
	*liar.Client

	v *vendor
}

var _ space.Hooked = (*fake)(nil)

// hidden is a decorator, which hides what is behind it.
type hidden struct{ space.System }

func sign(body []byte) string {
	sum := sha256.Sum256(append([]byte("salt"), body...))
	return hex.EncodeToString(sum[:])
}

func (f *fake) Collections() []cardea.Kind {
	if f.Lie == "forgets a kind" {
		return fakeKinds[1:]
	}
	return fakeKinds
}

func (f *fake) Announces() []cardea.Kind { return nil }

func (f *fake) Verify(_ context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	signed := h.Get("Signed") == sign(body) || f.Lie == "believes anybody" ||
		f.Lie == "believes the unsigned" && h.Get("Signed") == ""
	k, ok := cardea.ParseKey(string(body))
	if !signed || !ok && f.Lie != "believes anybody" {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is not the vendor's")
	}
	return cardea.Hint{Keys: []cardea.Key{k}}, nil
}

func (f *fake) Describe(ctx context.Context) (cardea.Organisation, error) {
	return f.Client.Describe(ctx, asked("", false), f.Lie == "writes")
}

func (f *fake) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if f.ReadOnly && f.Lie == "sulks" {
		return cardea.Errorf(cardea.Rejected, "read-only")
	}
	switch {
	case len(want.Keys) > 0:
		return f.readKeys(ctx, want.Keys, into)
	case len(want.People) > 0:
		keys := []cardea.Key{want.People[0], {Kind: cardea.KindTeam, ID: "t0"}, {Kind: cardea.KindAgreement, ID: "h0"}}
		if f.Lie == "narrow" {
			keys = keys[:1]
		}
		return f.readKeys(ctx, keys, into)
	}
	var auth error
	for _, k := range fakeKinds {
		if !want.Wants(k) && f.Lie != "talkative" {
			continue
		}
		p := into.Open(k)
		err := f.List(ctx, asked(k, false), p, func() []cardea.Record { return f.v.rows(k) })
		switch {
		case err == nil:
			p.Close()
		case f.Lie == "overclaims":
			p.Add(nil, cardea.Mark{Ended: true})
			p.Count(len(p.Records()))
			p.Close()
		default:
			p.Fail(err)
			if f.Lie == "drags" {
				return err
			}
		}
		if cardea.ClassOf(err) == cardea.Auth && f.Lie != "quiet" {
			auth = err
		}
	}
	return auth
}

func (f *fake) readKeys(ctx context.Context, keys []cardea.Key, into *cardea.Intake) error {
	for _, k := range keys {
		p := into.Open(k.Kind)
		x := &liar.Exchange{}
		x.Does = func() int {
			x.Rows = nil
			for _, r := range f.v.rows(k.Kind) {
				if r.Key() == k {
					x.Rows = []cardea.Record{r}
				}
			}
			return 200
		}
		_, err := f.Send(ctx, asked(k.Kind, true), false, x)
		switch {
		case err != nil && f.Lie == "despairs":
			p.Missing(k)
			p.Close()
			continue
		case err != nil && f.Lie == "says nothing":
			p.Close()
			continue
		case err != nil:
			p.Fail(err)
			continue
		case len(x.Rows) == 0 && f.Lie != "shrugs":
			p.Missing(k)
		case f.Lie == "garbles" && k.Kind == cardea.KindPerson:
			a, ok := x.Rows[0].(cardea.Person)
			if !ok {
				return errors.New("no person")
			}
			a.Team = ""
			x.Rows[0] = a
		}
		p.Add(x.Rows, cardea.Mark{Ended: true})
		p.Close()
	}
	return nil
}
