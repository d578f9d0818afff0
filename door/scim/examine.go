package scim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// Examine implements door.Examined: what the server does not do, groups whose members it does not show, and users without an
// address. Errors: those of the lists.
func (s *System) Examine(ctx context.Context) ([]cardea.Issue, error) {
	p, err := s.features(ctx)
	if err != nil {
		return nil, err
	}
	out := s.lacks(p)
	told := map[string]membership{}
	ids, err := s.every(ctx, told)
	if err != nil {
		return out, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found, err := s.members(ctx, ids, told)
	for _, id := range ids {
		if m, read := found[id]; read && !m.known {
			out = append(out, cardea.Issue{Code: "members-not-shown", Group: cardea.GroupID(id), Text: "the server does not show who is " +
				"in the group, and does not show it of any other; let the credentials read members, or nobody is ever taken out of it"})
		}
	}
	if err != nil {
		return out, err
	}
	err = s.whole(ctx, listing{path: "/Users"}, func(raw json.RawMessage) *object.Flaw {
		a, bad := accountOf(raw)
		if bad == nil && a.Email == "" {
			out = append(out, cardea.Issue{Code: "account-without-email", Account: a.ID, Text: fmt.Sprintf(
				"user %q has no e-mail address, so that nobody is recognised by it; give it one", a.Name)})
		}
		return nil
	})
	return out, err
}

// lacks says what the server does not do, as far as it says so or was found out.
func (s *System) lacks(p provider) []cardea.Issue {
	var out []cardea.Issue
	mend := func(code, text string) { out = append(out, cardea.Issue{Code: code, Text: text}) }
	// What the connector lives with costs calls, and there may be nothing that could be mended.
	add := func(code, text string) { out = append(out, cardea.Issue{Code: code, Text: text, Minor: true}) }
	k := s.knows()
	if !p.said {
		add("no-provider-config", "the server does not say what it can do (/ServiceProviderConfig); it is taken to have neither "+
			"filters nor ETags, and PATCH is tried when it is first needed")
	}
	patch := p.patch && !k.noPatch
	switch {
	case !patch && p.etag:
		add("no-patch", "the server takes no PATCH; groups are written whole, guarded by their ETags")
	case !patch:
		mend("no-patch", "the server takes no PATCH and gives no ETags; nobody can be put into a group or taken out of one, because "+
			"writing groups whole would overwrite what others change. Switch one of the two on")
	}
	if !p.filter {
		add("no-filter", "the server has no filters; users are found by listing all of them")
	}
	if !p.etag {
		add("no-etag", "the server gives no ETags; a change that somebody else makes to a group at the same moment is not noticed")
	}
	if k.way(p) == wayNone && patch {
		mend("no-single-removal", "the server takes no single member out of a group by any form of PATCH")
	}
	return out
}
