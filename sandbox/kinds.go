package sandbox

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/brivo"
	"github.com/cardea-access/cardea/sandbox/kinnovis"
	"github.com/cardea-access/cardea/sandbox/kisi"
	"github.com/cardea-access/cardea/sandbox/nexudus"
	"github.com/cardea-access/cardea/sandbox/officernd"
	"github.com/cardea-access/cardea/sandbox/opentech"
	"github.com/cardea-access/cardea/sandbox/saltoks"
	"github.com/cardea-access/cardea/sandbox/scim"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// kind is one vendor that can be faked: what its part of a world file is, and how that comes to life.
type kind struct {
	name   string
	logins []string // paths that hand out tokens, or what begins with them when they end in a slash: these are no writes
	parse  func(d *twin.Document, n *yaml.Node) (any, error)
	open   func(world any, o opening) (vendor, error)
	patch  func(v vendor, part any, days int) error
}

// opening is what a vendor is built with.
type opening struct {
	twin.Options

	fetch nexudus.Fetch
}

// kinds are all of them, in the order in which they are named to people.
var kinds = []kind{
	fake("officernd", []string{"/oauth/token"}, officernd.ParseWorld, plain(officernd.New)),
	fake("kisi", nil, kisi.ParseWorld, plain(kisi.New)),
	fake("opentech", []string{"/auth/auth/token"}, opentech.ParseWorld, plain(opentech.New)),
	fake("scim", nil, scim.ParseWorld, plain(scim.New)),
	fake("nexudus", []string{"/api/token"}, nexudus.ParseWorld, func(w *nexudus.World, o opening) (*nexudus.Vendor, error) {
		return nexudus.New(w, o.Options, o.fetch)
	}),
	fake("kinnovis", []string{"/oauth/token"}, kinnovis.ParseWorld, plain(kinnovis.New)),
	fake("saltoks", []string{"/identity/"}, saltoks.ParseWorld, plain(saltoks.New)),
	fake("brivo", []string{"/oauth/token", "/oauth/authorize", "/auth/oauth/"}, brivo.ParseWorld, plain(brivo.New)),
}

// patched is a vendor that takes records of its own form.
type patched[W any] interface {
	vendor
	Patch(part *W, days int) error
}

// fake makes a kind of a vendor's own functions.
func fake[W any, V patched[W]](
	name string, logins []string, parse func(*twin.Document, *yaml.Node) (*W, error), open func(*W, opening) (V, error),
) kind {
	return kind{
		name: name, logins: logins,
		parse: func(d *twin.Document, n *yaml.Node) (any, error) { return parse(d, n) },
		open: func(world any, o opening) (vendor, error) {
			w, is := world.(*W)
			if !is {
				return nil, fmt.Errorf("%s: %T is no world of it", name, world)
			}
			return open(w, o)
		},
		patch: func(v vendor, part any, days int) error {
			own, is := v.(V)
			w, fits := part.(*W)
			if !is || !fits {
				return fmt.Errorf("%s: %T is no part of its world", name, part)
			}
			return own.Patch(w, days)
		},
	}
}

// plain is for a vendor that needs nothing special.
func plain[W, V any](build func(*W, twin.Options) (V, error)) func(*W, opening) (V, error) {
	return func(w *W, o opening) (V, error) { return build(w, o.Options) }
}

// kindOf returns the kind of a name, nil when there is none.
func kindOf(name string) *kind {
	for i := range kinds {
		if kinds[i].name == name {
			return &kinds[i]
		}
	}
	return nil
}

// login says whether a path hands out tokens.
func (k *kind) login(path string) bool {
	for _, l := range k.logins {
		if path == l || strings.HasSuffix(l, "/") && strings.HasPrefix(path, l) {
			return true
		}
	}
	return false
}
