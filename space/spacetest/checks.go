package spacetest

import (
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/readtest"
)

// checks lists every question. A name's part before the colon is enough for Rig.Lacks.
func checks(kinds []cardea.Kind) []check {
	out := []check{
		{"collections", collections},
		{"people", people},
		{"hook", hook},
		{"passing trouble", passing},
		{"read-only", readOnly},
		{"secrets", secrets},
	}
	for _, k := range kinds {
		out = append(out,
			check{"by key:" + string(k), func(c *course) error { return byKey(c, k) }},
			check{"trouble by key:" + string(k), func(c *course) error { return troubleByKey(c, k) }},
		)
	}
	for _, k := range readtest.Checks(kinds) {
		out = append(out, check{k.Name, func(c *course) error { return k.Does(c.Course) }})
	}
	for _, status := range statuses {
		out = append(out, check{fmt.Sprintf("status:%d", status), func(c *course) error { return answered(c, status) }})
	}
	return out
}
