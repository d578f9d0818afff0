package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/console"
	"github.com/cardea-access/cardea/desk/say"
)

// desk is a workspace of one morning in London, Sunday 22 November 2026.
type desk struct {
	now           time.Time
	empty, broken bool

	mu    sync.Mutex
	polls int
}

func newDesk() *desk { return &desk{now: time.Date(2026, 11, 22, 9, 37, 12, 0, time.UTC)} }

var errBroken = cardea.Errorf(cardea.Retry, "The database cannot be opened. Check that its disk is not full, then reload.")

// at is so many minutes before now.
func (d *desk) at(minutes float64) cardea.Instant {
	return cardea.At(d.now.Add(-time.Duration(minutes * float64(time.Minute))))
}

// day is the start of a day of November or, past the 30th, of December.
func (d *desk) day(n int) cardea.Instant {
	return cardea.At(time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC))
}

func (d *desk) Overview(context.Context) (console.Overview, error) {
	if d.broken {
		return console.Overview{}, errBroken
	}
	if d.empty {
		return console.Overview{At: cardea.At(d.now)}, nil
	}
	lists := func(minutes float64) []say.Collection {
		one := func(k cardea.Kind, n int) say.Collection {
			return say.Collection{Kind: k, Grade: cardea.Complete, Records: n, At: d.at(minutes)}
		}
		return []say.Collection{
			one(cardea.KindPerson, 904), one(cardea.KindTeam, 140), one(cardea.KindAgreement, 612), one(cardea.KindAssignment, 588),
			one(cardea.KindBooking, 1374), one(cardea.KindPass, 96),
		}
	}
	passes := lists(6.2)
	passes[5] = say.Collection{
		Kind: cardea.KindPass, Grade: cardea.Incomplete, Records: 50, At: d.at(6.2),
		Why: "stopped after 50 records: the vendor answered 503 twice",
	}
	return console.Overview{
		At: cardea.At(d.now), Pending: 2, Held: 6,
		Connections: []say.Connection{
			{
				Name: "rnd", Side: "space", System: "officernd", Organisation: "Acme Spaces", State: say.Fresh, LastRead: d.at(6.2),
				Collections: passes,
			},
			{
				Name: "kisi", Side: "door", System: "kisi", Organisation: "Acme London", State: say.Fresh, LastRead: d.at(6),
				SkewSeconds: 0.4,
				Collections: []say.Collection{
					{Kind: cardea.KindAccount, Grade: cardea.Complete, Records: 871, At: d.at(6)},
					{Kind: cardea.KindGroup, Grade: cardea.Complete, Records: 23, At: d.at(6)},
					{Kind: cardea.KindEdge, Grade: cardea.Complete, Records: 2411, At: d.at(6)},
				},
			},
		},
		Integrations: []say.Integration{
			{Name: "london", Space: "rnd", Door: "kisi", State: say.Held, Pending: 2, Held: 6, NextWake: d.at(-8)},
		},
		Issues: d.issues(),
		AtRisk: 2,
		Waits:  []say.Wait{{Door: "kisi", Group: "105", Name: "Second floor", Count: 6}},
		Frozen: []cardea.Freeze{{Integration: "lisbon", Reason: "the doors are being rewired", By: "olga", Since: d.at(95), Until: d.at(-120)}},
		Blocked: []cardea.Block{
			{Person: "rnd/person:p9", Name: "Bea Fenn", Note: "lost her badge", By: "olga", Since: d.at(1440), Until: cardea.Never},
		},
	}, nil
}

func (d *desk) issues() []say.Issue {
	out := []say.Issue{{
		Issue: cardea.Issue{
			Code: "cannot-be-given", Text: "no usable e-mail address, and the door system makes no account without one",
		},
		Since: d.at(1460), Who: "Bram Okafor", Where: "General access",
	}}
	for i, who := range []string{"Ines Duarte", "Kwame Mensah", "Noor Haddad", "Olga Petrova", "Ravi Patel"} {
		out = append(out, say.Issue{
			Issue: cardea.Issue{
				Code: "left-but-named",
				Text: "the person has left but is named by a running agreement and keeps their access: end the agreement or mend the status",
			},
			Since: d.at(38 + float64(i)), Who: who,
		})
	}
	return out
}

func (d *desk) ZoneOf(context.Context, cardea.PersonID) *time.Location { return nil }

func (d *desk) Runs(_ context.Context, limit int) ([]console.Run, error) {
	if d.broken {
		return nil, errBroken
	}
	if d.empty {
		return nil, nil
	}
	d.mu.Lock()
	d.polls++
	fresh := d.polls > 1 // a run appears while somebody looks
	d.mu.Unlock()
	span := func(minutes, seconds float64) (cardea.Instant, cardea.Instant) {
		from := d.at(minutes)
		return from, from.Add(time.Duration(seconds * float64(time.Second)))
	}
	run := func(id, unit, kind string, o say.Outcome, minutes, seconds float64, c say.Counts) console.Run {
		from, until := span(minutes, seconds)
		r := console.Run{ID: id, Unit: unit, Kind: kind, Outcome: o, Started: from, Ended: until, Counts: c}
		if kind == "keep" {
			r.Changeset = "9f2c4e0a7b3d58c1e6f0a94b7d21c8e35a6f"
		}
		return r
	}
	out := []console.Run{
		run("r8", "kisi", "keep", say.EndedHeld, 6, 3.4, say.Counts{
			"add/granted": 3, "create/granted": 1, "remove/ended": 1, "remove/left": 1, "retime/window": 2, "held/remove/vanished": 6,
		}),
		run("r7", "rnd", "read", say.EndedIncomplete, 6.3, 8.1, say.Counts{"person": 2, "booking": 9}),
		run("r6", "kisi", "keep", say.EndedInStep, 21, 1.2, say.Counts{"add/granted": 1}),
		run("r5", "rnd", "read", say.EndedInStep, 21.2, 7.7, say.Counts{"booking": 1}),
		run("r4", "kisi", "keep", say.EndedInStep, 36, 0.3, nil),
		run("r3", "rnd", "read", say.EndedInStep, 36.2, 7.9, nil),
		run("r2", "kisi", "keep", say.EndedFailed, 51, 31, nil),
		run("r1", "rnd", "read", say.EndedInStep, 51.2, 812, say.Counts{"person": 904, "team": 140, "agreement": 612}),
	}
	out[1].Detail = "Passes came only in part (503 on page 2). Nobody is removed because of it; they are read again at 09:45."
	out[6].Detail = "Kisi answered 401: the API key is not accepted any more. Put a new one into the configuration."
	if fresh {
		next := run("r9", "kisi", "keep", say.Running, 0.1, 0, say.Counts{"add/granted": 2})
		next.Ended = 0
		out = append([]console.Run{next}, out...)
	}
	return out[:min(limit, len(out))], nil
}

func (d *desk) Run(ctx context.Context, id string) (console.RunDetail, error) {
	runs, err := d.Runs(ctx, 100)
	if err != nil {
		return console.RunDetail{}, err
	}
	for _, r := range runs {
		if r.ID == id {
			detail := console.RunDetail{Run: r}
			if id == "r8" {
				detail.Operations = d.operations()
			}
			return detail, nil
		}
	}
	return console.RunDetail{}, cardea.Errorf(cardea.NotFound, "There is no run %q any more. Old runs are cleared away.", id)
}

func (d *desk) operations() []say.Operation {
	membership := cardea.Key{Kind: cardea.KindAgreement, ID: "5f1e9a"}
	booking := cardea.Key{Kind: cardea.KindBooking, ID: "b-2210"}
	names := map[cardea.Key]string{membership: "Hot desk", booking: "Elephant"}
	op := func(v cardea.Verb, c cardea.Cause, who, group string, w cardea.Window, rule cardea.Rule, k cardea.Key) say.Operation {
		return say.Operation{
			Operation: cardea.Operation{
				Verb: v, Cause: c, Group: cardea.GroupID(group), Window: w,
				Reasons: []cardea.Reason{{Rule: rule, Record: k}},
			},
			PersonName: who, GroupName: group, State: "confirmed", Names: names,
		}
	}
	month := cardea.Window{From: d.day(22), Until: d.day(31)}
	meeting := cardea.Window{From: d.at(-20), Until: d.at(-110)}
	out := []say.Operation{
		op(cardea.VerbRemove, cardea.CauseEnded, "Tomasz Wiśniewski", "General access", cardea.Window{From: d.day(1), Until: d.day(22)},
			cardea.RulePlan, membership),
		op(cardea.VerbRemove, cardea.CauseLeft, "Grace Adeyemi", "First floor", cardea.Forever, cardea.RuleFloor, membership),
		op(cardea.VerbCreate, cardea.CauseGranted, "Ana Lopes", "", cardea.Window{}, cardea.RulePlan, membership),
		op(cardea.VerbAdd, cardea.CauseGranted, "Ana Lopes", "General access", month, cardea.RulePlan, membership),
		op(cardea.VerbAdd, cardea.CauseGranted, "Ana Lopes", "First floor", month, cardea.RuleFloor, membership),
		op(cardea.VerbAdd, cardea.CauseGranted, "Noor Haddad", "Elephant room", meeting, cardea.RuleBooking, booking),
		op(cardea.VerbRetime, cardea.CauseExtended, "Joe Whitfield", "Elephant room", meeting, cardea.RuleBooking, booking),
		op(cardea.VerbRetime, cardea.CauseExtended, "Priya Raman", "Elephant room", meeting, cardea.RuleBooking, booking),
	}
	out[2].Reasons = nil
	out[5].State, out[5].Error = "failed", "Kisi answered 422: the window is in the past. It is planned again with the next run."
	for _, name := range []string{"Liam O'Connor", "Zoë Krüger", "Yusuf Demir", "Mei-Ling Tan", "Ravi Patel", "Olga Petrova"} {
		o := op(cardea.VerbRemove, cardea.CauseVanished, name, "Second floor", cardea.Forever, cardea.RuleFloor, membership)
		o.Held = &cardea.Hold{Code: cardea.HeldBrake, Why: "6 of 20 people would leave this group within 24 hours"}
		o.State = "held"
		out = append(out, o)
	}
	return out
}

func (d *desk) FindPeople(_ context.Context, query string) ([]console.Person, error) {
	if d.broken {
		return nil, errBroken
	}
	all := []console.Person{
		{ID: "rnd/person:p1", Name: "Ana Lopes", Email: "ana@acme.example", Team: "Brightwater"},
		{ID: "rnd/person:p2", Name: "Anabel Fonseca", Email: "anabel.fonseca@northlight.example", Team: "Northlight Studio"},
		{ID: "rnd/visitor:v1", Name: "Hannah Ansah", Email: "hannah@visitor.example", Visitor: true},
		{ID: "rnd/person:p3", Name: "Joana Pereira", Email: "joana@acme.example", Team: "Brightwater", Left: true},
		{
			ID: "rnd/person:p4", Name: `<img src=x onerror="alert(1)">`, Email: `"><script>alert(2)</script>@x.example`,
			Team: "Mallory & Sons",
		},
	}
	var out []console.Person
	for _, p := range all {
		if strings.Contains(strings.ToLower(p.Name+" "+p.Email), strings.ToLower(query)) && !d.empty {
			out = append(out, p)
		}
	}
	return out, nil
}

func (d *desk) FindAccounts(_ context.Context, query string) ([]console.Person, error) {
	if d.broken {
		return nil, errBroken
	}
	one := console.Person{ID: "kisi/account:a9", Name: "Claire Cleaner", Email: "cleaner@acme.example", Door: "kisi"}
	if d.empty || !strings.Contains(strings.ToLower(one.Name+" "+one.Email), strings.ToLower(query)) {
		return nil, nil
	}
	return []console.Person{one}, nil
}

func (d *desk) Groups(context.Context) ([]console.Group, error) {
	if d.broken {
		return nil, errBroken
	}
	if d.empty {
		return nil, nil
	}
	return []console.Group{
		{Door: "kisi", ID: "101", Name: "General access", Place: "London", Mapped: true},
		{Door: "kisi", ID: "102", Name: "First floor", Place: "London", Mapped: true},
		{Door: "kisi", ID: "103", Name: "Elephant room", Place: "London", Mapped: true},
		{Door: "kisi", ID: "104", Name: "Server room", Place: "London"},
	}, nil
}

func (d *desk) Explain(ctx context.Context, q console.Question) (console.Explained, error) {
	people, err := d.FindPeople(ctx, "")
	if err != nil {
		return console.Explained{}, err
	}
	groups, err := d.Groups(ctx)
	if err != nil {
		return console.Explained{}, err
	}
	x := console.Explained{ReadAt: d.at(6.2)}
	if q.Person == "kisi/account:a9" {
		people = append(people, console.Person{ID: q.Person, Name: "Claire Cleaner", Email: "cleaner@acme.example"})
		x.Stranger = &say.Stranger{
			Account: cardea.Account{ID: "a9", Name: "Claire Cleaner", Email: "cleaner@acme.example"}, Mode: cardea.Exclusive,
		}
	}
	for _, p := range people {
		if p.ID == q.Person {
			x.Person = p
		}
	}
	for _, g := range groups {
		if g.ID == q.Group && g.Door == q.Door {
			x.Group = g
		}
	}
	if x.Person.ID == "" || x.Group.ID == "" {
		return x, cardea.Errorf(cardea.NotFound, "There is no such person or group. Search again: it may have been renamed.")
	}
	x.Explanation = d.considered(q)
	x.Door = say.AtDoor{ReadAt: d.at(6), Account: x.Person.Email, Window: cardea.Forever}
	if x.Stranger != nil {
		x.Door.Member = q.Group == "101"
		return x, nil
	}
	if x.Explanation.Open {
		x.Door.Member, x.Door.Window = true, *x.Explanation.Window
	}
	return x, nil
}

func (d *desk) considered(q console.Question) cardea.Explanation {
	month := cardea.Window{From: d.day(1), Until: d.day(31)}
	meeting := cardea.Window{From: cardea.At(time.Date(2026, 11, 24, 9, 45, 0, 0, time.UTC)),
		Until: cardea.At(time.Date(2026, 11, 24, 11, 15, 0, 0, time.UTC))}
	yes := func(asks string) cardea.Step { return cardea.Step{Asks: asks, Says: cardea.Yes} }
	floor := cardea.Consideration{
		Integration: "london", Rule: cardea.RuleFloor, Record: cardea.Key{Kind: cardea.KindAgreement, ID: "5f1e9a"}, Label: "Hot desk",
		Via:      []cardea.Key{{Kind: cardea.KindAssignment, ID: "as-77"}, {Kind: cardea.KindFloor, ID: "f1"}},
		ViaLabel: "Floor 1", Verdict: cardea.Yes, Windows: []cardea.Window{month},
		Steps: []cardea.Step{yes("mapping"), yes("holder"), {Asks: "window", Says: cardea.Yes, Window: &month}, yes("hours")},
	}
	plan := cardea.Consideration{
		Integration: "london", Rule: cardea.RulePlan, Record: cardea.Key{Kind: cardea.KindAgreement, ID: "5f1e9a"}, Label: "Hot desk",
		Verdict: cardea.NotMapped, Steps: []cardea.Step{{Asks: "mapping", Says: cardea.NotMapped}},
	}
	booking := cardea.Consideration{
		Integration: "london", Rule: cardea.RuleBooking, Record: cardea.Key{Kind: cardea.KindBooking, ID: "b-2210"}, Label: "Elephant",
		Verdict: cardea.NotYet, Windows: []cardea.Window{meeting},
		Steps: []cardea.Step{yes("mapping"), yes("invited"), {Asks: "window", Says: cardea.NotYet, Window: &meeting}},
	}
	e := cardea.Explanation{Person: q.Person, Group: q.Group, At: q.At}
	switch q.Group {
	case "103":
		e.Considered = []cardea.Consideration{booking, plan}
		e.Change = &booking
		if e.Open = meeting.Holds(q.At); e.Open {
			booking.Verdict = cardea.Yes
			e.Considered[0] = booking
			e.Window = &meeting
		} else if q.At < meeting.From {
			e.Next = &meeting
		}
	case "104":
		e.Considered, e.Change = []cardea.Consideration{plan}, &plan
	default:
		e.Considered, e.Change = []cardea.Consideration{floor, plan}, &floor
		e.Open, e.Window = month.Holds(q.At), &month
		if !e.Open {
			floor.Verdict = cardea.Ended
			e.Considered[0] = floor
			e.Last, e.Window = &month, nil
		}
	}
	return e
}
