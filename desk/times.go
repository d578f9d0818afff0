package desk

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

// Times are how long changes took from the fact to the confirmation. The fact is the last of: when it was due; when the
// reading began that brought the reason or its end, or the run in which an operator's word or a hand at the door system was
// first seen; and for an addition when its window opens. The confirmation is when the door system showed the change.
// Additions that were staged before their window opens took no time.
type Times struct {
	Grant  *Spread `json:"grant,omitempty"`
	Revoke *Spread `json:"revoke,omitempty"`
}

// Spread is how durations lie, in seconds. A percentile is one of them: that which so many of a hundred do not exceed.
type Spread struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	Max   float64 `json:"max"`
}

// DoorTimes are the times of one door connection.
type DoorTimes struct {
	Times

	Door  string         `json:"door"`
	Since cardea.Instant `json:"since"`
}

// DoorTimes returns how long changes took that were confirmed within the last while, by door connection of the named
// integration, or of all. NotFound when there is no such integration.
func (d *Desk) DoorTimes(ctx context.Context, integration string, within time.Duration) ([]DoorTimes, error) {
	if err := d.known(integration); err != nil {
		return nil, err
	}
	if within <= 0 {
		return nil, cardea.Errorf(cardea.Rejected, "say for how long back, with --since: 24h, say, or 7d")
	}
	out := []DoorTimes{}
	for door := range sorted(d.c.Doors) {
		if integration != "" && !slices.ContainsFunc(d.at(store.SideDoor, door), func(in Integration) bool { return in.Name == integration }) {
			continue
		}
		since := d.now().Add(-within)
		ms, err := d.ws.Measures(ctx, door, since, d.now())
		if err != nil {
			return nil, err
		}
		out = append(out, DoorTimes{Times: timesIn(ms), Door: door, Since: since})
	}
	return out, nil
}

// Measures returns how long each change took that was confirmed at a door connection after an instant, and until now.
func (d *Desk) Measures(ctx context.Context, door string, after cardea.Instant) ([]store.Measure, error) {
	return d.ws.Measures(ctx, door, after, d.now())
}

// Doors are the names of the door connections.
func (d *Desk) Doors() []string {
	var out []string
	for door := range sorted(d.c.Doors) {
		out = append(out, door)
	}
	return out
}

// timesOf are the times of a run's operations, nil when it changed nobody's access.
func timesOf(rows []store.OpRow) *Times {
	var ms []store.Measure
	for _, r := range rows {
		if revoke, is := store.Measured(r.Op.Verb); is && r.State == store.OpConfirmed && r.Op.Fact != 0 && r.ConfirmedAt != 0 {
			ms = append(ms, store.Measure{Revoke: revoke, Fact: r.Op.Fact, Confirmed: r.ConfirmedAt})
		}
	}
	if len(ms) == 0 {
		return nil
	}
	t := timesIn(ms)
	return &t
}

func timesIn(ms []store.Measure) Times {
	var grants, revokes []float64
	for _, m := range ms {
		if m.Revoke {
			revokes = append(revokes, m.Seconds())
		} else {
			grants = append(grants, m.Seconds())
		}
	}
	return Times{Grant: spreadOf(grants), Revoke: spreadOf(revokes)}
}

func spreadOf(seconds []float64) *Spread {
	if len(seconds) == 0 {
		return nil
	}
	slices.Sort(seconds)
	at := func(share float64) float64 { // nearest rank
		return seconds[max(int(math.Ceil(share*float64(len(seconds))))-1, 0)]
	}
	return &Spread{Count: len(seconds), P50: at(0.5), P95: at(0.95), Max: seconds[len(seconds)-1]}
}
