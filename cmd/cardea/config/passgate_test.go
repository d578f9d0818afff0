package config_test

import (
	"strings"
	"testing"
)

// TestTheGateOfBookingsNeedsAGate: where passes are asked of nobody, nobody can be asked for one because of a booking.
func TestTheGateOfBookingsNeedsAGate(t *testing.T) {
	t.Parallel()
	file := func(system, lines string) string {
		return `
connections:
  nex:  ` + system + `
  kisi: {system: kisi, api_key: k}
integrations:
  london:
    space: nex
    door: kisi
    zone: Europe/London
` + lines
	}
	const nexudus, house = "{system: nexudus, user: a@x.test, password: p}", "{system: house}"
	for name, c := range map[string]struct{ system, lines, want, refused string }{
		"left out":         {nexudus, "", "false", ""},
		"said, gate left":  {nexudus, "    passgate_bookings: true\n", "true", ""},
		"said, gate on":    {nexudus, "    passgate: on\n    passgate_bookings: true\n", "true", ""},
		"said, gate off":   {nexudus, "    passgate: off\n    passgate_bookings: true\n", "", ":11:"},
		"no, gate off":     {nexudus, "    passgate: off\n    passgate_bookings: false\n", "false", ""},
		"another system":   {house, "    passgate_bookings: true\n", "", ":10:"},
		"neither yes nor":  {nexudus, "    passgate_bookings: perhaps\n", "", "there are true, false"},
		"another, said no": {house, "    passgate_bookings: false\n", "false", ""},
	} {
		f, err := parse(t, file(c.system, c.lines))
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), "passgate_bookings") || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v, want it refused with %s", name, err, c.refused)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case f.Integrations["london"].PassGateBookings.Text != c.want:
			t.Errorf("%s: %q", name, f.Integrations["london"].PassGateBookings.Text)
		}
	}
}
