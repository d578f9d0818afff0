package change

import (
	"strings"

	"github.com/cardea-access/cardea"
)

// keeps is a group's keep-list, by folded e-mail and by id:N. Of several entries for one account the last to end
// counts.
type keeps struct {
	until map[string]cardea.Instant
	now   cardea.Instant
}

// newKeeps returns nil when there is no list.
func newKeeps(list []cardea.Keep, now cardea.Instant) *keeps {
	if len(list) == 0 {
		return nil
	}
	k := &keeps{make(map[string]cardea.Instant, len(list)), now}
	for _, e := range list {
		name := foldKeep(e.Account)
		if before, has := k.until[name]; !has || e.Until > before {
			k.until[name] = e.Until
		}
	}
	return k
}

// of returns when the account's protection ends; has is false when it is not on the list.
func (k *keeps) of(id cardea.AccountID, known *cardea.Account) (until cardea.Instant, has bool) {
	if k == nil {
		return 0, false
	}
	until, has = k.until["id:"+string(id)]
	if known == nil || known.Email == "" {
		return until, has
	}
	if u, ok := k.until[foldKeep(known.Email)]; ok && (!has || u > until) {
		return u, true
	}
	return until, has
}

// holds says whether the account is protected now, and until when.
func (k *keeps) holds(id cardea.AccountID, known *cardea.Account) (cardea.Instant, bool) {
	until, has := k.of(id, known)
	return until, has && until > k.now
}

// ended says whether the account was protected once and is no longer.
func (k *keeps) ended(id cardea.AccountID, known *cardea.Account) bool {
	until, has := k.of(id, known)
	return has && until <= k.now
}

// foldKeep brings an entry's account to the form in which it is compared. An id stays as it is; the domain of an
// address is expected in one spelling on both sides.
func foldKeep(account string) string {
	account = strings.TrimSpace(account)
	if strings.HasPrefix(account, "id:") {
		return account
	}
	return strings.ToLower(account)
}
