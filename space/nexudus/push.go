package nexudus

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// PushTokenLength is the least length of the token of Custom ACS: whoever has it opens doors.
const PushTokenLength = 16

// ahead is how far a push's time may lie ahead of ours. One from later would keep all that follow it out.
const ahead = 15 * time.Minute

// Pusher takes what Nexudus' Custom ACS pushes (vendors/nexudus.md 4.3). It implements space.Pushed beside a System.
type Pusher struct {
	*System

	token [sha256.Size]byte
}

// NewPusher has a system take pushes that bear the token. Errors: Rejected.
func NewPusher(s *System, token string) (*Pusher, error) {
	if len(token) < PushTokenLength {
		return nil, cardea.Errorf(cardea.Rejected, "acs_token has %d characters: it opens doors, so give it at least %d", len(token),
			PushTokenLength)
	}
	return &Pusher{System: s, token: sha256.Sum256([]byte(token))}, nil
}

// Asks implements space.Pushed.
func (p *Pusher) Asks(h http.Header) error {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return cardea.Errorf(cardea.Auth, "the request has %d Authorization headers, want one", len(values))
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	// Digests have one length, so that the time it takes tells nothing of the token's.
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	if subtle.ConstantTimeCompare(sum[:], p.token[:]) != 1 || !strings.EqualFold(scheme, "Bearer") {
		return cardea.Errorf(cardea.Auth, "the bearer is wrong: compare acs_token with Nexudus's Settings > Integrations > Custom ACS")
	}
	return nil
}

// Accept implements space.Pushed.
func (p *Pusher) Accept(r *http.Request) (cardea.Push, error) {
	if err := p.Asks(r.Header); err != nil {
		return cardea.Push{}, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return cardea.Push{}, cardea.Errorf(cardea.Rejected, "the push did not come whole: %w", err)
	}
	push, err := ParsePush(body)
	if err != nil {
		return cardea.Push{}, err
	}
	push.Came = cardea.At(p.now())
	if push.At > push.Came.Add(ahead) {
		return cardea.Push{}, cardea.Errorf(cardea.Rejected, "the push is from %s, which is ahead of our clock: compare the clocks", push.At)
	}
	return push, nil
}

// pushBody is a push. What is not of who passes (PIN, card, names) is not read.
type pushBody struct {
	Time     *string `json:"time"`
	Business *struct {
		ID json.Number `json:"id"`
	} `json:"business"`
	Coworker *struct {
		ID json.Number `json:"id"`
	} `json:"coworker"`
	Groups   *[]string `json:"groups"`
	Schedule []struct {
		Group   *string `json:"group"`
		Expires *string `json:"expires_on"`
	} `json:"schedule"`
}

// ParsePush reads the body of a push. Somebody without groups has an empty list of them: a push without a list could take everything
// away because it was cut, so it is refused. Of a group that stands in the schedule twice the later end counts. Errors: Rejected.
func ParsePush(body []byte) (cardea.Push, error) {
	refuse := func(why string) (cardea.Push, error) {
		return cardea.Push{}, cardea.Errorf(cardea.Rejected, "the push cannot be read: %s", why)
	}
	var b pushBody
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&b); err != nil {
		return refuse("it is no JSON of the form that is known")
	}
	if _, err := d.Token(); err != io.EOF {
		return refuse("something follows its end")
	}
	switch {
	case b.Time == nil || b.Business == nil || b.Coworker == nil || b.Groups == nil:
		return refuse("time, business, coworker or groups is missing")
	case !numbered(b.Business.ID) || !numbered(b.Coworker.ID):
		return refuse("its business or coworker has no number as id")
	}
	at, ok := pushTime(*b.Time)
	if !ok {
		return refuse("its time is none")
	}
	until := map[string]cardea.Instant{}
	for _, g := range *b.Groups {
		if g = strings.TrimSpace(g); g == "" {
			return refuse("a group has no id")
		}
		until[g] = cardea.Never
	}
	ends := map[string]cardea.Instant{}
	for _, s := range b.Schedule {
		if s.Group == nil {
			return refuse("a line of its schedule names no group")
		}
		g, end := strings.TrimSpace(*s.Group), cardea.Never
		if _, is := until[g]; !is {
			return refuse("its schedule names a group that is not among its groups")
		}
		if s.Expires != nil {
			if end, ok = pushTime(*s.Expires); !ok {
				return refuse("an expires_on is no time")
			}
		}
		if was, twice := ends[g]; !twice || end > was {
			ends[g] = end
		}
	}
	push := cardea.Push{Person: b.Coworker.ID.String(), Location: b.Business.ID.String(), At: at}
	for g, end := range until {
		if named, is := ends[g]; is {
			end = named
		}
		push.Groups = append(push.Groups, cardea.Pushed{Group: g, Until: end})
	}
	slices.SortFunc(push.Groups, func(a, b cardea.Pushed) int { return strings.Compare(a.Group, b.Group) })
	return push, nil
}

// numbered says whether an id is a number above zero.
func numbered(n json.Number) bool {
	v, err := n.Int64()
	return err == nil && v > 0 && n.String()[0] != '0'
}

// pushTime reads a time of a push: UTC, whether it says so or not.
func pushTime(s string) (cardea.Instant, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 && t.Year() < 9999 {
			return cardea.At(t), true
		}
	}
	return 0, false
}
