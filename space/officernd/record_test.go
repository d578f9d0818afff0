package officernd

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
)

func at(s string) cardea.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return cardea.At(t)
}

func dated(s string) cardea.Day { return cardea.Day{At: at(s), Set: true} }

// row makes a record with an id; fields come after it.
func row(n int, fields string) string { return fmt.Sprintf(`{"_id":"%s"%s}`, id(n), fields) }

func bookingRow(n int, fields string) string {
	return row(n, `,"resource":"`+id(70)+`","start":"2026-11-20T09:00:00.000Z","end":"2026-11-20T10:00:00.000Z",`+
		`"members":[],"visitors":[]`+fields)
}

func TestRecordsInOurWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind cardea.Kind
		row  string
		want cardea.Record
	}{
		"location": {
			cardea.KindLocation, row(1, `,"name":"London","timezone":"Europe/London","isOpen":true`),
			cardea.Location{ID: id(1), Name: "London", Zone: "Europe/London"},
		},
		"floor": {
			cardea.KindFloor, row(1, `,"name":"First","floor":"1","location":"`+id(2)+`"`),
			cardea.Floor{ID: id(1), Name: "First", Location: id(2)},
		},
		"floor without a name": {
			cardea.KindFloor, row(1, `,"name":"","floor":"3"`), cardea.Floor{ID: id(1), Name: "3"},
		},
		"floor number as a number": {cardea.KindFloor, row(1, `,"floor":-1`), cardea.Floor{ID: id(1), Name: "-1"}},
		"plan":                     {cardea.KindPlan, row(1, `,"name":" Hot desk "`), cardea.Plan{ID: id(1), Name: "Hot desk"}},
		"company": {
			cardea.KindTeam, row(1, `,"name":"Acme","status":"active","location":"`+id(2)+`"`),
			cardea.Team{ID: id(1), Name: "Acme", Location: id(2), Status: cardea.Present, Raw: "active"},
		},
		"member": {
			cardea.KindPerson,
			row(1, `,"name":"Ana Li","email":"Ana@X.test","phone":"+44 1","company":"`+id(2)+`","location":"`+id(3)+`","status":"active"`),
			cardea.Person{
				ID: id(1), Name: "Ana Li", Email: "Ana@X.test", Phone: "+44 1", Team: id(2), Location: id(3),
				Status: cardea.Present, Raw: "active",
			},
		},
		"member without e-mail": {
			cardea.KindPerson, row(1, `,"name":"Bo","company":null,"status":"pending"`),
			cardea.Person{ID: id(1), Name: "Bo", Status: cardea.Present, Raw: "pending"},
		},
		"null bytes are dropped": {
			cardea.KindPerson, row(1, `,"name":"B\u0000o","status":"active"`),
			cardea.Person{ID: id(1), Name: "Bo", Status: cardea.Present, Raw: "active"},
		},
		"visitor is in no team": {
			cardea.KindVisitor, row(1, `,"name":"Vi","email":"vi@y.test","member":"`+id(2)+`","company":"`+id(3)+`"`),
			cardea.Person{ID: id(1), Visitor: true, Name: "Vi", Email: "vi@y.test", Host: id(2), Status: cardea.Present},
		},
		"membership of a whole company, open": {
			cardea.KindAgreement,
			row(1, `,"name":"Office","status":"approved","calculatedStatus":"active","company":"`+id(2)+`","plan":"`+id(3)+
				`","location":"`+id(4)+`","startDate":"2026-11-01T00:00:00.000Z","endDate":null`),
			cardea.Agreement{
				ID: id(1), Name: "Office", Team: id(2), Plan: id(3), Location: id(4), Approved: true,
				Start: dated("2026-11-01T00:00:00Z"), Computed: "active",
			},
		},
		"membership of a company and a member": {
			cardea.KindAgreement,
			row(1, `,"status":"approved","company":"`+id(2)+`","member":"`+id(5)+`","startDate":"2026-11-01T00:00:00.000Z"`+
				`,"endDate":"2026-11-30T00:00:00.000Z"`),
			cardea.Agreement{
				ID: id(1), Team: id(2), Person: id(5), Approved: true, Start: dated("2026-11-01T00:00:00Z"),
				End: dated("2026-11-30T00:00:00Z"),
			},
		},
		"personal membership without company": {
			cardea.KindAgreement,
			row(1, `,"isPersonal":true,"status":"not_approved","member":"`+id(5)+`","startDate":"2026-10-31T23:00:00.000Z"`),
			cardea.Agreement{ID: id(1), Person: id(5), Start: dated("2026-10-31T23:00:00Z")},
		},
		"dangling references are kept": {
			cardea.KindAssignment,
			row(1, `,"resource":"`+id(98)+`","membership":"`+id(99)+`","startDate":"2026-11-01T00:00:00.000Z"`),
			cardea.Assignment{ID: id(1), Resource: id(98), Agreement: id(99), Start: dated("2026-11-01T00:00:00Z")},
		},
		"booking": {
			cardea.KindBooking,
			bookingRow(1, `,"title":"Talk","location":"`+id(2)+`"`+
				`,"member":"`+id(3)+`","company":"`+id(4)+`","members":["`+id(5)+`","`+id(5)+
				`"],"visitors":["`+id(6)+`"],"timezone":"Europe/London","seriesEnd":"2026-11-20T10:00:00.000Z","isTentative":true,`+
				`"createdAt":"2026-11-19T08:00:00.500Z","recurrence":null`),
			cardea.Booking{
				ID: id(1), Title: "Talk", Resource: id(70), Location: id(2), Person: id(3), Team: id(4), Members: []string{id(5)},
				Visitors: []string{id(6)}, Start: at("2026-11-20T09:00:00Z"), End: at("2026-11-20T10:00:00Z"), Zone: "Europe/London",
				Last: at("2026-11-20T10:00:00Z"), Tentative: true, Made: at("2026-11-19T08:00:00.5Z"),
			},
		},
		"cancelled series stays, by nobody": {
			cardea.KindBooking,
			bookingRow(1, `,"isCancelled":true,`+
				`"recurrence":{"rrule":"RRULE:FREQ=WEEKLY;BYDAY=FR","exdates":["2026-11-27T09:00:00.000Z"]}`),
			cardea.Booking{
				ID: id(1), Resource: id(70), Start: at("2026-11-20T09:00:00Z"), End: at("2026-11-20T10:00:00Z"), Cancelled: true,
				RRule: "FREQ=WEEKLY;BYDAY=FR", Except: []cardea.Instant{at("2026-11-27T09:00:00Z")},
			},
		},
		"half passes": {
			cardea.KindPass,
			row(1, `,"count":5,"usedCount":4.5,"isPersonal":false,"company":"`+id(2)+`","member":null,"membership":"`+id(3)+
				`","startDate":"2026-10-01T00:00:00.000Z","endDate":"2026-10-31T00:00:00.000Z","validFrom":"2026-11-01T00:00:00.000Z",`+
				`"validTo":null,"resourceType":"hotdesk","status":"valid"`),
			cardea.Pass{
				ID: id(1), Team: id(2), Agreement: id(3), Type: "hotdesk", HalfCount: 10, HalfUsed: 9,
				From: dated("2026-11-01T00:00:00Z"), Raw: "valid",
			},
		},
		"personal pass, never used": {
			cardea.KindPass,
			row(1, `,"count":0.5,"isPersonal":true,"company":"`+id(2)+`","member":"`+id(4)+`","startDate":"2026-10-01T00:00:00.000Z",`+
				`"validTo":"2026-12-01T00:00:00.000Z"`),
			cardea.Pass{
				ID: id(1), Team: id(2), Person: id(4), Personal: true, HalfCount: 1, From: dated("2026-10-01T00:00:00Z"),
				Until: dated("2026-12-01T00:00:00Z"),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c2, _ := of(c.kind)
			v := newVendor(t).empty()
			v.rows[c2.path] = []string{c.row}
			p := v.only(c.kind)
			if diff := cmp.Diff([]cardea.Record{c.want}, p.Records()); diff != "" || grade(p) != cardea.Complete {
				t.Errorf("%s %s %v (-want +got)\n%s", grade(p), p.Evidence().Why(), p.BadOnes(), diff)
			}
		})
	}
}

func TestWhoHasLeft(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]cardea.Status{
		"active": cardea.Present, "pending": cardea.Present, "drop-in": cardea.Present, "": cardea.Present, "new word": cardea.Present,
		"former": cardea.Left, "contact": cardea.Left, "lead": cardea.Left, "not_approved": cardea.Left,
	} {
		if got := hasLeft(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

func TestRecordThatDoesNotFitIsBadWithItsKey(t *testing.T) {
	t.Parallel()
	since := `"startDate":"2026-11-01T00:00:00.000Z"`
	holder := `,"status":"approved","company":"` + id(2) + `"`
	for name, c := range map[string]struct {
		kind cardea.Kind
		row  string
	}{
		"unparsable date":            {cardea.KindAgreement, row(1, holder+`,"startDate":"soon"`)},
		"year nought":                {cardea.KindAgreement, row(1, holder+`,"startDate":"0000-01-01T00:00:00Z"`)},
		"no start":                   {cardea.KindAgreement, row(1, holder)},
		"no status":                  {cardea.KindAgreement, row(1, `,"company":"`+id(2)+`","startDate":"2026-11-01T00:00:00.000Z"`)},
		"membership of nobody":       {cardea.KindAgreement, row(1, `,"status":"approved","startDate":"2026-11-01T00:00:00.000Z"`)},
		"personal, but no member":    {cardea.KindAgreement, row(1, holder+`,"isPersonal":true,`+since)},
		"a reference that is no id":  {cardea.KindPerson, row(1, `,"company":"Acme"`)},
		"a nested reference":         {cardea.KindPerson, row(1, `,"company":{"_id":"`+id(2)+`"}`)},
		"a flag that is a word":      {cardea.KindBooking, bookingRow(1, `,"isCancelled":"no"`)},
		"assignment to no resource":  {cardea.KindAssignment, row(1, `,"membership":"`+id(2)+`",`+since)},
		"assignment of nothing":      {cardea.KindAssignment, row(1, `,"resource":"`+id(2)+`","startDate":"2026-11-01T00:00:00.000Z"`)},
		"booking of no resource":     {cardea.KindBooking, bookingRow(1, `,"resource":null`)},
		"booking without an end":     {cardea.KindBooking, bookingRow(1, `,"end":null`)},
		"booking ends before":        {cardea.KindBooking, bookingRow(1, `,"end":"2026-11-20T08:00:00.000Z"`)},
		"two rules":                  {cardea.KindBooking, bookingRow(1, `,"recurrence":{"rrule":"FREQ=DAILY\nRRULE:FREQ=WEEKLY"}`)},
		"rule with extra dates":      {cardea.KindBooking, bookingRow(1, `,"recurrence":{"rrule":"FREQ=DAILY\nRDATE:20261120"}`)},
		"exdate that is none":        {cardea.KindBooking, bookingRow(1, `,"recurrence":{"rrule":"FREQ=DAILY","exdates":["x"]}`)},
		"quarter passes":             {cardea.KindPass, row(1, `,"company":"`+id(2)+`","count":0.25`)},
		"negative passes":            {cardea.KindPass, row(1, `,"company":"`+id(2)+`","count":-1`)},
		"passes without a count":     {cardea.KindPass, row(1, `,"company":"`+id(2)+`","count":null`)},
		"passes of nobody":           {cardea.KindPass, row(1, `,"count":1`)},
		"personal passes, no member": {cardea.KindPass, row(1, `,"count":1,"isPersonal":true,"company":"`+id(2)+`"`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c2, _ := of(c.kind)
			v := newVendor(t).empty()
			good := map[cardea.Kind]string{
				cardea.KindAgreement:  row(9, holder+`,"startDate":"2026-11-01T00:00:00.000Z"`),
				cardea.KindPerson:     row(9, ``),
				cardea.KindAssignment: row(9, `,"resource":"`+id(3)+`","membership":"`+id(2)+`","startDate":"2026-11-01T00:00:00.000Z"`),
				cardea.KindBooking:    bookingRow(9, ``),
				cardea.KindPass:       row(9, `,"count":1,"company":"`+id(2)+`"`),
			}[c.kind]
			v.rows[c2.path] = []string{c.row, good}
			p := v.only(c.kind)
			if len(p.BadOnes()) != 1 || len(p.BadOnes()[0].Who) != 1 || p.BadOnes()[0].Who[0] != (cardea.Key{Kind: c.kind, ID: id(1)}) {
				t.Fatalf("bad: %+v", p.BadOnes())
			}
			if grade(p) != cardea.Complete || len(p.Records()) != 1 {
				t.Errorf("the others: %s, %d records: %s", grade(p), len(p.Records()), p.Evidence().Why())
			}
		})
	}
}

func TestBadIDLeavesTheCollectionIncomplete(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/members"] = []string{`{"_id":"42","name":"Odd"}`, members(1)[0]}
	if p := v.only(cardea.KindPerson); grade(p) != cardea.Incomplete || len(p.BadOnes()) != 1 || len(p.Records()) != 1 {
		t.Fatalf("%s, %d bad", grade(p), len(p.BadOnes()))
	}
}

func TestBadRecordsShowNoSecrets(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.rows["/members"] = []string{row(1, `,"name":"Ana Li","email":"ana@x.test","company":"Acme",`+
		`"status":"active","title":"bo@x.test",`+
		`"type":"cy@x.test","phone":"0123","properties":{"Access card":"998877"},"address":{"street":"Elm"}`)}
	p := v.only(cardea.KindPerson)
	if len(p.BadOnes()) != 1 {
		t.Fatal(p.BadOnes())
	}
	shown := p.BadOnes()[0].Raw + p.BadOnes()[0].Why
	for _, secret := range []string{"Ana", "@x.test", "998877", "Elm", "0123"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q shows %q", shown, secret)
		}
	}
	if !strings.Contains(shown, id(1)) || !strings.Contains(shown, "active") {
		t.Errorf("%q does not say which record it is", shown)
	}
}

func TestRuleCarriesNoName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"FREQ=DAILY":          "FREQ=DAILY",
		"RRULE:FREQ=DAILY":    "FREQ=DAILY",
		"rrule: FREQ=DAILY\n": "FREQ=DAILY",
		"DTSTART:20261120T090000Z\r\nRRULE:FREQ=DAILY":    "FREQ=DAILY",
		"DTSTART;TZID=Europe/London:20261120\nFREQ=DAILY": "FREQ=DAILY",
		"": "",
	} {
		if got, err := bareRule(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte(members(1)[0]))
	f.Add([]byte(bookingRow(1, `,"recurrence":{"rrule":"RRULE:FREQ=DAILY","exdates":[null]}`)))
	f.Add([]byte(row(1, `,"count":0.5,"usedCount":1e300,"parents":[null,""],"startDate":"2026-01-01"`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range cardea.Kinds {
			c, _ := of(kind)
			rec, err := c.decode(raw)
			if err != nil {
				redacted(raw)
				continue
			}
			if !isID(rec.Key().ID) || rec.Key().Kind != kind {
				t.Errorf("%s has the key %s", kind, rec.Key())
			}
			for _, k := range rec.Refs() {
				if !isID(k.ID) {
					t.Errorf("%s refers to %s", rec.Key(), k)
				}
			}
		}
	})
}
