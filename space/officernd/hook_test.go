package officernd

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea"
)

// digest signs a message with the tests' secret.
func digest(message string) string {
	m := hmac.New(sha256.New, []byte("hush"))
	m.Write([]byte(message))
	return hex.EncodeToString(m.Sum(nil))
}

// signed makes the header of a hook sent at a time: body first, then the dot and the time.
func signed(body string, when time.Time) http.Header {
	stamp := fmt.Sprint(when.Unix())
	h := http.Header{}
	h.Set("officernd-signature", "t="+stamp+",signature="+digest(body+"."+stamp))
	return h
}

func hook(event, object string) string {
	return `{"event":"e1","eventType":"` + event + `","data":{"object":` + object + `},"createdAt":"2026-11-20T12:00:00.000Z"}`
}

func TestHookNamesTheRecordToReadAgain(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	member := key(cardea.KindPerson, 3)
	for _, c := range []struct {
		event, object string
		want          []cardea.Key
	}{
		{"member.updated", row(1, ``), []cardea.Key{key(cardea.KindPerson, 1)}},
		{"member.removed", row(1, `,"name":"Ana","team":"`+id(2)+`"`), []cardea.Key{key(cardea.KindPerson, 1)}},
		{"company.created", row(1, ``), []cardea.Key{key(cardea.KindTeam, 1)}},
		{"membership.removed", row(1, ``), []cardea.Key{key(cardea.KindAgreement, 1)}},
		{"booking.updated", row(1, ``), []cardea.Key{key(cardea.KindBooking, 1)}},
		{"pass.created", row(1, ``), []cardea.Key{key(cardea.KindPass, 1)}},
		{"occupancyslot.created", row(1, `,"booking":"`+id(5)+`"`), []cardea.Key{key(cardea.KindBooking, 5)}},
		{"fee.created", row(1, `,"member":"`+id(3)+`","team":"`+id(2)+`"`), []cardea.Key{member, key(cardea.KindTeam, 2)}},
		{"member.paymentdetails.created", row(1, ``), nil},
		{"invoice.created", row(1, ``), nil},
		{"something.new", row(1, ``), nil},
		{"member.updated", `{"_id":"42"}`, nil},
		{"member.updated", `{"_id":{"$oid":"1"}}`, nil},
		{"member.updated", `{}`, nil},
		{"", `null`, nil},
	} {
		body := hook(c.event, c.object)
		got, err := s.Verify(t.Context(), signed(body, noon), []byte(body))
		if err != nil || !slices.Equal(got.Keys, c.want) {
			t.Errorf("%s %s: %v, %v", c.event, c.object, got, err)
		}
	}
}

func TestHookSignature(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	body := hook("member.updated", row(1, ``))
	stamp := fmt.Sprint(noon.Unix())
	good := digest(body + "." + stamp)
	whole := "t=" + stamp + ",signature=" + good
	for name, c := range map[string]struct {
		headers []string
		body    string
		ok      bool
	}{
		"as the vendor sends it":        {[]string{whole}, body, true},
		"fields in the other order":     {[]string{"signature=" + good + ",t=" + stamp}, body, true},
		"with spaces":                   {[]string{"t=" + stamp + ", signature=" + good}, body, true},
		"a field nobody knows":          {[]string{"t=" + stamp + ",signature=" + good + ",v=2"}, body, true},
		"time first, then body":         {[]string{"t=" + stamp + ",signature=" + digest(stamp+"."+body)}, body, false},
		"body alone":                    {[]string{"t=" + stamp + ",signature=" + digest(body)}, body, false},
		"another name of the signature": {[]string{"t=" + stamp + ",v1=" + good}, body, false},
		"changed body":                  {[]string{"t=" + stamp + ",signature=" + good}, strings.Replace(body, "1", "2", 1), false},
		"changed time":                  {[]string{"t=" + fmt.Sprint(noon.Unix()+1) + ",signature=" + good}, body, false},
		"no time":                       {[]string{"signature=" + digest(body+".")}, body, false},
		"empty time":                    {[]string{"t=,signature=" + digest(body+".")}, body, false},
		"time in words":                 {[]string{"t=now,signature=" + digest(body+".now")}, body, false},
		"short digest":                  {[]string{"t=" + stamp + ",signature=" + good[:62]}, body, false},
		"empty digest":                  {[]string{"t=" + stamp + ",signature="}, body, false},
		"not hexadecimal":               {[]string{"t=" + stamp + ",signature=" + strings.Repeat("x", 64)}, body, false},
		"two signatures":                {[]string{whole + ",signature=" + good}, body, false},
		"two headers":                   {[]string{whole, whole}, body, false},
		"no header":                     {nil, body, false},
		"empty header":                  {[]string{""}, body, false},
	} {
		h := http.Header{}
		for _, v := range c.headers {
			h.Add("officernd-signature", v)
		}
		hint, err := s.Verify(t.Context(), h, []byte(c.body))
		keys := hint.Keys
		if c.ok && (err != nil || len(keys) != 1) || !c.ok && (cardea.ClassOf(err) != cardea.Auth || keys != nil) {
			t.Errorf("%s: %v, %v", name, keys, err)
		}
	}
}

func TestHookSignatureMatchesAFixedExample(t *testing.T) {
	t.Parallel()
	// Worked out apart from this code: printf '%s' '{}.1795176000' | openssl dgst -sha256 -hmac hush
	const sum = "6bd0602258e91b44dac72bd898806004ce80433ef1812e6cd12abf5288e572d6"
	h := http.Header{}
	h.Set("Officernd-Signature", "t=1795176000,signature="+sum)
	s := newVendor(t).systemAt(func() time.Time { return time.Unix(1795176000, 0) }, -1)
	if _, err := s.Verify(t.Context(), h, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
}

func TestHookIsRefusedAfterFiveMinutes(t *testing.T) {
	t.Parallel()
	s := newVendor(t).system()
	body := hook("member.updated", row(1, ``))
	for off, ok := range map[time.Duration]bool{
		0: true, -300 * time.Second: true, 300 * time.Second: true, -301 * time.Second: false, 301 * time.Second: false,
		-24 * time.Hour: false,
	} {
		if _, err := s.Verify(t.Context(), signed(body, noon.Add(off)), []byte(body)); (err == nil) != ok {
			t.Errorf("signed %s from now: %v", off, err)
		}
	}
}

func TestHookWithoutASecretIsNeverBelieved(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	s, err := New(Config{Client: v.system().client, Org: "acme", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha256.New, nil)
	stamp := fmt.Sprint(noon.Unix())
	m.Write([]byte("{}." + stamp))
	h := http.Header{}
	h.Set("officernd-signature", "t="+stamp+",signature="+hex.EncodeToString(m.Sum(nil)))
	if _, err := s.Verify(t.Context(), h, []byte("{}")); cardea.ClassOf(err) != cardea.Auth {
		t.Fatal(err)
	}
}

func TestSignedHookThatCannotBeReadIsRejected(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `[]`, `{"eventType":1}`, `{"data":{"object":"x"}}`} {
		if _, err := newVendor(t).system().Verify(t.Context(), signed(body, noon), []byte(body)); cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("t=1795176000,signature=00", []byte(`{}`), false)
	f.Add("", []byte(hook("member.updated", row(1, ``))), true)
	f.Add("", []byte(hook("fee.created", `{"member":null,"team":[]}`)), true)
	f.Fuzz(func(t *testing.T, header string, body []byte, sign bool) {
		s := newVendor(t).system()
		h := http.Header{}
		h.Set("officernd-signature", header)
		if sign {
			h = signed(string(body), noon)
		}
		hint, err := s.Verify(t.Context(), h, body)
		keys := hint.Keys
		if !sign && err == nil {
			t.Errorf("believed %q", header)
		}
		if sign && err != nil && cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("a good signature is refused: %v", err)
		}
		for _, k := range keys {
			if !isID(k.ID) {
				t.Errorf("names %s", k)
			}
		}
	})
}
