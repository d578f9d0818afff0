package apply

import (
	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Some vendors answer a write well and show it a while later (cardea.Limits.Settle). Until then nothing is known of it: it
// stays sent, is neither sent again nor called wrong, and whatever else is to be done to the same entry waits. What does not
// show then is sent once more, without mails, and what does not show after that has failed. An account is never made twice:
// it stays sent until it shows.

// settling says whether an operation was answered so short a time ago that the vendor need not show it yet.
func (r *run) settling(op cardea.Operation) bool {
	settle := r.System.Limits().Settle
	at := r.answeredAt(op.Key)
	return settle > 0 && at > 0 && r.now() < at.Add(settle)
}

// later leaves an operation sent until the vendor has to show it.
func (r *run) later(op cardea.Operation) {
	r.result(op, store.OpSent, "the door system said yes and need not show it yet")
	r.mu.Lock()
	defer r.mu.Unlock()
	until := r.answers[op.Key].Add(r.System.Limits().Settle)
	if r.rep.Look == 0 || until < r.rep.Look {
		r.rep.Look = until
	}
	if r.Applier.settlings == nil {
		r.Applier.settlings = map[place]cardea.OpKey{}
	}
	r.Applier.settlings[place{op.Group, op.Account}] = op.Key
}

// waits says that an entry was changed so short a time ago that nobody can tell how it stands.
func (r *run) waits(op cardea.Operation) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, is := r.Applier.settlings[place{op.Group, op.Account}]
	if !is || key == op.Key || op.Group == "" || !op.Verb.Writes() {
		return ""
	}
	return "an earlier change of the entry does not show yet; it is looked at again before this is done"
}

func (r *run) answeredAt(key cardea.OpKey) cardea.Instant {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answers[key]
}

// resent is an operation as it is sent once more: whoever was to be told was told the first time.
func resent(op cardea.Operation) cardea.Operation {
	op.Resent = true
	if op.Verb == cardea.VerbAdd || op.Verb == cardea.VerbRetime {
		op.Mails = cardea.MailsNever
	}
	return op
}
