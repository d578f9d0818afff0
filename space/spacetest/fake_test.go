package spacetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/space"
)

var fakeKinds = []cardea.Kind{cardea.KindPerson, cardea.KindTeam, cardea.KindAgreement}

// fake is a space system, honest but for its lie.
type fake struct {
	v        *vendor
	rt       http.RoundTripper
	key      string
	lie      string
	readOnly bool
	said     *bytes.Buffer

	mu    sync.Mutex
	token string
	next  time.Time
	asked int
}

var _ space.Hooked = (*fake)(nil)

// hidden is a decorator, which hides what is behind it.
type hidden struct{ space.System }

func sign(body []byte) string {
	sum := sha256.Sum256(append([]byte("salt"), body...))
	return hex.EncodeToString(sum[:])
}

func (f *fake) Collections() []cardea.Kind {
	if f.lie == "forgets a kind" {
		return fakeKinds[1:]
	}
	return fakeKinds
}

func (f *fake) Announces() []cardea.Kind { return nil }

func (f *fake) Verify(_ context.Context, h http.Header, body []byte) (cardea.Hint, error) {
	signed := h.Get("Signed") == sign(body) || f.lie == "believes anybody" ||
		f.lie == "believes the unsigned" && h.Get("Signed") == ""
	k, ok := cardea.ParseKey(string(body))
	if !signed || !ok && f.lie != "believes anybody" {
		return cardea.Hint{}, cardea.Errorf(cardea.Auth, "the hook is not the vendor's")
	}
	return cardea.Hint{Keys: []cardea.Key{k}}, nil
}

func (f *fake) Describe(ctx context.Context) (cardea.Organisation, error) {
	f.mu.Lock()
	f.asked++
	asked := f.asked
	f.mu.Unlock()
	o := cardea.Organisation{ID: "fake-1", Name: "Fake", Who: "me"}
	if f.lie == "moody" && asked > 1 {
		o.Name = "Another"
	}
	if f.lie == "unpinned" {
		o.ID = "fake"
	}
	_, err := f.send(ctx, ".false", f.lie == "writes", &exchange{does: func() int { return 200 }})
	return o, err
}

func (f *fake) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if f.readOnly && f.lie == "sulks" {
		return cardea.Errorf(cardea.Rejected, "read-only")
	}
	switch {
	case len(want.Keys) > 0:
		return f.readKeys(ctx, want.Keys, into)
	case len(want.People) > 0:
		keys := []cardea.Key{want.People[0], {Kind: cardea.KindTeam, ID: "t0"}, {Kind: cardea.KindAgreement, ID: "h0"}}
		if f.lie == "narrow" {
			keys = keys[:1]
		}
		return f.readKeys(ctx, keys, into)
	}
	var auth error
	for _, k := range fakeKinds {
		if !want.Wants(k) && f.lie != "talkative" {
			continue
		}
		p := into.Open(k)
		err := f.list(ctx, p)
		switch {
		case err == nil:
			p.Close()
		case f.lie == "overclaims":
			p.Add(nil, cardea.Mark{Ended: true})
			p.Count(len(p.Records()))
			p.Close()
		default:
			p.Fail(err)
			if f.lie == "drags" {
				return err
			}
		}
		if cardea.ClassOf(err) == cardea.Auth && f.lie != "quiet" {
			auth = err
		}
	}
	return auth
}

func (f *fake) list(ctx context.Context, p *cardea.Pages) error {
	seen := map[cardea.Key]bool{}
	for at := 0; ; {
		x := &exchange{listed: true}
		x.does = func() int {
			all := f.v.rows(p.Kind())
			x.total = len(all)
			x.rows = slices.Clone(all[min(at, len(all)):min(at+fakePage, len(all))])
			return 200
		}
		if _, err := f.send(ctx, string(p.Kind())+".false", false, x); err != nil {
			return err
		}
		rows := x.rows
		m := cardea.Mark{Total: x.total, Counted: true, More: at+fakePage < x.total}
		m.Short = len(rows) != min(fakePage, max(0, x.total-at)) || (at > 0 && x.total < at)
		m.Ended = !m.More
		switch f.lie {
		case "drops":
			if at > 0 {
				rows, m.Counted, m.Short = rows[1:], false, false
			}
		case "stops":
			m.More, m.Counted, m.Ended = false, false, true
		case "repeats":
			if at > 0 {
				rows = append(p.Records()[:1:1], rows...)
			}
		case "trusts":
			m.Counted, m.Short, m.More = false, false, m.More && len(rows) > 0
			m.Ended = !m.More
		case "infers":
			if x.total == 0 {
				p.Missing(cardea.Key{Kind: p.Kind(), ID: "p0"})
			}
		case "restless":
			f.asked++
			for i, r := range rows {
				if a, ok := r.(cardea.Person); ok {
					a.Name += strings.Repeat("!", f.asked)
					rows[i] = a
				}
			}
		}
		for _, r := range rows {
			m.Short = m.Short || seen[r.Key()] && f.lie != "repeats"
			seen[r.Key()] = true
		}
		p.Add(rows, m)
		if !m.More {
			return nil
		}
		at += fakePage
	}
}

func (f *fake) readKeys(ctx context.Context, keys []cardea.Key, into *cardea.Intake) error {
	for _, k := range keys {
		p := into.Open(k.Kind)
		x := &exchange{}
		x.does = func() int {
			x.rows = nil
			for _, r := range f.v.rows(k.Kind) {
				if r.Key() == k {
					x.rows = []cardea.Record{r}
				}
			}
			return 200
		}
		_, err := f.send(ctx, string(k.Kind)+".true", false, x)
		switch {
		case err != nil && f.lie == "despairs":
			p.Missing(k)
			p.Close()
			continue
		case err != nil && f.lie == "says nothing":
			p.Close()
			continue
		case err != nil:
			p.Fail(err)
			continue
		case len(x.rows) == 0 && f.lie != "shrugs":
			p.Missing(k)
		case f.lie == "garbles" && k.Kind == cardea.KindPerson:
			a, ok := x.rows[0].(cardea.Person)
			if !ok {
				return errors.New("no person")
			}
			a.Team = ""
			x.rows[0] = a
		}
		p.Add(x.rows, cardea.Mark{Ended: true})
		p.Close()
	}
	return nil
}
