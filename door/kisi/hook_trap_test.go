package kisi

import (
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
)

// TestHooksOfOtherShapes: ids of members and shares are not those of users or rights; a hook of 2017 has neither uuid nor type; fields
// may be added; and a list of events is no event.
func TestHooksOfOtherShapes(t *testing.T) {
	t.Parallel()
	all := []cardea.Key{{Kind: cardea.KindGroup}}
	for _, c := range []struct {
		name, body string
		keys       []cardea.Key
		class      cardea.Class
	}{
		{"a member", flat("member.update", "Member", 42), all, ""},
		{"a share", flat("share.destroy", "Share", 42), all, ""},
		{"a group", flat("group.destroy", "Group", 42), all, ""},
		{"a team's member", flat("team_membership.create", "TeamMembership", 42), all, ""},
		{"a guest", flat("guest.create", "Guest", 42), nil, ""},
		{"of 2017", `{"action":"unlock","code":"0","message":"m","references":[{"type":"User","id":42}]}`, nil, ""},
		{"with more fields", `{"uuid":"u","type":"user.update","object_type":"User","object_id":42,"object":{"id":42},"success":null,"sequence":[1]}`,
			[]cardea.Key{{Kind: cardea.KindAccount, ID: "42"}}, ""},
		{"an actor of its own", `{"uuid":"u","type":"user.update","object_id":42,"actor_id":43,"actor_type":"User"}`,
			[]cardea.Key{{Kind: cardea.KindAccount, ID: "42"}}, ""},
		{"a list", `[` + flat("user.update", "User", 42) + `]`, nil, cardea.Rejected},
	} {
		got, err := hookSystem(t, "hush").Verify(t.Context(), signedAs(c.body, "hush", "sha256="), []byte(c.body))
		if cardea.ClassOf(err) != c.class || !slices.Equal(got.Keys, c.keys) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

// TestEveryEventThatIsUnderstoodIsAskedFor: what an empty list of events means is not known.
func TestEveryEventThatIsUnderstoodIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, e := range []string{
		"user.update", "user.destroy", "role_assignment.create", "role_assignment.update", "role_assignment.destroy", "group.destroy",
		"integration.warn_due_to_error", "integration.disable_due_to_error",
	} {
		if !slices.Contains(hookEvents(), e) {
			t.Errorf("%s is not asked for", e)
		}
	}
}
