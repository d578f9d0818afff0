package keep_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
	"github.com/cardea-access/cardea/loop/looptest"
	"github.com/cardea-access/cardea/store"
	"github.com/cardea-access/cardea/store/storetest"
)

// passer is a door system without windows that issues passes, and what it was asked for.
type passer struct {
	*looptest.Door

	issued map[cardea.AccountID]door.Pass
	wishes []door.PassWish
	fail   error
}

func (p *passer) Passes(context.Context) ([]door.Pass, bool, error) {
	var out []door.Pass
	for _, one := range p.issued {
		out = append(out, one)
	}
	return out, true, nil
}

func (p *passer) SettlePasses(_ context.Context, ws []door.PassWish) []error {
	errs := make([]error, len(ws))
	for i, w := range ws {
		p.wishes = append(p.wishes, w)
		switch {
		case p.fail != nil:
			errs[i] = p.fail
		case w.Runs:
			p.issued[w.Account] = door.Pass{Account: w.Account, State: door.PassPending}
		case !w.Soon:
			delete(p.issued, w.Account)
		}
	}
	return errs
}

func (p *passer) PassCode(context.Context, cardea.AccountID) (string, error) { return "", nil }

// taken returns what was asked for since the last time.
func (p *passer) taken() []door.PassWish {
	out := p.wishes
	p.wishes = nil
	return out
}

func newPasser(t *testing.T, s *store.Store, recs ...cardea.Record) (*site, *passer) {
	t.Helper()
	b := newSite(t, s, recs...)
	b.door.Limit(cardea.Limits{Batch: 1, SeedsGroups: true})
	p := &passer{Door: b.door, issued: map[cardea.AccountID]door.Pass{}}
	b.keeper.System = p
	return b, p
}

func TestPassesFollowTheEntriesThatWePut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, p := newPasser(t, s, members("ana", "bob")...)
		bob := b.door.Put("bob@x.test", cardea.Forever, "General") // was there before us, and has whatever pass he has
		b.door.Put("cleaner@x.test", cardea.Forever, "General")
		b.sync()
		first := p.taken()
		if len(first) != 1 || first[0].Account == bob || first[0].Email != "ana@x.test" || !first[0].Runs || first[0].Mails != cardea.MailsNever {
			t.Fatalf("asked for %+v, want ana alone, without a mail on the first changeset", first)
		}
		ana := first[0].Account
		b.sync()
		if again := p.taken(); len(again) != 0 {
			t.Errorf("asked again for %+v", again)
		}
		p.issued[ana] = door.Pass{Account: ana, State: door.PassPending, Expires: b.at}
		b.sync()
		if got := p.taken(); len(got) != 1 || got[0].Account != ana || !got[0].Runs {
			t.Errorf("an invitation that expired: %+v", got)
		}
		b.space.Put(cardea.Agreement{ID: "m-ana", Person: "ana", Plan: "hot", Location: "l", Approved: true,
			Start: cardea.Day{At: now - 240*cardea.Hour, Set: true}, End: cardea.Day{At: now - 48*cardea.Hour, Set: true}})
		b.sync()
		b.sync()
		if got := p.taken(); len(got) != 1 || got[0].Account != ana || got[0].Runs || got[0].Soon {
			t.Errorf("when all is over: %+v, members %v", got, b.door.Members("General"))
		}
		b.sync()
		if got := p.taken(); len(got) != 0 {
			t.Errorf("what is over is asked for again: %+v", got)
		}
	})
}

func TestAPassThatCannotBeIssuedIsAnIssueAndTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, p := newPasser(t, s, members("ana")...)
		p.fail = cardea.Errorf(cardea.Rejected, "no passes left")
		for range 2 {
			r := b.sync()
			at := slices.IndexFunc(r.Issues, func(i cardea.Issue) bool { return i.Code == "pass-not-issued" })
			if at < 0 || r.Issues[at].Person == "" || len(p.taken()) != 1 {
				t.Errorf("issues %v", r.Issues)
			}
		}
		wantMembers(t, b, "General", "ana")
	})
}

func TestWhomAGroupWasMadeWithStaysUntilRemovedByHand(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, _ := newPasser(t, s, members("ana")...)
		seed := b.door.Put("seed@x.test", cardea.Forever, "General")
		b.door.Put("one@x.test", cardea.Forever, "Elephant")
		b.door.Put("two@x.test", cardea.Forever, "Elephant") // two: nobody can tell with whom it was made
		b.sync()
		policies, err := b.ws.Policies(t.Context(), "kisi")
		if err != nil {
			t.Fatal(err)
		}
		keep := policies["General"].Keep
		if len(keep) != 1 || keep[0].Account != "id:"+string(seed) || keep[0].Until != cardea.Never || len(policies["Elephant"].Keep) != 0 {
			t.Errorf("kept: %+v, %+v", keep, policies["Elephant"].Keep)
		}
		b.door.Put("stray@x.test", cardea.Forever, "General")
		for range 3 {
			b.sync()
		}
		if got := b.door.Members("General"); slices.Contains(got, "stray@x.test") || !slices.Contains(got, "seed@x.test") {
			t.Errorf("members %v", got)
		}
		b.door.Take("General", seed)
		b.sync()
		if got := b.door.Members("General"); slices.Contains(got, "seed@x.test") {
			t.Errorf("somebody who was taken out by hand is back: %v", got)
		}
	})
}

func TestTheOnlyTenantOfAGroupIsNoSeed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, _ := newPasser(t, s, members("ana")...)
		b.door.Put("ana@x.test", cardea.Forever, "General")
		b.sync()
		b.space.Put(cardea.Agreement{ID: "m-ana", Person: "ana", Plan: "hot", Location: "l", Approved: true,
			Start: cardea.Day{At: now - 240*cardea.Hour, Set: true}, End: cardea.Day{At: now - 48*cardea.Hour, Set: true}})
		b.sync()
		b.at = b.at.Add(time.Hour)
		b.sync()
		if got := b.door.Members("General"); len(got) != 0 {
			t.Errorf("%v stays although nothing is granted any more", got)
		}
	})
}
