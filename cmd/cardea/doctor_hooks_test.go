package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-access/cardea/desk"
)

// measured returns what /metrics says now, by name and labels.
func (r *rig) measured() map[string]float64 {
	r.t.Helper()
	families, err := metrics(r.app.desk).Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if m.GetGauge() == nil {
				continue
			}
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetName() + "=" + l.GetValue()
			}
			out[name] = m.GetGauge().GetValue()
		}
	}
	return out
}

// TestDoctorAndMetricsTellOfAnAppThatIsDown: whoever looks sees that what is told does not arrive, and that it does again.
func TestDoctorAndMetricsTellOfAnAppThatIsDown(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		up := time.Now().Add(2 * time.Hour)
		r, _, stop := telling(t, kept(t), "passes: branded-app", func(int) (int, error) {
			if time.Now().Before(up) {
				return http.StatusServiceUnavailable, nil
			}
			return http.StatusOK, nil
		})
		defer func() { r.shut() }()
		defer stop()
		time.Sleep(30 * time.Minute)
		text, found := r.doctor(exitPending)
		if len(found.Webhooks) != 1 || found.Webhooks[0].State != desk.WebhookFailing || !strings.Contains(text, "has not taken everything") ||
			!strings.Contains(text, "cardea webhooks test app") {
			t.Errorf("doctor, while it is down: %+v\n%s", found.Webhooks, text)
		}
		m := r.measured()
		if m["cardea_webhook_failing webhook=app"] != 1 || m["cardea_webhook_events_waiting webhook=app"] < 1 ||
			m["cardea_webhook_oldest_waiting_timestamp_seconds webhook=app"] == 0 {
			t.Errorf("metrics, while it is down: %v", m)
		}
		time.Sleep(9 * time.Hour)
		if w := found.Webhooks; (desk.Diagnosis{Webhooks: w}).Standing() != desk.Pending || (desk.Diagnosis{}).Standing() != desk.InStep {
			t.Error("what is not told needs no mending")
		}
		if text, _ := r.doctor(0); !strings.Contains(text, "takes what it is told") {
			t.Errorf("doctor, when it is up: %s", text)
		}
		if m := r.measured(); m["cardea_webhook_failing webhook=app"] != 0 || m["cardea_webhook_events_waiting webhook=app"] != 0 {
			t.Errorf("metrics, when it is up: %v", m)
		}
		if _, found := r.doctor(0, "door"); len(found.Webhooks) != 0 {
			t.Errorf("one connection was asked for: %+v", found.Webhooks)
		}
	})
}

// TestDoctorTellsOfHooksThatDoNotCome has the webhook that Kisi was given switched off there.
func TestDoctorTellsOfHooksThatDoNotCome(t *testing.T) {
	t.Parallel()
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, onSQLite)
		defer func() { r.shut() }()
		r.listening("kisi")
		r.sync(desk.InStep)
		if m := r.measured(); m["cardea_last_hook_timestamp_seconds connection=kisi"] == 0 {
			t.Errorf("no hook was counted: %v", m)
		}
		off := func(want int) bool {
			_, found := r.doctor(want)
			for _, c := range found.Connections {
				for _, f := range c.Findings {
					if c.Name == "kisi" && f.Code == "hooks-off" {
						return true
					}
				}
			}
			return false
		}
		if off(0) {
			t.Error("hooks that are on are told to be off")
		}
		var rows []struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(r.atKisi(http.MethodGet, "integrations", ""), &rows); err != nil || len(rows) != 1 {
			t.Fatalf("registered at Kisi: %v, %v", rows, err)
		}
		r.atKisi(http.MethodPatch, fmt.Sprintf("integrations/%d", rows[0].ID), `{"integration": {"enabled": false}}`)
		if !off(exitPending) {
			t.Error("doctor does not tell that the webhook is off")
		}
	})
}
