package keep

import (
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/loop/apply"
	"github.com/cardea-access/cardea/store"
)

// refusedAgain is when what the door system refused is tried again: it says the same until a person mends what is in the way, and
// asking every minute would cost a quota that everybody's access comes out of.
const refusedAgain = 15 * time.Minute

// soon is after how long what is left is tried again. Revocations never wait for longer than a minute.
func (r *Report) soon(going []cardea.Operation, err error) time.Duration {
	if err != nil || len(going) == 0 || r.unsettled() {
		return again
	}
	last := make(map[cardea.OpKey]apply.Result, len(r.Applied.Results))
	for _, res := range r.Applied.Results {
		last[res.Op.Key] = res
	}
	for _, op := range going {
		res := last[op.Key]
		gives := op.Verb == cardea.VerbAdd || op.Verb == cardea.VerbCreate
		if !gives || res.State != store.OpFailed || res.Class != cardea.Rejected {
			return again
		}
	}
	return refusedAgain
}
