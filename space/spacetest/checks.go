package spacetest

import (
	"fmt"

	"github.com/cardea-access/cardea"
)

// checks lists every question. A name's part before the colon is enough for Rig.Lacks.
func checks(kinds []cardea.Kind) []check {
	out := []check{
		{"describe", describe},
		{"wrong credentials", wrongCredentials},
		{"collections", collections},
		{"listing twice", twice},
		{"people", people},
		{"hook", hook},
		{"passing trouble", passing},
		{"expiry", expiry},
		{"throttle", throttle},
		{"read-only", readOnly},
		{"secrets", secrets},
	}
	for _, k := range kinds {
		out = append(out,
			check{"paging:" + string(k), func(c *course) error { return paging(c, k) }},
			check{"breaks off:" + string(k), func(c *course) error { return breaksOff(c, k) }},
			check{"short page:" + string(k), func(c *course) error { return shortPage(c, k) }},
			check{"empty page:" + string(k), func(c *course) error { return emptyPage(c, k) }},
			check{"empty list:" + string(k), func(c *course) error { return emptyList(c, k) }},
			check{"refused:" + string(k), func(c *course) error { return refused(c, k) }},
			check{"by key:" + string(k), func(c *course) error { return byKey(c, k) }},
			check{"trouble by key:" + string(k), func(c *course) error { return troubleByKey(c, k) }},
		)
	}
	for _, status := range statuses {
		out = append(out, check{fmt.Sprintf("status:%d", status), func(c *course) error { return answered(c, status) }})
	}
	return out
}
