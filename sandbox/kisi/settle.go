package kisi

import (
	"slices"
	"strconv"
	"time"
)

// lately is an assignment that was made or taken away a short time ago.
type lately struct {
	row  row
	at   time.Time
	gone bool
}

// settling is for how long lists show assignments as they were.
func (v *Vendor) settling() time.Duration {
	for _, s := range v.switches.List() {
		if n, err := strconv.Atoi(s.Value); s.Name == "settle" && err == nil {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// late remembers a change of an assignment while the switch stands at a delay.
func (v *Vendor) late(table string, r row, gone bool) {
	if table == "role_assignments" && v.settling() > 0 {
		v.lately = append(v.lately, lately{r, v.now(), gone})
	}
}

// unsettled is a list of assignments as it was a while ago.
func (v *Vendor) unsettled(table string, rows []row, fits func(row) bool) []row {
	if table != "role_assignments" || len(v.lately) == 0 {
		return rows
	}
	delay, now := v.settling(), v.now()
	v.lately = slices.DeleteFunc(v.lately, func(l lately) bool { return !now.Before(l.at.Add(delay)) })
	hidden := map[int64]bool{}
	for _, l := range v.lately {
		if !l.gone {
			hidden[idOf(l.row["id"])] = true
		}
	}
	for _, l := range v.lately {
		if l.gone && fits(l.row) {
			rows = append(rows, l.row)
		}
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return hidden[idOf(r["id"])] })
	slices.SortFunc(rows, func(a, b row) int { return int(idOf(a["id"]) - idOf(b["id"])) })
	return rows
}
