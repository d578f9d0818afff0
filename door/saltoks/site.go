package saltoks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// The versions of the paths (vendors/saltoks.md 1.2).
const (
	v11 = "/v1.1"
	v12 = "/v1.2"
)

// site is where everything happens. A path wants its id: with the UID that people see it is refused (vendors/saltoks.md 0.2).
type site struct {
	id, uid, name string
}

// path is a path below the site.
func (at site) path(version, rest string) string { return version + "/sites/" + at.id + rest }

func (at site) String() string {
	if at.uid == "" {
		return fmt.Sprintf("%q (%s)", at.name, at.id)
	}
	return fmt.Sprintf("%q (%s, %s)", at.name, at.uid, at.id)
}

// site finds the site once: an id is taken as it stands; a UID, a name, and the only one there is are looked up. Errors:
// Rejected, naming the sites that the login sees.
func (s *System) site(ctx context.Context) (site, error) {
	s.mu.Lock()
	at := s.place
	s.mu.Unlock()
	wanted := strings.TrimSpace(s.c.Site)
	if at.id == "" && isGUID(strings.ToLower(wanted)) {
		at = site{id: strings.ToLower(wanted)}
	}
	if at.id == "" {
		all, err := s.sites(ctx)
		if err != nil {
			return site{}, err
		}
		if at, err = pick(all, wanted); err != nil {
			return site{}, cardea.Errorf(cardea.Rejected, "%s: %w", s.client.Name(), err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.place = at
	return at, nil
}

// sites lists the sites that the login sees.
func (s *System) sites(ctx context.Context) ([]site, error) {
	var all []site
	err := s.whole(ctx, listing{path: v12 + "/sites"}, func(raw json.RawMessage) *object.Flaw {
		f, id, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		one := site{id: id}
		one.uid, _ = text(f, "site_uid")
		one.name, _ = text(f, "customer_reference")
		all = append(all, one)
		return nil
	})
	return all, err
}

// pick chooses the site that is wanted by its UID or name; "" wants the only one. Errors: Rejected.
func pick(all []site, wanted string) (site, error) {
	var names, fit []string
	var found site
	slices.SortFunc(all, func(a, b site) int { return strings.Compare(a.name+a.id, b.name+b.id) })
	for _, at := range all {
		names = append(names, at.String())
		if wanted == "" || strings.EqualFold(wanted, at.uid) || strings.EqualFold(wanted, strings.TrimSpace(at.name)) {
			fit, found = append(fit, at.String()), at
		}
	}
	switch {
	case len(fit) == 1:
		return found, nil
	case len(all) == 0:
		return site{}, cardea.Errorf(cardea.Rejected, "the login sees no site: make it Site Admin of the site at Salto")
	case wanted == "":
		return site{}, cardea.Errorf(cardea.Rejected, "the login sees %d sites; set site to the id of one of them: %s", len(all),
			strings.Join(names, ", "))
	case len(fit) > 1:
		return site{}, cardea.Errorf(cardea.Rejected, "site %q fits %s; set site to the id of one of them", wanted, strings.Join(fit, " and "))
	}
	return site{}, cardea.Errorf(cardea.Rejected, "the login sees no site %q; it sees %s", wanted, strings.Join(names, ", "))
}
