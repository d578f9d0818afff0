package doortest

import (
	"fmt"

	"github.com/cardea-access/cardea"
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
		{"describe", describe},
		{"wrong credentials", wrongCredentials},
		{"limits", limits},
		{"listing twice", twice},
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
		{"expiry", expiry},
		{"throttle", throttle},
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
	for _, k := range kinds {
		out = append(out,
			check{"paging:" + string(k), func(c *course) error { return paging(c, k) }},
			check{"breaks off:" + string(k), func(c *course) error { return breaksOff(c, k) }},
			check{"short page:" + string(k), func(c *course) error { return shortPage(c, k) }},
			check{"empty page:" + string(k), func(c *course) error { return emptyPage(c, k) }},
			check{"empty list:" + string(k), func(c *course) error { return emptyList(c, k) }},
			check{"refused:" + string(k), func(c *course) error { return refused(c, k) }},
		)
	}
	for _, status := range statuses {
		out = append(out, check{fmt.Sprintf("status:%d", status), func(c *course) error { return answered(c, status) }})
	}
	return out
}
