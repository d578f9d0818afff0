package keep_test

import (
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// TestNobodyIsInvitedAgainInQuietHours has an invitation expire in the night: the next one is sent in the morning. One that could
// not be sent at first is tried again without a mail.
func TestNobodyIsInvitedAgainInQuietHours(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, p := newPasser(t, s, members("ana")...)
		b.door.Limit(cardea.Limits{Batch: 1, SeedsGroups: true, SendsMail: true})
		p.fail = cardea.Errorf(cardea.Retry, "no answer")
		b.sync()
		p.fail = nil
		minute := int(b.at.Time().UTC().Sub(b.at.Time().UTC().Truncate(24*time.Hour)) / time.Minute)
		b.keeper.Quiet = &cardea.Quiet{From: minute, Until: minute + 120, Zone: time.UTC}
		p.taken()
		b.sync()
		got := p.taken()
		if len(got) != 1 || got[0].Mails != cardea.MailsNever {
			t.Fatalf("tried again in quiet hours: %+v", got)
		}
		ana := got[0].Account
		p.issued[ana] = door.Pass{Account: ana, State: door.PassPending, Expires: b.at}
		r := b.sync()
		_, day := b.keeper.Quiet.At(b.at)
		if got := p.taken(); len(got) != 0 || r.Next > day {
			t.Errorf("invited again in quiet hours: %+v; looked at again at %s, and they end at %s", got, r.Next, day)
		}
		b.at = day
		b.sync()
		if got := p.taken(); len(got) != 1 || got[0].Mails == cardea.MailsNever {
			t.Errorf("by day: %+v", got)
		}
	})
}
