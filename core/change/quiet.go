package change

import "github.com/cardea-access/cardea"

// unhurried is how long before its opening an entry must be staged at the latest for its mail to be worth waiting for.
const unhurried = 30 * cardea.Minute

// mails is what an addition that is made now tells the vendor: in quiet hours nothing, for no access waits for a mail.
func (p *planner) mails() cardea.Mails {
	m := p.in.mails()
	if quiet, _ := p.quiet(m); quiet {
		return cardea.MailsNever
	}
	return m
}

// invited is what the vendor is told of mails for an account that is made now. Where the account is the invitation, one that
// is made in a quiet hour without it would never be invited: the hour silences what comes beside the account, not the account.
func (p *planner) invited() cardea.Mails {
	if p.in.Limits.InvitesOnCreate {
		return p.in.mails()
	}
	return p.mails()
}

// quiet says whether it is a quiet hour and somebody would be written to, and until when it is.
func (p *planner) quiet(m cardea.Mails) (quiet bool, until cardea.Instant) {
	if p.in.Quiet == nil || m == cardea.MailsNever || !p.in.Limits.SendsMail {
		return false, 0
	}
	quiet, until = p.in.Quiet.At(p.now)
	p.at(until)
	return quiet, until
}

// hushed says whether an entry is staged when the quiet hours are over and not now: it opens so much later that it is there
// in time all the same, and the person gets the vendor's mail by day.
func (p *planner) hushed(t cardea.Window) bool {
	if !p.in.Limits.Timed || t.From <= p.now {
		return false
	}
	quiet, until := p.quiet(p.in.mails())
	return quiet && t.From >= until+unhurried
}
