package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea"
)

// known is what the connection has already.
func known() []cardea.Record {
	return []cardea.Record{
		cardea.Location{ID: "london", Name: "London", Zone: "Europe/London"},
		cardea.Location{ID: "L-2", Name: "Leeds"},
		cardea.Floor{ID: "london/1", Name: "1", Location: "london"},
		cardea.Resource{ID: "london/elephant", Name: "Elephant", Location: "london", Bookable: true},
		cardea.Resource{ID: "D-1", Name: "Desk 1", Location: "london", Assignable: true},
		cardea.Resource{ID: "D-2", Name: "Desk 1", Location: "L-2", Assignable: true},
		cardea.Resource{ID: "desk-day", Name: "Day desk", Location: "london", Bookable: true, ByDate: true},
		cardea.Plan{ID: "hot", Name: "Hot desk"},
		cardea.Team{ID: "acme", Name: "Acme Ltd", Location: "london"},
		cardea.Person{ID: "P-1", Name: "Ana", Email: "Ana@example.com", Location: "london"},
		cardea.Person{ID: "P-2", Name: "Jo", Email: "jo@example.com"},
		cardea.Person{ID: "V-1", Name: "Vi", Email: "vi@example.com", Visitor: true},
		cardea.Agreement{ID: "A-1", Name: "Ana's desk", Person: "P-1"},
	}
}

func take(t *testing.T, kind cardea.Kind, text string) []cardea.Record {
	t.Helper()
	recs, err := ReadCSV(strings.NewReader(text), List{Kind: kind, Known: known()})
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func equal(t *testing.T, got []cardea.Record, wanted ...cardea.Record) {
	t.Helper()
	if d := cmp.Diff(wanted, got); d != "" {
		t.Error(d)
	}
}

func wantCSV(t *testing.T, kind cardea.Kind, text string, pairs ...string) {
	t.Helper()
	recs, err := ReadCSV(strings.NewReader(text), List{Kind: kind, Known: known()})
	want(t, refusal(t, recs, err), pairs...)
}

func instant(t *testing.T, s string) cardea.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return cardea.At(at)
}

func TestKnowsFilesByName(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]cardea.Kind{
		"people.csv": cardea.KindPerson, "/tmp/Bookings.CSV": cardea.KindBooking, "memberships.csv": cardea.KindAgreement,
		`C:\files\passes.csv`: cardea.KindPass, "visitors.csv": cardea.KindVisitor, "people.xlsx": "", "dogs.csv": "",
	} {
		if got, ok := KindOfFile(name); got != kind || ok != (kind != "") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, err := ReadCSV(strings.NewReader("id\n"), List{Kind: cardea.KindAssignment}); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("assignments: %v", err)
	}
}

func TestReadsPeopleInEveryDialect(t *testing.T) {
	t.Parallel()
	plain := "id,first name,last name,e-mail,team,status\nP-9,Ana,\"Lopez; the first\",ana@example.com,Acme Ltd,former\n"
	wanted := cardea.Person{
		ID: "P-9", Name: "Ana Lopez; the first", First: "Ana", Last: "Lopez; the first", Email: "ana@example.com", Team: "acme",
		Status: cardea.Left, Raw: "former",
	}
	comma := strings.ReplaceAll(plain, `"Lopez; the first"`, "Lopez; the first")
	for name, text := range map[string]string{
		"plain":     plain,
		"mark":      "\xEF\xBB\xBF" + plain,
		"windows":   strings.ReplaceAll(plain, "\n", "\r\n"),
		"macintosh": strings.ReplaceAll(plain, "\n", "\r"),
		"semicolon": strings.ReplaceAll(plain, ",", ";"),
		"tab":       strings.ReplaceAll(comma, ",", "\t"),
		"sep":       "sep=,\r\n" + plain,
		"mark, sep": "\xEF\xBB\xBF\"sep=,\"\n" + plain,
		"no end":    strings.TrimSuffix(plain, "\n"),
		"blanks":    "\n" + plain + ",,,,,\n\n",
	} {
		recs, err := ReadCSV(strings.NewReader(text), List{Kind: cardea.KindPerson, Known: known()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff([]cardea.Record{wanted}, recs); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestRefusesEncodingsThatItCannotRead(t *testing.T) {
	t.Parallel()
	wantCSV(t, cardea.KindPerson, "\xFF\xFEi\x00d\x00", "people.csv", "is UTF-16")
	wantCSV(t, cardea.KindPerson, "id,name\n1,Ana\n2,Jos\xE9\n", "people.csv", "is not UTF-8 (line 3)")
	wantCSV(t, cardea.KindPerson, "PK\x03\x04....", "people.csv", "is a workbook")
	wantCSV(t, cardea.KindPerson, "", "people.csv", "is empty")
	wantCSV(t, cardea.KindPerson, "sep=x\nid\n", "people.csv", "names a separator")
	wantCSV(t, cardea.KindPerson, "id,name\n1,An\"a\n", "people.csv line 2", "quotes")
}

func TestNamesEveryBadCellOfAList(t *testing.T) {
	t.Parallel()
	wantCSV(t, cardea.KindPerson, "sep=,\nid,name,email,team,location,status\n"+
		"P-1,Ana,ana at x,Acne,London,\nP-1,Twin,,,,gone\n,Nobody,,,,\nP-4,,,,,\nP-5,Eve,,,Paris,,oops\n",
		"people.csv line 3 column email", "no e-mail address",
		"people.csv line 3 column team", "names no team",
		"people.csv line 4 column status", "present or left",
		"people.csv line 4 column id", "see people.csv line 3 column id",
		"people.csv line 5 column id", "neither an id nor an e-mail",
		"people.csv line 6 column name", "there is no name",
		"people.csv line 7 column number 7", "under no heading",
		"people.csv line 7 column location", "names no location",
	)
	wantCSV(t, cardea.KindPerson, "id,naem\n1,Ana\n", "people.csv line 1 column naem", `did you mean "name"`)
	wantCSV(t, cardea.KindPlan, "id\n1\n", "plans.csv line 1 column id", `no column "name"`)
}

func TestReadsPlacesAndResources(t *testing.T) {
	t.Parallel()
	equal(t, take(t, cardea.KindLocation, "name,time zone\nNew York,America/New_York\n"),
		cardea.Location{ID: "new york", Name: "New York", Zone: "America/New_York"})
	equal(t, take(t, cardea.KindFloor, "location,name\nLeeds,Ground\n"), cardea.Floor{ID: "l-2/ground", Name: "Ground", Location: "L-2"})
	equal(t, take(t, cardea.KindTeam, "name,location\nAcme Ltd,london\n"),
		cardea.Team{ID: "acme ltd", Name: "Acme Ltd", Location: "london", Status: cardea.Present})
	equal(t, take(t, cardea.KindResource,
		"location,name,floor,inside,type,bookable,by date,unit,permissions\n"+
			"London,Desk 7,1,Office 12,desk,,,,\nLondon,Office 12,1,,office,,,,\nLondon,Elephant,,,room,yes,,,\nLondon,U1,,,,,,yes,Gate|x;Lift\n"),
		cardea.Resource{
			ID: "london/desk 7", Name: "Desk 7", Location: "london", Floor: "london/1", Parents: []string{"london/office 12"}, Type: "desk",
			Assignable: true,
		},
		cardea.Resource{ID: "london/elephant", Name: "Elephant", Location: "london", Type: "room", Bookable: true},
		cardea.Resource{ID: "london/office 12", Name: "Office 12", Location: "london", Floor: "london/1", Type: "office", Assignable: true},
		cardea.Resource{ID: "london/u1", Name: "U1", Location: "london", Assignable: true, Unit: true, Permissions: []string{"Gate|x", "Lift"}},
	)
	wantCSV(t, cardea.KindResource, "location,name,inside\nLondon,A,A\nLondon,B,Desk 1\n",
		"resources.csv line 2 column inside", "inside itself", "resources.csv line 3 column inside", "names no resource")
}

func TestReadsAgreementsWithTheirAssignments(t *testing.T) {
	t.Parallel()
	from, until := dayOf(t, "2026-04-03"), dayOf(t, "2026-12-31")
	equal(t, take(t, cardea.KindAgreement, "id,member,team,plan,location,start,end,resources\n"+
		"M-1,ana@EXAMPLE.com,,Hot desk,London,2026-04-03,2026-12-31,Desk 1; Elephant\n,,Acme Ltd,hot,,2026-04-03,,Leeds/Desk 1\n"),
		cardea.Agreement{ID: "M-1", Person: "P-1", Plan: "hot", Location: "london", Approved: true, Start: from, End: until},
		cardea.Agreement{ID: "acme+hot+2026-04-03", Team: "acme", Plan: "hot", Approved: true, Start: from},
		cardea.Assignment{ID: "M-1+D-1", Agreement: "M-1", Resource: "D-1", Start: from, End: until},
		cardea.Assignment{ID: "M-1+london/elephant", Agreement: "M-1", Resource: "london/elephant", Start: from, End: until},
		cardea.Assignment{ID: "acme+hot+2026-04-03+D-2", Agreement: "acme+hot+2026-04-03", Resource: "D-2", Start: from},
	)
	wantCSV(t, cardea.KindAgreement, "id,person,start,end,resource\nM-1,,2026-04-03,,\nM-2,P-1,2026-04-03,2026-04-02,Desk 1\n",
		"agreements.csv line 2 column person", "neither a person nor a team",
		"agreements.csv line 3 column end", "before",
		"agreements.csv line 3 column resource", "write D-1 or D-2")
}

func TestReadsBookingTimesOnTheClocksOfTheirZone(t *testing.T) {
	t.Parallel()
	const heads = "id,room,host,invited,visitors,start,end,time zone,rrule,except\n"
	equal(t, take(t, cardea.KindBooking, heads+
		"B-1,Elephant,ana@example.com,\"P-2; ana@example.com\",vi@example.com,2026-07-01 09:30,2026-07-01 5:00 pm,,,\n"+
		"B-2,Elephant,P-1,,,2026-01-05T09:00,2026-01-05 10:00,America/New_York,RRULE:FREQ=WEEKLY;BYDAY=MO,2026-01-12; 2026-01-19 09:00\n"+
		"B-3,Elephant,P-1,,,2026-07-01T09:30:00Z,2026-07-01T10:30:00+00:00,,,\n"+
		"B-4,Day desk,P-1,,,2026-07-01,2026-07-02,,,\n"+
		"B-5,Elephant,P-1,,,2026-07-01,2026-07-01,,,\n"),
		cardea.Booking{ID: "B-1", Resource: "london/elephant", Location: "london", Person: "P-1", Members: []string{"P-2", "P-1"},
			Visitors: []string{"V-1"}, Start: instant(t, "2026-07-01T08:30:00Z"), End: instant(t, "2026-07-01T16:00:00Z")},
		cardea.Booking{ID: "B-2", Resource: "london/elephant", Location: "london", Person: "P-1", Zone: "America/New_York",
			Start: instant(t, "2026-01-05T14:00:00Z"), End: instant(t, "2026-01-05T15:00:00Z"), RRule: "FREQ=WEEKLY;BYDAY=MO",
			Except: []cardea.Instant{instant(t, "2026-01-12T14:00:00Z"), instant(t, "2026-01-19T14:00:00Z")}},
		cardea.Booking{ID: "B-3", Resource: "london/elephant", Location: "london", Person: "P-1",
			Start: instant(t, "2026-07-01T09:30:00Z"), End: instant(t, "2026-07-01T10:30:00Z")},
		cardea.Booking{ID: "B-4", Resource: "desk-day", Location: "london", Person: "P-1",
			Start: instant(t, "2026-07-01T00:00:00Z"), End: instant(t, "2026-07-03T00:00:00Z")},
		cardea.Booking{ID: "B-5", Resource: "london/elephant", Location: "london", Person: "P-1",
			Start: instant(t, "2026-06-30T23:00:00Z"), End: instant(t, "2026-07-01T23:00:00Z")},
	)
	wantCSV(t, cardea.KindBooking, heads+
		"B-1,D-2,P-1,,,2026-07-01 09:30,2026-07-01 10:30,,FREQ=DAILY,\n"+
		"B-2,Elephant,P-1,,P-2,2026-07-01 09:30,2026-07-01 09:30,,every day,soon\n"+
		"B-3,Elephant,P-1,,,03/04/2026 09:30,2026-07-01 25:00,Mars,,\n",
		"bookings.csv line 2 column start", "in which time zone",
		"bookings.csv line 2 column end", "in which time zone",
		"bookings.csv line 2 column rrule", "on which clocks",
		"bookings.csv line 3 column visitors", "names no visitor",
		"bookings.csv line 3 column end", "not after the start",
		"bookings.csv line 3 column rrule", "no recurrence rule",
		"bookings.csv line 3 column except", "no date",
		"bookings.csv line 4 column time zone", "no time zone",
		"bookings.csv line 4 column start", "one day in Europe",
		"bookings.csv line 4 column end", "no time",
	)
}

func TestReadsPassesAndVisitors(t *testing.T) {
	t.Parallel()
	equal(t, take(t, cardea.KindPass, "id,person,team,type,membership,count,used,from,until,used on\n"+
		"S-1,P-1,,Evening,A-1,10,\"0,5\",2026-01-01,2026-12-31,2026-07-01\n"),
		cardea.Pass{ID: "S-1", Person: "P-1", Type: "Evening", Agreement: "A-1", HalfCount: 20, HalfUsed: 1,
			From: dayOf(t, "2026-01-01"), Until: dayOf(t, "2026-12-31"), UsedOn: instant(t, "2026-07-01T11:00:00Z")})
	equal(t, take(t, cardea.KindVisitor, "name,email,host\nVi,VI@example.com,jo@example.com\n"),
		cardea.Person{ID: "vi@example.com", Visitor: true, Name: "Vi", Email: "VI@example.com", Host: "P-2", Status: cardea.Present})
	wantCSV(t, cardea.KindPass, "id,person,team,count,used,personal,used on\nS-1,P-2,,1,2,,2026-07-01\nS-2,,Acme Ltd,1.3,,yes,\n",
		"passes.csv line 2 column used", "more are used",
		"passes.csv line 2 column used on", "in which time zone",
		"passes.csv line 3 column count", "no count of passes",
		"passes.csv line 3 column personal", "names no person")
}

func TestProgressOfAListGoesUpToItsEnd(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,name\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "P-%d,Ana\n", i)
	}
	var seen []int
	recs, err := ReadCSV(strings.NewReader(b.String()), List{Kind: cardea.KindPerson, Progress: func(name string, done, total int) {
		if name != "people.csv" || total != 1201 {
			t.Errorf("%s %d", name, total)
		}
		seen = append(seen, done)
	}})
	if err != nil || len(recs) != 1200 {
		t.Errorf("%d records, %v", len(recs), err)
	}
	if d := cmp.Diff([]int{500, 1000, 1201}, seen); d != "" {
		t.Error(d)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add(byte(0), []byte("id,first name,last name,e-mail\nP-9,Ana,\"Lopez\",ana@example.com\n"))
	f.Add(byte(8), []byte("id,room,host,start,end,rrule,except\nB-1,Elephant,P-1,2026-07-01 09:30,2026-07-01 17:00,FREQ=DAILY,2026-07-02\n"))
	f.Add(byte(7), []byte("sep=;\r\nperson;plan;start;resources\r\nP-1;hot;3.4.2026;Elephant,D-1\r\n"))
	f.Add(byte(9), []byte("person\tcount\tused on\nP-1\t0,5\t2026-03-29 01:30\n"))
	f.Add(byte(2), []byte("location,name,inside\nLondon,A,B\nLondon,B,A\n"))
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		l := List{Kind: lists[int(which)%len(lists)].kind, Known: known()}
		recs, err := ReadCSV(bytes.NewReader(data), l)
		if err != nil {
			if cardea.ClassOf(err) != cardea.Rejected || len(recs) > 0 {
				t.Errorf("%d records with %v", len(recs), err)
			}
			return
		}
		met := map[cardea.Key]bool{}
		for _, r := range recs {
			if k := r.Key(); k.ID == "" || met[k] {
				t.Errorf("%s comes twice or has no id", k)
			}
			met[r.Key()] = true
		}
		again, err := ReadCSV(bytes.NewReader(data), l)
		if err != nil || cmp.Diff(recs, again) != "" {
			t.Errorf("read a second time: %v, %s", err, cmp.Diff(recs, again))
		}
	})
}
