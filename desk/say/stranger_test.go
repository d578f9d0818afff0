package say

import (
	"testing"

	"github.com/cardea-access/cardea"
)

func TestARentalThatWasClosedIsNotCalledNotApproved(t *testing.T) {
	t.Parallel()
	s := tell(t)
	closed := s.plan
	closed.Rule, closed.Verdict, closed.Record.ID, closed.Label = cardea.RuleUnit, cardea.WasCancelled, "book_ben", ""
	a := Explanation(s.consider(false, closed), s.clock)
	want(t, "sentence", a.Sentence,
		"Ana Lopes may not pass First floor now, because the rental book_ben was ended or cancelled in the space system.")
	want(t, "change", a.Change, "Make the rental book_ben active again, or sell a new one, in the space system.")
	booking := s.booking
	booking.Verdict = cardea.WasCancelled
	a = Explanation(s.consider(false, booking), s.clock)
	want(t, "of a booking", a.Sentence, "Ana Lopes may not pass First floor now, because the booking of “Elephant” was cancelled.")
}

func TestAnAccountThatIsDisputedOrWasSomebodysIsExplained(t *testing.T) {
	t.Parallel()
	s := tell(t)
	ask := func(edit func(x *Explained)) Answer {
		x := s.x
		x.Person = Person{Name: "Mo Moss"}
		x.Door.Member = true
		x.Stranger = &Stranger{Account: cardea.Account{ID: "9", Name: "Mo Moss"}, Mode: cardea.Exclusive}
		edit(&x)
		return Explanation(x, s.clock)
	}
	a := ask(func(x *Explained) { x.Stranger.Disputed = "several accounts carry this e-mail address" })
	want(t, "disputed", a.Word+": "+a.Sentence, "Disputed: it is not settled whose the account Mo Moss (id:9) is: several accounts carry this "+
		"e-mail address. It gains and loses nothing until that is settled.")
	a = ask(func(x *Explained) {
		x.Stranger.Was, x.Stranger.Situation = "rnd/person:7", cardea.Leaving
		x.Stranger.Next = s.clock.Now + 15*cardea.Minute
		x.Door.Waiting = &cardea.Operation{Verb: cardea.VerbRemove, Cause: cardea.CauseVanished}
	})
	want(t, "was somebody's", a.Sentence, "The account Mo Moss (id:9) was that of rnd/person:7, whom the space system does not know any more, "+
		"and nothing speaks for it in First floor: Cardea takes it out with the next run, Sun 22 Nov 09:52 (London).")
	if a.Agrees {
		t.Error("the door shows somebody who is to go, and that is called as decided")
	}
	a = ask(func(x *Explained) { x.Stranger.Account.Email, x.Stranger.Mode = "mo@x.test", cardea.Shared })
	want(t, "shared", a.Change, "To take it out, remove it by hand at kisi, or set the mode of First floor to exclusive.")
}
