package change_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/core/change"
)

// TestAnAccountThatIsItsInvitationIsNotMadeSilentlyByNight: without the invitation it would never come, and nobody could use the account.
func TestAnAccountThatIsItsInvitationIsNotMadeSilentlyByNight(t *testing.T) {
	t.Parallel()
	for _, invites := range []bool{false, true} {
		for _, mails := range []cardea.Mails{cardea.MailsDefault, cardea.MailsNever} {
			in := plain()
			in.Limits.Timed, in.Limits.SendsMail, in.Limits.InvitesOnCreate = false, true, invites
			in.Mails = mails
			in.Quiet = &cardea.Quiet{From: 11 * 60, Until: 14 * 60, Zone: time.UTC} // it is noon
			in.Missing = []cardea.NewAccount{{Person: "rnd/person:ana", Email: "ana@x.test"}}
			in.Wanted = []cardea.Grant{grant("ana", window(-hour, 9*hour))}
			cs, _ := change.Plan(in)
			if len(cs.Operations) != 2 || cs.Operations[0].Verb != cardea.VerbCreate {
				t.Fatalf("%+v", cs.Operations)
			}
			want := cardea.MailsNever
			if invites {
				want = mails
			}
			if got := cs.Operations[0].New.Mails; got != want {
				t.Errorf("invites %t, mails %s: made with mails %s, want %s", invites, mails, got, want)
			}
			if got := cs.Operations[1].Mails; got != cardea.MailsNever {
				t.Errorf("the entry itself tells: %s", got)
			}
		}
	}
}
