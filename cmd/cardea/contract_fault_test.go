package main

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-access/cardea/sandbox"
)

// fault breaks something at a vendor.
func (g *game) fault(s move) {
	lists := []string{
		"members", "memberships", "assignments", "bookings", "companies", "passes", "visitors", "plans", "resources", "locations",
	}
	f := sandbox.Fault{Method: "GET", Times: []int{0, 0, 1, 3}[s.C%4]}
	vendor := "officernd"
	f.Path = "*/" + lists[s.B%len(lists)] + "?*"
	switch s.A % 12 {
	case 0, 1:
		f.Status = 503
	case 2, 3:
		f.Effect = sandbox.EffectEmpty
	case 4:
		f.Effect, f.Rows = sandbox.EffectTruncate, new(s.C%2)
	case 5:
		f.Effect, f.DelayMS = sandbox.EffectSlow, 20_000
	case 6:
		f.Status, f.RetryAfter = 429, 30
	case 7:
		if err := g.expire(); err != nil {
			g.r.t.Error(err)
		}
		return
	case 8:
		vendor, f.Path = "kisi", []string{"/users", "/groups", "/role_assignments"}[s.B%3]
		f.Effect = []sandbox.Effect{sandbox.EffectError, sandbox.EffectEmpty, sandbox.EffectTruncate}[s.C%3]
		if f.Effect == sandbox.EffectTruncate {
			f.Rows = new(1)
		}
	case 9:
		vendor, f.Path, f.Method, f.Effect = "kisi", "", []string{"POST", "DELETE"}[s.B%2], sandbox.EffectDropAfter
	case 10:
		vendor, f.Path, f.Method, f.Status = "kisi", "", []string{"POST", "DELETE"}[s.B%2], []int{503, 429, 500}[s.C%3]
	default:
		g.doorUp = false
		g.deaf.Store(true)
		return
	}
	if vendor == "kisi" {
		g.doorUp = false
	} else {
		g.spaceUp = false
		if g.lied.IsZero() && f.Effect != "" && f.Effect != sandbox.EffectSlow {
			g.lied = time.Now()
		}
	}
	g.r.fault(vendor, f)
}

func (g *game) expire() error {
	const route = "http://sandbox/_sandbox/officernd/expire"
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, route, http.NoBody)
	if err != nil {
		return err
	}
	res, err := g.r.vendors.Transport().RoundTrip(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

func (g *game) breakRecord(s move) { g.broken = g.member(s.A) }

func (g *game) calm(move) {
	g.r.clear()
	g.deaf.Store(false)
	g.broken, g.spaceUp, g.doorUp, g.lied = "", true, true, time.Time{}
}

// crash kills a run at one of its calls, or where it keeps something, and starts Cardea again.
func (g *game) crash(s move) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := &cut{at: 1 + (s.A*10+s.B)%40, after: s.C%2 == 0, cancel: cancel}
	inner := g.witness(g.r.vendors.Transport())
	g.r.shut()
	switch {
	case g.file != "" && s.C%4 > 1:
		c.at += 10
		c.commits(g.r.t, g.file)
		g.r.set.transport = c.mute(inner)
	default:
		writes := s.C%3 > 0
		if writes {
			c.at = 1 + c.at%8
		}
		g.r.set.transport = c.calls(inner, writes)
	}
	if err := g.r.start(); err == nil {
		g.sync(ctx)
		g.r.shut()
	} else {
		g.texts = append(g.texts, err.Error())
	}
	g.crashed, g.ranOK = c.dead.Load(), false
	if g.file != "" {
		commits.files.Delete(g.file)
	}
	time.Sleep(time.Minute + time.Second)
	g.r.set.transport = inner
	g.r.open()
	g.observe(false)
}

func (g *game) restart(move) { g.reopen(g.r.set.transport) }
