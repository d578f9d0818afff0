package saltoks_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// codes lists the issues as code and group.
func codes(is []cardea.Issue) map[string]string {
	out := map[string]string{}
	for _, i := range is {
		out[i.Code+" "+string(i.Group)] = i.Text
	}
	return out
}

func TestTrapAGroupWithoutATimeScheduleOpensNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.group(1, "Always")
	f.group(2, "Never")
	f.times[id('g', 2)] = nil
	f.group(3, "No lock")
	f.locks[id('g', 3)] = nil
	s := f.system()
	found, err := s.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := codes(found)
	if len(got) != 2 || !strings.Contains(got["group-opens-nothing "+id('g', 2)], "no time schedule") ||
		!strings.Contains(got["group-opens-nothing "+id('g', 3)], "no lock") {
		t.Errorf("%v", got)
	}
	if text, err := s.OwnTimes(t.Context(), group(2)); err != nil || !strings.Contains(text, "nothing") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAGroupsOwnScheduleIsNamedUnlessItIsAroundTheClock(t *testing.T) {
	t.Parallel()
	dated := schedule(1, "Mon-Sun", "00:00:00", "23:59:59")
	dated["end_date"] = "2026-12-31T00:00:00"
	for name, c := range map[string]struct {
		rows []row
		says string
	}{
		"always":                   {[]row{schedule(1, "Mon-Sun", "00:00:00", "23:59:59")}, ""},
		"always, without seconds":  {[]row{schedule(1, "Mon-Sun", "00:00", "23:59")}, ""},
		"always, in two halves":    {[]row{schedule(1, "Mon-Sun", "00:00:00", "11:59:59"), schedule(2, "Mon-Sun", "12:00:00", "23:59:59")}, ""},
		"always, week and weekend": {[]row{schedule(1, "Mon-Fri", "00:00:00", "23:59:59"), schedule(2, "Sat-Sun", "00:00:00", "23:59:59")}, ""},
		"office hours":             {[]row{schedule(1, "Mon-Fri", "08:00:00", "18:00:59")}, "only Mon-Fri 08:00-18:00"},
		"a minute short":           {[]row{schedule(1, "Mon-Sun", "00:00:00", "23:58:59")}, "only Mon-Sun 00:00-23:58"},
		"one day missing":          {[]row{schedule(1, "Mon-Sat", "00:00:00", "23:59:59")}, "only Mon-Sat"},
		"over midnight":            {[]row{schedule(1, "Mon-Sun", "20:00:00", "04:00:59")}, "only Mon-Sun 20:00-04:00"},
		"dated":                    {[]row{dated}, "to 2026-12-31"},
	} {
		f := newFake(t)
		f.group(1, "G")
		f.times[id('g', 1)] = c.rows
		s := f.system()
		text, err := s.OwnTimes(t.Context(), group(1))
		if err != nil || (c.says == "") != (text == "") || !strings.Contains(text, c.says) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		found, err := s.Examine(t.Context())
		if err != nil || (c.says == "") != (len(found) == 0) || len(found) > 0 && found[0].Code != "group-own-times" {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}

func TestDoctorNamesSeatsLapsesAndWhoHasNone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.seats = 2
	f.user(2, "a@x.test", "A", "A", "site_user")
	f.user(3, "b@x.test", "B", "B", "site_user")["subscription_state"] = "suspended"
	f.user(4, "", "C", "C", "site_user")["alias"] = "C <c@x.test>"
	f.users[3]["subscription_state"] = "suspended"
	f.sites[0]["subscription_valid"], f.sites[0]["installation_state"] = false, "pending"
	found, err := f.system().Examine(t.Context())
	got := codes(found)
	if err != nil || len(got) != 5 {
		t.Fatalf("%v, %v", got, err)
	}
	for code, saying := range map[string]string{
		"seats-used-up ": "all 2 seats", "site-lapsed ": "renew", "site-not-released ": "pending", "accounts-suspended ": "2 users",
		"accounts-uninvited ": "1 users",
	} {
		if !strings.Contains(got[code], saying) {
			t.Errorf("%s: %q", code, got[code])
		}
	}
}
