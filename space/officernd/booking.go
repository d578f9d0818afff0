package officernd

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

type booking struct {
	own

	Title      text        `json:"title"`
	Resource   ref         `json:"resource"`
	Location   ref         `json:"location"`
	Member     ref         `json:"member"`
	Company    ref         `json:"company"`
	Members    refs        `json:"members"`
	Visitors   refs        `json:"visitors"`
	Start      moment      `json:"start"`
	End        moment      `json:"end"`
	SeriesEnd  moment      `json:"seriesEnd"`
	Zone       text        `json:"timezone"`
	Recurrence *recurrence `json:"recurrence"`
	Cancelled  bool        `json:"isCancelled"`
	Tentative  bool        `json:"isTentative"`
	Created    moment      `json:"createdAt"`
}

type recurrence struct {
	Rule   text     `json:"rrule"`
	Except []moment `json:"exdates"`
}

// record keeps cancelled series: that one is cancelled is the vendor's positive word (vendors/officernd.md 2, booking).
func (v booking) record() (cardea.Record, error) {
	switch {
	case v.Resource == "":
		return nil, errors.New("the booking names no resource")
	case v.Start.IsZero() || v.End.IsZero():
		return nil, errors.New("the booking has no start or no end")
	case v.End.Before(v.Start.Time):
		return nil, errors.New("the booking ends before it starts")
	}
	b := cardea.Booking{
		ID: v.id(), Title: string(v.Title), Resource: string(v.Resource), Location: string(v.Location),
		Person: string(v.Member), Team: string(v.Company), Members: v.Members.ids, Visitors: v.Visitors.ids,
		Start: v.Start.instant(), End: v.End.instant(), Zone: string(v.Zone), Last: v.SeriesEnd.instant(),
		Cancelled: v.Cancelled, Tentative: v.Tentative, Made: v.Created.instant(),
	}
	if v.Recurrence == nil {
		return b, nil
	}
	rule, err := bareRule(string(v.Recurrence.Rule))
	if err != nil {
		return nil, err
	}
	b.RRule = rule
	for _, x := range v.Recurrence.Except {
		if !x.IsZero() {
			b.Except = append(b.Except, x.instant())
		}
	}
	return b, nil
}

// bareRule takes the rule out of a text that may carry the RRULE: name and a DTSTART line, which says again what start
// says. Other lines would change the series and are refused.
func bareRule(s string) (string, error) {
	rule := ""
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		name := strings.ToUpper(line)
		switch {
		case line == "", strings.HasPrefix(name, "DTSTART"):
			continue
		case strings.HasPrefix(name, "RRULE:"):
			line = strings.TrimSpace(line[len("RRULE:"):])
		case !strings.HasPrefix(name, "FREQ=") && strings.Contains(line, ":"):
			return "", errors.New("the recurrence has a line that is no rule")
		}
		if rule != "" {
			return "", errors.New("the recurrence has more than one rule")
		}
		rule = line
	}
	return rule, nil
}

// whole says whether a list row says who is invited. A list that is absent is unknown, not empty (RULES.md 5.1); of a
// cancelled series it does not matter.
func whole(raw []byte) bool {
	var v struct {
		Members   refs `json:"members"`
		Visitors  refs `json:"visitors"`
		Cancelled bool `json:"isCancelled"`
	}
	return json.Unmarshal(raw, &v) != nil || v.Cancelled || v.Members.known && v.Visitors.known
}

// named says whether a person has any part in the booking; team is theirs.
func named(b cardea.Booking, who cardea.Key, team string) bool {
	return team != "" && b.Team == team || slices.Contains(b.Refs(), who)
}
