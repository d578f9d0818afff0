package scim

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/wire/object"
)

// How long what the server says of itself is believed.
const providerAge = time.Hour

// Page sizes: asked where the server says nothing, and the most that is asked.
const (
	usualPage   = 100
	largestPage = 200
)

// provider is what the server says that it can do (RFC 7643 5).
type provider struct {
	said   bool // false = it says nothing of itself, and the least is assumed
	name   string
	patch  bool // where nothing is said it is tried: a refused PATCH changes nothing
	filter bool
	etag   bool
	page   int // rows to ask for
	at     time.Time
}

// features returns what the server can do: GET /ServiceProviderConfig (RFC 7644 4). One that has no such thing is taken to
// have neither filters nor versions. Errors: Auth, Retry, Throttled, Rejected.
func (s *System) features(ctx context.Context) (provider, error) {
	now := s.now()
	s.mu.Lock()
	known := s.provider
	s.mu.Unlock()
	if known != nil && now.Sub(known.at) < providerAge {
		return *known, nil
	}
	p := provider{patch: true, page: usualPage}
	var raw json.RawMessage
	ans, err := s.get(ctx, "/ServiceProviderConfig", nil, &raw)
	switch {
	case err == nil:
		p = providerOf(raw)
		if p.said {
			s.own(raw)
		}
	case refuses(ans.Status):
	default:
		return provider{}, err
	}
	p.at = now
	s.mu.Lock()
	defer s.mu.Unlock()
	s.provider = &p
	return p, nil
}

// providerOf reads the configuration. Some servers wrap it in a list of one.
func providerOf(raw json.RawMessage) provider {
	p := provider{patch: true, page: usualPage}
	var f fields
	if json.Unmarshal(raw, &f) != nil || f == nil {
		return p
	}
	if rows, ok := f.values("Resources"); ok && len(rows) == 1 {
		f = rows[0]
	}
	if f.object("patch") == nil && f.object("filter") == nil && f.object("etag") == nil {
		return p
	}
	p.said = true
	p.name, _ = f.text("name")
	p.patch, _ = f.object("patch").flag("supported", false)
	p.filter, _ = f.object("filter").flag("supported", false)
	p.etag, _ = f.object("etag").flag("supported", false)
	if n, ok := f.object("filter").number("maxResults"); ok && n > 0 {
		p.page = min(n, largestPage)
	}
	return p
}

// own remembers the host under which the server names its own resources: behind a proxy it is not that of the base URL.
func (s *System) own(raw json.RawMessage) {
	var f fields
	if json.Unmarshal(raw, &f) != nil {
		return
	}
	at, _ := f.object("meta").text("location")
	if u, err := url.Parse(at); err == nil && u.Host != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hosts[u.Host] = true
	}
}

// strange says whether an address lies at a host that is not the server's. Where the server names no resource of its own,
// nothing is strange.
func (s *System) strange(ref string) bool {
	u, err := url.Parse(ref)
	if err != nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return u.Host != "" && len(s.hosts) > 0 && u.Host != s.base.Host && !s.hosts[u.Host]
}

// whole reads a list of which nothing may be missing (door.Whole).
func (s *System) whole(ctx context.Context, l listing, row func(json.RawMessage) *object.Flaw) error {
	return door.Whole(s.client.Name()+": the list "+l.path, row, func(page door.Page) error { return s.list(ctx, l, page) })
}
