package desk

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/door"
)

const (
	// ownTimesAge is how long an answer is believed: pages ask again and again, and nobody changes schedules by the minute.
	ownTimesAge = 10 * time.Minute
	// ownTimesWait is how long an explanation waits for it: what a door system does not say in time is left out.
	ownTimesWait = 3 * time.Second
	// ownTimesAgain is when a door system that did not say is asked again: nobody waits for it with each page.
	ownTimesAgain = time.Minute
)

// ownTimes is when groups open by what their door systems keep on them, as lately asked.
type ownTimes struct {
	mu    sync.Mutex
	known map[groupAt]ownTime
}

type groupAt struct {
	door  string
	group cardea.GroupID
}

type ownTime struct {
	text string
	til  time.Time // it is believed
}

// ownTimes says what a door system itself keeps on a group that cuts what is given there (door.Scheduled); "" = nothing that
// is known.
func (d *Desk) ownTimes(ctx context.Context, name string, g cardea.GroupID) string {
	system, can := d.c.Doors[name].Door.(door.Scheduled)
	if !can || d.gate.closed(name) != nil {
		return ""
	}
	key, now := groupAt{name, g}, d.c.Now()
	d.own.mu.Lock()
	is, known := d.own.known[key]
	d.own.mu.Unlock()
	if known && now.Before(is.til) {
		return is.text
	}
	asked := ctx
	ctx, cancel := context.WithTimeout(ctx, ownTimesWait)
	defer cancel()
	text, err := system.OwnTimes(ctx, g)
	age := ownTimesAge
	if err != nil {
		d.c.Log.Info("the group's own times are not known", "door", name, "group", g, "error", err)
		if asked.Err() != nil { // whoever asked went away
			return ""
		}
		text, age = "", ownTimesAgain
	}
	d.own.mu.Lock()
	defer d.own.mu.Unlock()
	if d.own.known == nil {
		d.own.known = map[groupAt]ownTime{}
	}
	d.own.known[key] = ownTime{text, d.c.Now().Add(age)}
	return text
}
