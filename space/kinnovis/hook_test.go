package kinnovis

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// signed is the header of a body that was sent at an instant.
func signed(secret string, at time.Time, body string) string {
	sent := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(sent + "." + body))
	return "t=" + sent + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

func header(values ...string) http.Header { return http.Header{SignatureHeader: values} }

func TestHooksNameWhatToReadAgain(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	for body, want := range map[string]string{
		`{"id":"evt_1","type":"unit.updated","data":{"id":"unit_1"}}`:                              "resource:unit_1",
		`{"event":{"id":"evt_1","type":"unit.deleted","data":{"unit":{"id":"unit_1"}}}}`:           "resource:unit_1",
		`{"id":"evt_1","type":"booking.started","data":{"booking_id":51}}`:                         "agreement:51",
		`{"id":"evt_1","type":"booking.ended","data":{"booking":{"id":51,"customer_id":"cus_1"}}}`: "agreement:51",
		`{"id":"evt_1","type":"booking.updated","data":{"id":51,"unit":{"id":"unit_1"}}}`:          "agreement:51",
		`{"id":"evt_1","type":"access.revoked","data":{"booking_id":51,"customer_id":"cus_1"}}`:    "agreement:51",
		`{"id":"evt_1","type":"access.restored","data":{"id":51}}`:                                 "agreement:51",
		`{"id":"evt_1","type":"customer.updated","data":{"id":"cus_1"}}`:                           "person:cus_1",
		`{"id":"evt_1","type":"location.updated","data":{"id":"loc_1"}}`:                           "location:loc_1",
		`{"id":"evt_1","type":"unit_type.updated","data":{"id":"utype_1"}}`:                        "plan:utype_1",
		`{"id":"evt_1","type":"invoice.paid","data":{"id":"inv_1"}}`:                               "",
		`{"id":"evt_1","type":"unit.updated","data":{}}`:                                           "",
	} {
		got, err := s.Verify(t.Context(), header(signed(hush, noon, body)), []byte(body))
		var names []string
		for _, k := range got.Keys {
			names = append(names, k.String())
		}
		if err != nil || strings.Join(names, " ") != want || got.Event != "evt_1" {
			t.Errorf("%s: %v %v, want %s", body, got, err, want)
		}
	}
	if _, err := s.Verify(t.Context(), header(signed(hush, noon, "hello")), []byte("hello")); cardea.ClassOf(err) != cardea.Rejected {
		t.Error(err)
	}
}

func TestHooksOfOthersAndOldHooksAreNotBelieved(t *testing.T) {
	t.Parallel()
	body := `{"id":"evt_1","type":"unit.updated","data":{"id":"unit_1"}}`
	good := signed(hush, noon, body)
	sent, sum, _ := strings.Cut(good, ",")
	for name, h := range map[string]http.Header{
		"no header": {}, "two headers": header(good, good), "another secret": header(signed("hash", noon, body)),
		"another body": header(signed(hush, noon, body+" ")), "another time": header("t=1790000001," + sum), "no time": header(sum),
		"two times": header("t=1," + good), "no signature": header(sent), "not hexadecimal": header(sent + ",v1=zz"), "empty": header(""),
		"short": header(sent + ",v1=ab12"), "too old": header(signed(hush, noon.Add(-window-time.Second), body)),
		"from the future": header(signed(hush, noon.Add(window+time.Second), body)), "an older scheme": header(sent + ",v0=" + sum[3:]),
	} {
		got, err := newVendor(t).system().Verify(t.Context(), h, []byte(body))
		if cardea.ClassOf(err) != cardea.Auth || len(got.Keys) != 0 {
			t.Errorf("%s was believed: %v %v", name, got, err)
		}
	}
	rolled := sent + ",v1=" + strings.Repeat("ab", sha256.Size) + "," + sum
	for name, h := range map[string]http.Header{
		"the first": header(good), "the new secret beside the old": header(rolled), "almost too old": header(signed(hush, noon.Add(-window), body)),
	} {
		if got, err := newVendor(t).system().Verify(t.Context(), h, []byte(body)); err != nil || len(got.Keys) != 1 {
			t.Errorf("%s was not believed: %v", name, err)
		}
	}
	s := newVendor(t).system()
	s.secret = nil
	if _, err := s.Verify(t.Context(), header(signed("", noon, body)), []byte(body)); cardea.ClassOf(err) != cardea.Auth {
		t.Errorf("without a secret: %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	body := `{"event":{"id":"evt_1","type":"booking.updated","data":{"booking":{"id":51}}}}`
	f.Add("", []byte(body), true)
	f.Add("t=1790000000,v1=ab,v1=cd", []byte(body), false)
	f.Fuzz(func(t *testing.T, said string, body []byte, sign bool) {
		if sign {
			said = signed(hush, noon, string(body))
		}
		got, err := newVendor(t).system().Verify(t.Context(), header(said), body)
		if err != nil && cardea.ClassOf(err) != cardea.Auth && cardea.ClassOf(err) != cardea.Rejected {
			t.Fatalf("%v", err)
		}
		if err == nil && said != signed(hush, noon, string(body)) && !strings.Contains(said, "v1=") {
			t.Fatalf("believed %q", said)
		}
		for _, k := range got.Keys {
			if !isID(k.ID) {
				t.Fatalf("%q is no id", k.ID)
			}
		}
	})
}
