package doortest

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

// fake is a door system with every ability, honest but for its lie.
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

// hidden is a decorator, which hides what is behind it.
type hidden struct{ door.System }

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
	_, err := f.send(ctx, OnDescribe, false, &exchange{does: func() int { return 200 }})
	return o, err
}

func (f *fake) Limits() cardea.Limits {
	return cardea.Limits{Batch: 3, Timed: f.lie != "modest", WindowsPerEdge: 1, NeedsEmail: true,
		Profile: []string{cardea.FieldFirst, cardea.FieldLast, cardea.FieldEmail, cardea.FieldPhone}}
}

func (f *fake) Read(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	if len(want.Keys) > 0 {
		return f.readKeys(ctx, want, into)
	}
	auth, any := error(nil), false
	for _, k := range kinds {
		if !want.Wants(k) {
			continue
		}
		err := f.list(ctx, want, into.Open(k))
		switch {
		case err == nil:
			into.Open(k).Close()
		case f.lie == "overclaims":
			into.Open(k).Add(nil, cardea.Mark{Ended: true})
			into.Open(k).Count(len(into.Open(k).Records()))
			into.Open(k).Close()
		default:
			into.Open(k).Fail(err)
			if f.lie == "drags" {
				return err
			}
		}
		if cardea.ClassOf(err) == cardea.Auth && f.lie != "quiet" {
			auth = err
		} else {
			any = true
		}
	}
	if any {
		return nil
	}
	return auth
}

// rows lists what the vendor has of a kind within the scope.
func (f *fake) rows(k cardea.Kind, want cardea.Scope) []cardea.Record {
	var out []cardea.Record
	switch k {
	case cardea.KindGroup:
		for _, g := range f.v.groups {
			if g.Unit != "" && slices.ContainsFunc(f.v.edges, func(e cardea.Edge) bool { return e.Group == g.ID }) {
				g.Unit = cardea.UnitRented
			}
			out = append(out, g)
		}
	case cardea.KindAccount:
		for _, a := range f.v.accounts {
			out = append(out, a)
		}
	case cardea.KindEdge:
		for _, e := range f.v.edges {
			if (len(want.Groups) == 0 || slices.Contains(want.Groups, e.Group)) &&
				(len(want.Accounts) == 0 || slices.Contains(want.Accounts, e.Account) || f.lie == "near-sighted") {
				out = append(out, e)
			}
		}
	}
	return out
}

func (f *fake) list(ctx context.Context, want cardea.Scope, p *cardea.Pages) error {
	seen := map[cardea.Key]bool{}
	for at := 0; ; {
		x := &exchange{listed: true}
		x.does = func() int {
			all := f.rows(p.Kind(), want)
			x.total = len(all)
			x.rows = all[min(at, len(all)):min(at+fakePage, len(all))]
			return 200
		}
		if _, err := f.send(ctx, listingOf[p.Kind()], false, x); err != nil {
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
			m.More = m.More && len(rows) > fakePage
			m.Counted, m.Ended = false, true
		case "repeats":
			if at > 0 {
				rows = append(p.Records()[:1:1], rows...)
			}
		case "trusts":
			m.Counted, m.Short, m.More = false, false, m.More && len(rows) > 0
			m.Ended = !m.More
		case "infers":
			if x.total == 0 {
				p.Missing(cardea.Key{Kind: p.Kind(), ID: "a0"})
			}
		case "restless":
			f.asked++
			for i, r := range rows {
				if a, ok := r.(cardea.Account); ok {
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

func (f *fake) readKeys(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	for _, k := range want.Keys {
		p := into.Open(k.Kind)
		x := &exchange{}
		x.does = func() int {
			for _, r := range f.rows(k.Kind, cardea.Scope{}) {
				if r.Key() == k {
					x.rows = []cardea.Record{r}
				}
			}
			return 200
		}
		if _, err := f.send(ctx, "key", false, x); err != nil {
			return err
		}
		if len(x.rows) == 0 && f.lie != "shrugs" {
			p.Missing(k)
		}
		p.Add(x.rows, cardea.Mark{Ended: true})
		p.Close()
	}
	return nil
}

func (f *fake) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	var out []cardea.Account
	_, err := f.send(ctx, "find", false, &exchange{does: func() int {
		out = nil
		for _, a := range f.v.accounts {
			if p.Person != "" && a.External == string(p.Person) || strings.EqualFold(a.Email, p.Email) ||
				f.lie == "generous" && strings.Contains(a.Email, p.Email) {
				out = append(out, a)
			}
		}
		return 200
	}})
	if f.lie == "blind" {
		return nil, err
	}
	return out, err
}

func (f *fake) Create(ctx context.Context, p cardea.NewAccount) (cardea.Account, error) {
	if p.Email == "" && f.lie != "careless of addresses" {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected, "no e-mail")
	}
	a := cardea.Account{Name: p.Name, Email: p.Email, External: string(p.Person)}
	_, err := f.send(ctx, OnCreate, true, &exchange{does: func() int {
		if f.lie != "second accounts" && f.lie != "resends" &&
			slices.ContainsFunc(f.v.accounts, func(o cardea.Account) bool { return o.Email == p.Email }) {
			return 409
		}
		a.ID = cardea.AccountID(f.v.id())
		f.v.accounts = append(f.v.accounts, a)
		return 201
	}})
	if err != nil {
		return cardea.Account{}, err
	}
	return a, nil
}

func (f *fake) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	refs, errs := make([]string, len(es)), make([]error, len(es))
	for i, e := range es {
		if f.lie == "claims" {
			refs[i] = "e"
			continue
		}
		_, errs[i] = f.send(ctx, OnGrant, true, &exchange{does: func() int {
			if f.v.group(e.Group) < 0 {
				return 404
			}
			if at := f.v.has(e); at >= 0 && f.lie != "doubles" {
				refs[i] = f.v.edges[at].Ref
				return 200
			}
			e.Ref, e.Mails, e.Who, e.Attributes = f.v.id(), "", nil, cardea.Attributes{Profile: "plain", TimeGroup: "always"}
			if f.lie == "deaf to windows" {
				e.Window = cardea.Forever
			}
			f.v.edges = append(f.v.edges, e)
			refs[i] = e.Ref
			return 201
		}})
		if f.lie == "misnames" {
			refs[i] = "another"
		}
	}
	if f.lie == "shifts" {
		slices.Reverse(errs[:len(errs)-1])
	}
	return refs, errs
}

func (f *fake) Revoke(ctx context.Context, es []cardea.Edge) []error {
	errs := make([]error, len(es))
	for i, e := range es {
		if e.Foreign != "" && f.lie != "grasping" {
			errs[i] = cardea.Errorf(cardea.Rejected, "not ours")
			continue
		}
		if f.lie == "keeps" {
			continue
		}
		_, errs[i] = f.send(ctx, OnRevoke, true, &exchange{does: func() int {
			at := f.v.has(e)
			if at < 0 {
				return 404
			}
			f.v.edges = slices.Delete(f.v.edges, at, at+1)
			if f.lie == "sweeps" && len(f.v.edges) > 0 {
				f.v.edges = f.v.edges[1:]
			}
			return 204
		}})
		if cardea.ClassOf(errs[i]) == cardea.NotFound && f.lie != "pedantic" {
			errs[i] = nil
		}
	}
	return errs
}
