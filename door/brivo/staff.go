package brivo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-access/cardea/wire/object"
)

// staffAge is how old the staff may be for reading single accounts; a full read of accounts reads it anew.
const staffAge = time.Hour

// staff says of each address why whoever has it is never touched without a person's word (RULES.md STAFF). Users and
// administrators are two lists at Brivo (vendors/brivo.md 8), and only the address joins them.
type staff struct {
	why map[string]string
	at  time.Time
}

func folded(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// of returns why a user with these addresses is staff; "" = it is not.
func (st staff) of(emails []string) string {
	for _, e := range emails {
		if why := st.why[folded(e)]; why != "" {
			return why
		}
	}
	return ""
}

// staffNow returns the staff, read anew unless what was read last is younger than maxAge. Errors: those of the lists, and Retry
// when one of them did not come whole.
func (s *System) staffNow(ctx context.Context, maxAge time.Duration) (staff, error) {
	s.mu.Lock()
	known := s.staff
	s.mu.Unlock()
	now := s.c.Now()
	if known.why != nil && now.Sub(known.at) < maxAge {
		return known, nil
	}
	why, err := s.readStaff(ctx)
	if err != nil {
		return staff{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.staff = staff{why: why, at: now}
	return s.staff, nil
}

// readStaff lists the administrators. One who may not list them knows himself at least, and Examine says so.
func (s *System) readStaff(ctx context.Context) (map[string]string, error) {
	why := map[string]string{}
	err := s.whole(ctx, listing{path: "/administrators"}, func(raw json.RawMessage) *object.Flaw {
		f, _, bad := rowOf(raw)
		if bad != nil {
			return bad
		}
		address, _ := f.Loose("email")
		kind, _ := f.Loose("identityType")
		if address != "" {
			why[folded(address)] = strings.TrimSpace("administers Brivo " + strings.ToLower(kind))
		}
		return nil
	})
	if err != nil && !isForbidden(err) {
		return nil, err
	}
	var me object.Fields
	if err := s.get(ctx, "/administrators/whoami", &me); err != nil {
		return nil, err
	}
	if address, _ := me.Loose("email"); address != "" {
		why[folded(address)] = "the administrator behind the connection"
	}
	return why, nil
}

// forbidden marks an answer of the API itself that this administrator may not do something: no other credential is wrong.
var errForbidden = errors.New("the administrator may not do this")

// isForbidden says whether the API, and not the gateway, refused.
func isForbidden(err error) bool { return errors.Is(err, errForbidden) }

// forbids says whether an answer is such a refusal: 403 with an object as its body (vendors/brivo.md 3.1).
func forbids(status int, body []byte) bool {
	var said map[string]json.RawMessage
	return status == http.StatusForbidden && json.Unmarshal(body, &said) == nil
}
