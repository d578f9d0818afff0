package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

// metrics registers what the process and the desk can tell.
func metrics(d *desk.Desk, more ...prometheus.Collector) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), overview{d},
		newTiming(d, cardea.At(time.Now())))
	r.MustRegister(more...)
	return r
}

// overview turns the desk's overview into gauges each time somebody asks.
type overview struct{ desk *desk.Desk }

var (
	metricUp    = prometheus.NewDesc("cardea_up", "1 when the overview could be read.", nil, nil)
	metricRead  = prometheus.NewDesc("cardea_last_read_timestamp_seconds", "When a connection was last read.", []string{"connection"}, nil)
	metricState = prometheus.NewDesc("cardea_connection_failed", "1 when a connection does not work.", []string{"connection"}, nil)
	metricHeld  = prometheus.NewDesc("cardea_operations_held", "Operations that wait for a person.", []string{"integration"}, nil)
	metricWait  = prometheus.NewDesc("cardea_operations_pending", "Operations on their way.", []string{"integration"}, nil)
	metricRisk  = prometheus.NewDesc("cardea_entries_at_risk", "What will hardly be true at the doors in time.", []string{"door"}, nil)
	metricHook  = prometheus.NewDesc("cardea_last_hook_timestamp_seconds", "When the last hook of a connection was believed.",
		[]string{"connection"}, nil)
	metricToldUp = prometheus.NewDesc("cardea_webhook_failing", "1 when a webhook that goes out does not take everything, or is off.",
		[]string{"webhook"}, nil)
	metricTold = prometheus.NewDesc("cardea_webhook_events_waiting", "Events that wait to be told to a webhook that goes out.",
		[]string{"webhook"}, nil)
	metricToldOld = prometheus.NewDesc("cardea_webhook_oldest_waiting_timestamp_seconds",
		"When the oldest event happened that waits to be told to a webhook that goes out.", []string{"webhook"}, nil)
	metricIssues = prometheus.NewDesc("cardea_issues_open", "Open issues.", nil, nil)
)

// Describe implements prometheus.Collector.
func (overview) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{metricUp, metricRead, metricState, metricHeld, metricWait, metricRisk, metricIssues, metricHook,
		metricToldUp, metricTold, metricToldOld} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (o overview) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	view, err := o.desk.Overview(ctx)
	if err != nil {
		gauge(metricUp, 0)
		return
	}
	gauge(metricUp, 1)
	for _, c := range view.Connections {
		if say.Known(c.LastRead) {
			gauge(metricRead, float64(c.LastRead)/1e6, c.Name)
		}
		if c.LastHook != 0 {
			gauge(metricHook, float64(c.LastHook)/1e6, c.Name)
		}
		failed := 0.0
		if c.State == say.Failed {
			failed = 1
		}
		gauge(metricState, failed, c.Name)
	}
	for _, i := range view.Integrations {
		gauge(metricHeld, float64(i.Held), i.Name)
		gauge(metricWait, float64(i.Pending), i.Name)
	}
	if risks, err := o.desk.AtRisk(ctx); err == nil {
		for door, n := range risks {
			gauge(metricRisk, float64(n), door)
		}
	}
	gauge(metricIssues, float64(len(view.Issues)))
	if all, err := o.desk.Webhooks(ctx); err == nil {
		for _, w := range all {
			failing := 0.0
			if w.State != desk.WebhookOn {
				failing = 1
			}
			gauge(metricToldUp, failing, w.Name)
			gauge(metricTold, float64(w.Waiting), w.Name)
			if w.Oldest != 0 {
				gauge(metricToldOld, float64(w.Oldest)/1e6, w.Name)
			}
		}
	}
}
