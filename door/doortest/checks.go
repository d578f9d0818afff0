package doortest

import (
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// kinds are the listings of a door system.
var kinds = []cardea.Kind{cardea.KindGroup, cardea.KindAccount, cardea.KindEdge}

// listingOf is the call that a listing's pages are.
var listingOf = map[cardea.Kind]Call{
	cardea.KindGroup: OnGroups, cardea.KindAccount: OnAccounts, cardea.KindEdge: OnEdges,
}

// checks lists every question. A name's part before the colon is enough for Rig.Lacks.
func checks() []check {
	out := []check{
		{"limits", limits},
		{"scopes", scopes},
		{"grant", grantAndRevoke},
		{"foreign", foreign},
		{"create", create},
		{"look-alike", lookAlike},
		{"no e-mail", noEmail},
		{"batch", batch},
		{"after:read", afterRead},
		{"after:write", afterWrite},
		{"lost answer", lostAnswer},
		{"gone already", goneAlready},
		{"cut:grant", cutGrant},
		{"cut:revoke", cutRevoke},
		{"cut:create", cutCreate},
		{"read-only", readOnly},
		{"secrets", secrets},
		{"timed", timed},
		{"cut:retime", cutRetime},
		{"profiled", profiled},
		{"rewritable", rewritable},
		{"cut:rewrite", cutRewrite},
		{"lockable", lockable},
		{"units", units},
		{"cut:rename", cutRename},
	}
	for _, k := range readtest.Checks(kinds) {
		out = append(out, check{k.Name, func(c *course) error { return k.Does(c.Course) }})
	}
	for _, status := range statuses {
		out = append(out, check{fmt.Sprintf("status:%d", status), func(c *course) error { return answered(c, status) }})
	}
	return out
}
