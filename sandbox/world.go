package sandbox

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/officernd"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is a parsed world file, or a patch to one. It is never changed by a Server.
type World struct {
	Name   string
	About  string
	Anchor time.Time // a Monday, midnight UTC; zero in a patch that does not name it
	Speed  int       // rate limits are so many times higher; 0 = 1

	parts  map[string]any // what each vendor's own parser made of its part
	source string         // the file's name, for errors
}

// maxSpeed keeps a limit an int.
const maxSpeed = 1_000_000

// Load reads a world file. An unknown key is an error that names its line.
func Load(path string) (*World, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the world file cannot be read: %w", err)
	}
	return Parse(path, data)
}

// Parse reads a world file; name stands in its errors. References are checked by New.
func Parse(name string, data []byte) (*World, error) {
	w, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	if w.Anchor.IsZero() {
		return nil, fmt.Errorf("%s: anchor is missing: the Monday that the world's dates are written around", name)
	}
	return w, nil
}

// Vendors are those that the world fakes, as their paths begin.
func (w *World) Vendors() []string {
	var out []string
	for _, k := range kinds {
		if w.parts[k.name] != nil {
			out = append(out, k.name)
		}
	}
	return out
}

func parse(name string, data []byte) (*World, error) {
	d := &twin.Document{Name: name}
	entries, err := d.Open(data)
	if err != nil {
		return nil, err
	}
	w := &World{source: name, parts: map[string]any{}}
	for _, e := range entries {
		switch e.Key {
		case "name":
			w.Name, err = d.String(e.Value)
		case "about":
			w.About, err = d.String(e.Value)
		case "anchor":
			w.Anchor, err = parseAnchor(d, e)
		case "speed":
			var n int64
			if n, err = d.Int(e.Value); err == nil && (n < 1 || n > maxSpeed) {
				err = d.Errorf(e.Line, "speed must be between 1 and %d", maxSpeed)
			}
			w.Speed = int(n)
		case "templates":
		default:
			k := kindOf(e.Key)
			if k == nil {
				return nil, d.Errorf(e.Line, "there is no %q; a world has name, about, anchor, speed, templates, %s", e.Key, allKinds())
			}
			w.parts[e.Key], err = k.parse(d, e.Value)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// allKinds names every vendor.
func allKinds() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

func parseAnchor(d *twin.Document, e twin.Entry) (time.Time, error) {
	s, err := d.String(e.Value)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Weekday() != time.Monday || t.Year() < 1970 {
		return time.Time{}, d.Errorf(e.Line, "anchor must be a Monday, like 2026-11-23")
	}
	return t, nil
}

// ID is the OfficeRnD ObjectId of a readable id of a world file.
func ID(name string) string { return officernd.ID(name) }
