package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
)

// The forms in which a scenario writes an instant: as the clocks of its zone show it, or RFC 3339 where that is not enough.
const (
	dateAndTime = "2006-01-02 15:04"
	withSeconds = "2006-01-02 15:04:05"
)

// when is an instant of a scenario. It becomes one in the scenario's zone.
type when struct{ text string }

func (w *when) UnmarshalYAML(n *yaml.Node) error {
	w.text = n.Value
	_, err := w.parse(time.UTC)
	return err
}

func (w *when) parse(zone *time.Location) (time.Time, error) {
	for _, form := range []string{dateAndTime, withSeconds, time.RFC3339} {
		if t, err := time.ParseInLocation(form, w.text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no instant: want 2026-11-23 09:00 or RFC 3339", w.text)
}

func (w *when) in(t *testing.T, zone *time.Location) time.Time {
	t.Helper()
	v, err := w.parse(zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// window is "2026-11-23 09:20 - 10:05", "2026-11-23 00:00 - open" or "open - open"; the second date may be left out.
type window struct{ from, until string }

func (w *window) UnmarshalYAML(n *yaml.Node) error {
	var ok bool
	if w.from, w.until, ok = strings.Cut(n.Value, " - "); !ok {
		return fmt.Errorf("line %d: %q is no window: want FROM - UNTIL", n.Line, n.Value)
	}
	_, err := w.in(time.UTC)
	return err
}

func (w window) in(zone *time.Location) (cardea.Window, error) {
	out := cardea.Forever
	if w.from != "open" {
		t, err := (&when{w.from}).parse(zone)
		if err != nil {
			return out, err
		}
		out.From = cardea.At(t)
	}
	if w.until == "open" {
		return out, nil
	}
	text := w.until
	if len(text) == len("10:05") && len(w.from) >= len("2026-11-23") {
		text = w.from[:len("2026-11-23")] + " " + text
	}
	t, err := (&when{text}).parse(zone)
	if err != nil {
		return out, err
	}
	out.Until = cardea.At(t)
	return out, nil
}

func (w window) of(t *testing.T, zone *time.Location) cardea.Window {
	t.Helper()
	v, err := w.in(zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// written prints a window as a scenario would write it.
func written(w cardea.Window, zone *time.Location) string {
	side := func(i cardea.Instant) string {
		if !i.Bounded() {
			return "open"
		}
		return strings.TrimSuffix(i.Time().In(zone).Format(withSeconds), ":00")
	}
	return side(w.From) + " - " + side(w.Until)
}
