package doortest

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/readtest/liar"
)

// fake is a door system with every ability, honest but for its lie.
type fake struct {
	*liar.Client

	v *vendor
}

// hidden is a decorator, which hides what is behind it.
type hidden struct{ door.System }

func (f *fake) Describe(ctx context.Context) (cardea.Organisation, error) {
	return f.Client.Describe(ctx, string(OnDescribe), false)
}

// send is one call.
func (f *fake) send(ctx context.Context, on Call, write bool, x *liar.Exchange) error {
	if write && f.ReadOnly && f.Lie != "writes" {
		return cardea.Errorf(cardea.Rejected, "read-only: not sent")
	}
	_, err := f.Send(ctx, string(on), write, x)
	return err
}

func (f *fake) Limits() cardea.Limits {
	return cardea.Limits{Batch: 3, Timed: f.Lie != "modest", WindowsPerEdge: 1, NeedsEmail: true,
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
		err := f.List(ctx, string(listingOf[k]), into.Open(k), func() []cardea.Record { return f.rows(k, want) })
		switch {
		case err == nil:
			into.Open(k).Close()
		case f.Lie == "overclaims":
			into.Open(k).Add(nil, cardea.Mark{Ended: true})
			into.Open(k).Count(len(into.Open(k).Records()))
			into.Open(k).Close()
		default:
			into.Open(k).Fail(err)
			if f.Lie == "drags" {
				return err
			}
		}
		if cardea.ClassOf(err) == cardea.Auth && f.Lie != "quiet" {
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
				(len(want.Accounts) == 0 || slices.Contains(want.Accounts, e.Account) || f.Lie == "near-sighted") {
				out = append(out, e)
			}
		}
	}
	return out
}

func (f *fake) readKeys(ctx context.Context, want cardea.Scope, into *cardea.Intake) error {
	for _, k := range want.Keys {
		p := into.Open(k.Kind)
		x := &liar.Exchange{}
		x.Does = func() int {
			for _, r := range f.rows(k.Kind, cardea.Scope{}) {
				if r.Key() == k {
					x.Rows = []cardea.Record{r}
				}
			}
			return 200
		}
		if err := f.send(ctx, "key", false, x); err != nil {
			return err
		}
		if len(x.Rows) == 0 && f.Lie != "shrugs" {
			p.Missing(k)
		}
		p.Add(x.Rows, cardea.Mark{Ended: true})
		p.Close()
	}
	return nil
}

func (f *fake) Find(ctx context.Context, p cardea.NewAccount) ([]cardea.Account, error) {
	var out []cardea.Account
	err := f.send(ctx, "find", false, &liar.Exchange{Does: func() int {
		out = nil
		for _, a := range f.v.accounts {
			if p.Person != "" && a.External == string(p.Person) || strings.EqualFold(a.Email, p.Email) ||
				f.Lie == "generous" && strings.Contains(a.Email, p.Email) {
				out = append(out, a)
			}
		}
		return 200
	}})
	if f.Lie == "blind" {
		return nil, err
	}
	return out, err
}

func (f *fake) Create(ctx context.Context, p cardea.NewAccount) (cardea.Account, error) {
	if p.Email == "" && f.Lie != "careless of addresses" {
		return cardea.Account{}, cardea.Errorf(cardea.Rejected, "no e-mail")
	}
	a := cardea.Account{Name: p.Name, Email: p.Email, External: string(p.Person)}
	err := f.send(ctx, OnCreate, true, &liar.Exchange{Does: func() int {
		if f.Lie != "second accounts" && f.Lie != "resends" &&
			slices.ContainsFunc(f.v.accounts, func(o cardea.Account) bool { return o.Email == p.Email }) {
			return 409
		}
		a.ID = cardea.AccountID(f.v.ID())
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
		if f.Lie == "claims" {
			refs[i] = "e"
			continue
		}
		errs[i] = f.send(ctx, OnGrant, true, &liar.Exchange{Does: func() int {
			if f.v.group(e.Group) < 0 {
				return 404
			}
			if at := f.v.has(e); at >= 0 && f.Lie != "doubles" {
				refs[i] = f.v.edges[at].Ref
				return 200
			}
			e.Ref, e.Mails, e.Who, e.Attributes = f.v.ID(), "", nil, cardea.Attributes{Profile: "plain", TimeGroup: "always"}
			if f.Lie == "deaf to windows" {
				e.Window = cardea.Forever
			}
			f.v.edges = append(f.v.edges, e)
			refs[i] = e.Ref
			return 201
		}})
		if f.Lie == "misnames" {
			refs[i] = "another"
		}
	}
	if f.Lie == "shifts" {
		slices.Reverse(errs[:len(errs)-1])
	}
	return refs, errs
}

func (f *fake) Revoke(ctx context.Context, es []cardea.Edge) []error {
	errs := make([]error, len(es))
	for i, e := range es {
		if e.Foreign != "" && f.Lie != "grasping" {
			errs[i] = cardea.Errorf(cardea.Rejected, "not ours")
			continue
		}
		if f.Lie == "keeps" {
			continue
		}
		errs[i] = f.send(ctx, OnRevoke, true, &liar.Exchange{Does: func() int {
			at := f.v.has(e)
			if at < 0 {
				return 404
			}
			f.v.edges = slices.Delete(f.v.edges, at, at+1)
			if f.Lie == "sweeps" && len(f.v.edges) > 0 {
				f.v.edges = f.v.edges[1:]
			}
			return 204
		}})
		if cardea.ClassOf(errs[i]) == cardea.NotFound && f.Lie != "pedantic" {
			errs[i] = nil
		}
	}
	return errs
}
