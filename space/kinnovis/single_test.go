package kinnovis

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/cardea-access/cardea"
)

func TestRecordsComeByTheirIdsAsTheyAreListed(t *testing.T) {
	t.Parallel()
	for _, k := range []string{
		"location:loc_1", "plan:utype_1", "resource:unit_1", "person:cus_1", "agreement:book_1", "assignment:book_1+unit_1",
	} {
		v := storage(t)
		listed := v.only(key(k).Kind)
		in := v.read(cardea.Scope{Keys: []cardea.Key{key(k)}})
		p := in.Collection(key(k).Kind)
		if len(p.Records()) != 1 || p.Evidence().Whole() || len(in.Collections()) != 1 {
			t.Fatalf("%s: %+v", k, p.Records())
		}
		if !slices.ContainsFunc(listed.Records(), func(r cardea.Record) bool {
			a, oneIs := r.(cardea.Assignment)
			b, otherIs := p.Records()[0].(cardea.Assignment)
			return r.Key() == p.Records()[0].Key() && (!oneIs || otherIs && a == b)
		}) {
			t.Errorf("%s: %+v", k, p.Records()[0])
		}
	}
}

func TestAnUnknownIdIsMissing(t *testing.T) {
	t.Parallel()
	for _, k := range []string{
		"location:loc_9", "plan:utype_9", "resource:unit_9", "person:cus_9", "agreement:book_9", "assignment:book_9+unit_1",
		"assignment:book_1+unit_9",
	} {
		p := storage(t).read(cardea.Scope{Keys: []cardea.Key{key(k)}}).Collection(key(k).Kind)
		if !slices.Equal(p.MissingOnes(), []cardea.Key{key(k)}) || len(p.Records()) != 0 || p.Err() != nil {
			t.Errorf("%s: %v %+v %v", k, p.MissingOnes(), p.Records(), p.Err())
		}
	}
}

// A 404 of the path looks like a 404 of the record. It ends nobody's access.
func TestAPathThatIsGoneIsNoRecordThatIsGone(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"in JSON": `{"message":"The route could not be found."}`, "a web page": `<html>`} {
		v := storage(t)
		v.answer("/bookings", http.StatusNotFound, body)
		v.answer("/bookings/book_1", http.StatusNotFound, body)
		for _, k := range []string{"agreement:book_1", "assignment:book_1+unit_1"} {
			p := v.read(cardea.Scope{Keys: []cardea.Key{key(k)}}).Collection(key(k).Kind)
			if len(p.MissingOnes()) != 0 || p.Err() == nil {
				t.Errorf("%s: %s is missing: %v", name, k, p.Err())
			}
		}
		if p := v.only(cardea.KindAgreement); grade(p) != cardea.Failed || cardea.ClassOf(p.Err()) != cardea.Rejected {
			t.Errorf("%s: the listing: %s %v", name, grade(p), p.Err())
		}
	}
}

func TestTroubleWithAReadByIdIsNoAbsence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"fault": {500, `{}`}, "refused": {403, `{}`}, "throttled": {429, `{}`}, "cut off": {200, `{"id":"boo`}, "another": {200, guestOf("cus_2")},
		"nothing": {200, `{}`},
	} {
		v := storage(t)
		v.answer("/bookings/book_1", c.status, c.body)
		in := cardea.NewIntake(cardea.Scope{Keys: []cardea.Key{key("agreement:book_1")}}, nil)
		err := v.system().Read(context.Background(), in.Scope(), in)
		p := in.Collection(cardea.KindAgreement)
		if len(p.MissingOnes())+len(p.Records()) != 0 || err == nil && p.Err() == nil && len(p.BadOnes()) == 0 {
			t.Errorf("%s: %v %v %+v", name, err, p.Err(), p)
		}
	}
}

// No hook tells of customers: whoever a booking names comes with it.
func TestABookingBringsItsUnitsAndItsCustomers(t *testing.T) {
	t.Parallel()
	v := storage(t)
	in := v.read(cardea.Scope{Keys: []cardea.Key{key("agreement:book_1")}, Near: true})
	if ids(in.Collection(cardea.KindPerson)) != "cus_1 cus_2" || ids(in.Collection(cardea.KindAssignment)) != "book_1+unit_1" ||
		ids(in.Collection(cardea.KindAgreement)) != "book_1" {
		t.Errorf("%v", v.calls)
	}
	if len(v.calls) != 3 {
		t.Errorf("%v", v.calls)
	}
}

func TestACustomerComesWithWhatIsSharedWithThem(t *testing.T) {
	t.Parallel()
	v := storage(t)
	in := v.read(cardea.Scope{People: []cardea.Key{key("person:cus_2")}})
	if ids(in.Collection(cardea.KindPerson)) != "cus_2" || ids(in.Collection(cardea.KindAgreement)) != "book_1 book_2" ||
		ids(in.Collection(cardea.KindAssignment)) != "book_1+unit_1 book_2+unit_2" {
		t.Errorf("%v %v", ids(in.Collection(cardea.KindAgreement)), v.calls)
	}
	for _, p := range in.Collections() {
		if p.Evidence().Whole() || len(p.MissingOnes()) != 0 || p.Err() != nil {
			t.Errorf("%s: %v", p.Kind(), p.Err())
		}
	}
	v.rows["/bookings"] = append(v.rows["/bookings"], `{"id":"book_8","customer_id":7,"unit_id":1,"has_access":"?"}`)
	in = v.read(cardea.Scope{People: []cardea.Key{key("person:cus_2")}})
	if bad := in.Collection(cardea.KindAgreement).BadOnes(); len(bad) != 1 || bad[0].Who[0] != key("agreement:book_8") {
		t.Errorf("a booking that may be theirs is not told of: %+v", bad)
	}
}

func TestWhatIsHeldIsUnknownWhileBookingsAreNotWhole(t *testing.T) {
	t.Parallel()
	v := storage(t)
	v.answer("/bookings", http.StatusOK, `{"bookings":[],"meta":{"pagination":{"count":2,"next":null}}}`)
	in := v.read(cardea.Scope{People: []cardea.Key{key("person:cus_2")}})
	for _, k := range []cardea.Kind{cardea.KindAgreement, cardea.KindAssignment} {
		if p := in.Collection(k); p.Err() == nil || len(p.MissingOnes()) != 0 {
			t.Errorf("%s: %v", k, p.Err())
		}
	}
	if ids(in.Collection(cardea.KindPerson)) != "cus_2" {
		t.Error("the customer did not come")
	}
}
