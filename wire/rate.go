package wire

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea"
)

// Rate is a vendor's limit: so many calls in a span.
type Rate struct {
	Calls int
	Per   time.Duration
}

var rateUnits = [...]struct {
	short, long string
	span        time.Duration
}{
	{"s", "second", time.Second},
	{"m", "minute", time.Minute},
	{"h", "hour", time.Hour},
	{"d", "day", 24 * time.Hour},
}

// ParseRate reads "5/s", "400/m", "20000/h" or "100000/d". Errors: Rejected.
func ParseRate(s string) (Rate, error) {
	calls, unit, _ := strings.Cut(strings.TrimSpace(s), "/")
	n, err := strconv.Atoi(strings.TrimSpace(calls))
	if err == nil && n > 0 && n <= 1_000_000_000 {
		for _, u := range rateUnits {
			if strings.TrimSpace(unit) == u.short {
				return Rate{Calls: n, Per: u.span}, nil
			}
		}
	}
	return Rate{}, cardea.Errorf(cardea.Rejected, "%q is no rate: want calls per unit, like 5/s, 400/m, 20000/h or 100000/d", s)
}

// String prints the form that ParseRate reads.
func (r Rate) String() string {
	for _, u := range rateUnits {
		if r.Per == u.span {
			return fmt.Sprintf("%d/%s", r.Calls, u.short)
		}
	}
	return fmt.Sprintf("%d/%s", r.Calls, r.Per)
}

// Interval is the distance between calls. It is a tenth longer than the rate asks for: a vendor that counts closed seconds
// sees six calls in one when five a second come evenly, and calls arrive less evenly than they are sent.
func (r Rate) Interval() time.Duration {
	if r.Calls <= 0 {
		return 0
	}
	return r.Per / time.Duration(r.Calls) * 11 / 10
}
