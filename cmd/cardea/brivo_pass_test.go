package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// statuses are those of somebody's invitations, oldest first.
func (r *rig) statuses(email string) string {
	var out []string
	for _, i := range r.invitations(email) {
		out = append(out, i.Status)
	}
	return strings.Join(out, " ")
}

// brivoMails are what Brivo wrote to people.
func (r *rig) brivoMails() []string {
	r.t.Helper()
	var all []struct{ To, About string }
	r.records("brivo", "mails", &all)
	out := []string{}
	for _, m := range all {
		out = append(out, m.To)
	}
	return out
}

// TestABrandedPassIsHandedOutByCode: nobody is written to, the code of each invitation is printed to who may see it, and the holder's
// app takes it. The invitation comes with the first entry, one that expired is repeated while a grant runs, and it ends with the last.
func TestABrandedPassIsHandedOutByCode(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		door := brivoBy("passes: branded-app")
		r := pair(t, spaceSide("house"), door, kept(t), commonMappings(door))
		defer func() { r.shut() }()
		fillHouse(r)
		r.house(cardea.Booking{ID: "bk-fay", Title: "Talk", Resource: "elephant", Location: "london", Person: "fay",
			Start: moment(t, "2026-11-23T11:00:00Z"), End: moment(t, "2026-11-23T12:00:00Z"), Zone: "Europe/London"})
		r.sync(desk.InStep)
		got := map[string]string{}
		for _, who := range []string{"ana", "cleo", "dina", "eli", "fay"} {
			got[who] = r.statuses(who + "@x.test")
		}
		// Ana was there before Cardea, Fay's access has not begun.
		if diff := cmp.Diff(map[string]string{"ana": "", "cleo": "PENDING", "dina": "PENDING", "eli": "PENDING", "fay": ""}, got); diff != "" {
			t.Error(diff)
		}
		_, out, log := r.command(nil, (&passesListCmd{}).do)
		for _, who := range []string{"cleo@x.test", "dina@x.test", "eli@x.test", "pending"} {
			if !strings.Contains(out, who) {
				t.Errorf("cardea passes does not name %s: %s%s", who, out, log)
			}
		}
		code := r.invitations("dina@x.test")[0].AccessCode
		if code == "" || strings.Contains(out, code) {
			t.Errorf("the list shows the code %q: %s", code, out)
		}
		if exit, out, log := r.command(nil, (&passesShowCmd{Person: "Dina@x.test"}).do); exit != 0 || strings.TrimSpace(out) != code {
			t.Errorf("cardea passes show: %d %q %s, the code is %q", exit, out, log, code)
		}
		if n, who, detail := r.audited("pass code shown"); n != 1 || !strings.Contains(who, "olga") || strings.Contains(detail, code) {
			t.Errorf("the audit log has %d lines, %s: %s", n, who, detail)
		}
		if exit, out, _ := r.command(nil, (&passesShowCmd{Person: "ana@x.test"}).do); exit == 0 {
			t.Errorf("Ana, who has no pass, has the code %s", out)
		}
		r.control("POST", "brivo/redeem", fmt.Sprintf(`{"email":"dina@x.test","code":%q}`, code))
		at(t, "2026-11-23T10:15:01Z") // Cleo's booking is over, and with it her invitation
		r.sync(desk.InStep)
		if got := r.statuses("cleo@x.test"); got != "CANCELLED" {
			t.Errorf("Cleo's invitation is %s after her last grant", got)
		}
		at(t, "2026-11-26T12:00:00Z") // three days are over: Eli's grant runs
		r.sync(desk.InStep)
		if got := r.statuses("eli@x.test"); got != "CANCELLED PENDING" && got != "EXPIRED PENDING" {
			t.Errorf("Eli's invitations are %s after the first expired", got)
		}
		if got := r.statuses("dina@x.test"); got != "REDEEMED" {
			t.Errorf("Dina's invitations are %s", got)
		}
		if mails := r.brivoMails(); len(mails) != 0 {
			t.Errorf("Brivo wrote to %v", mails)
		}
	})
}

// TestBrivosAppIsInvitedToByMail: the first changeset goes out in silence, and who comes later is written to, once.
func TestBrivosAppIsInvitedToByMail(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := houseBrivo(t, brivoBy("passes: brivo-app"))
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		before := r.brivoMails()
		at(t, "2026-11-23T12:00:00Z")
		r.house(tenant("gil", "Gil Gomes"), cardea.Agreement{ID: "ms-gil", Person: "gil", Plan: "hot", Location: "london", Approved: true,
			Start: date(t, "2026-11-23")})
		r.sync(desk.InStep)
		r.sync(desk.InStep)
		if got := r.brivoMails()[len(before):]; len(got) != 1 || got[0] != "gil@x.test" {
			t.Errorf("Brivo wrote to %v after %v", got, before)
		}
	})
}

// TestSixteenGroupsAreTheMostAtBrivo: what Brivo would refuse is said with its reason, hidden groups among it, and stops nobody else.
func TestSixteenGroupsAreTheMostAtBrivo(t *testing.T) {
	t.Parallel()
	for name, hidden := range map[string]int{"all of them seen": 0, "some hidden": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, morning, func(t *testing.T) {
				r := houseBrivo(t, brivoSide)
				defer func() { r.shut() }()
				var groups, in []string
				for i := range 16 {
					groups = append(groups, fmt.Sprintf("{id: %d, name: Other %d, hidden: %v}", 50+i, i, i < hidden))
					in = append(in, fmt.Sprintf("Other %d", i))
				}
				r.patch("brivo: {groups: [" + strings.Join(groups, ", ") +
					"], users: [{id: 70, firstName: Dina, lastName: Diaz, emails: [dina@x.test], groups: [" + strings.Join(in, ", ") + "]}]}")
				result, err := r.try(t.Context())
				if err != nil || result.Standing() == desk.InStep || !strings.Contains(brief(result), "16") {
					t.Errorf("%v, standing %d: %s", err, result.Standing(), brief(result))
				}
				inside := r.passing("brivo")
				if cmp.Diff([]string{"eli@x.test"}, inside["Office 12"]) != "" || cmp.Diff([]string{"ana@x.test"}, inside["General access"]) != "" {
					t.Errorf("others were stopped, or Dina got in: %v", inside)
				}
				r.patch("brivo: {users: [{id: 70, groups: [" + strings.Join(in[:15], ", ") + "]}]}")
				time.Sleep(2 * time.Hour)
				r.sync(desk.InStep)
				if got := r.passing("brivo")["General access"]; cmp.Diff([]string{"ana@x.test", "dina@x.test"}, got) != "" {
					t.Errorf("with a place free: %v", got)
				}
			})
		})
	}
}
