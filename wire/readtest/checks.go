// Package readtest asks what must hold of reading on both sides, space systems and door systems: that silence is never taken for
// absence. The suites of the two sides, spacetest and doortest, say what it is, and prove that a system that misbehaves is found.
package readtest

import "github.com/cardea-access/cardea"

// Check is one question. It returns what is wrong, and nil when nothing is.
type Check struct {
	Name string
	Does func(*Course) error
}

// Checks lists the questions, those of each listing among them.
func Checks(kinds []cardea.Kind) []Check {
	out := []Check{
		{"describe", describe},
		{"wrong credentials", wrongCredentials},
		{"listing twice", twice},
		{"expiry", expiry},
		{"throttle", throttle},
	}
	for _, k := range kinds {
		for _, of := range []struct {
			name string
			does func(*Course, cardea.Kind) error
		}{
			{"paging", paging},
			{"breaks off", breaksOff},
			{"short page", shortPage},
			{"empty page", emptyPage},
			{"empty list", emptyList},
			{"refused", refused},
		} {
			out = append(out, Check{of.name + ":" + string(k), func(c *Course) error { return of.does(c, k) }})
		}
	}
	return out
}
