package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// Mapped are the mappings of an integration that are in force.
type Mapped struct {
	Integration string         `json:"integration"`
	Managed     string         `json:"managed"`         // file or store
	Where       string         `json:"where,omitempty"` // in the file
	Version     int64          `json:"version,omitempty"`
	SavedAt     cardea.Instant `json:"saved_at,omitempty"`
	SavedBy     string         `json:"saved_by,omitempty"`
	Rows        []MappedRow    `json:"rows"`
}

// MappedRow is one of them, or with the kind groups what is said of one group.
type MappedRow struct {
	Kind   string        `json:"kind"`
	Item   string        `json:"item"`
	ID     string        `json:"id,omitempty"` // empty: the name was not resolved yet
	Groups []MappedGroup `json:"groups,omitempty"`
	Says   string        `json:"says"` // all of it in words
}

// MappedGroup is a group by name and, once it was resolved, by id.
type MappedGroup struct {
	Name string         `json:"name"`
	ID   cardea.GroupID `json:"id,omitempty"`
}

// Mappings returns what is mapped by an integration, or by each when none is named. Nobody is asked anything.
func (d *Desk) Mappings(ctx context.Context, integration string) ([]Mapped, error) {
	if err := d.known(integration); err != nil {
		return nil, err
	}
	out := []Mapped{}
	for _, in := range d.c.Integrations {
		if integration != "" && in.Name != integration {
			continue
		}
		one := Mapped{Integration: in.Name, Managed: "file", Where: in.MappedAt, Rows: []MappedRow{}}
		s := in.section()
		if in.Stored {
			var m store.Mapping
			var err error
			if s, m, err = d.stored(ctx, in); err != nil {
				return nil, err
			}
			one.Managed, one.Where, one.Version, one.SavedAt, one.SavedBy = "store", "", m.Version, m.At, m.By
		}
		names, err := d.ws.Resolved(ctx, in.Name)
		if err != nil {
			return nil, err
		}
		one.Rows = append(one.Rows, s.at("").listed(names, d.clockOf(in))...)
		out = append(out, one)
	}
	return out, nil
}

// clockOf tells times in an integration's zone, in which the days of its settings are meant.
func (d *Desk) clockOf(in Integration) say.Clock {
	clock := say.Clock{Zone: time.UTC, Now: d.now()}
	if zone, err := time.LoadLocation(in.Zone); err == nil {
		clock.Zone = zone
	}
	return clock
}

// listed are the rows of a section with the ids that their names were resolved to.
func (s Section) listed(names map[string]string, clock say.Clock) []MappedRow {
	var out []MappedRow
	for _, m := range s.Mappings {
		row := MappedRow{Kind: string(m.Kind), Item: m.Item.Text, ID: names[string(m.Kind)+"\x00"+m.Item.Text], Says: m.says()}
		for _, g := range m.Groups {
			row.Groups = append(row.Groups, MappedGroup{g.Text, cardea.GroupID(names[shelfGroups+"\x00"+g.Text])})
		}
		out = append(out, row)
	}
	if s.Units {
		out = append(out, MappedRow{Kind: shelfUnits, Says: s.rows(clock)[rowKey{shelfUnits, ""}]})
	}
	for _, g := range s.Groups {
		out = append(out, MappedRow{Kind: shelfGroups, Item: g.Group.Text, ID: names[shelfGroups+"\x00"+g.Group.Text], Says: g.says(clock)})
	}
	return out
}

// DiffMappings shows what an edit would do, by person, as far as was read: nothing is saved, and nothing is written at the door
// system. Errors: NotFound when there is no such integration; Rejected for names that are unknown or fit two things.
func (d *Desk) DiffMappings(ctx context.Context, integration string, e Edit) (Impact, error) {
	p, err := d.proposed(ctx, integration, e)
	return p.Impact, err
}

// SetMappings saves an edit when its impact is the one that was shown under a hash, or with an empty hash whatever it is; what
// moved meanwhile is shown anew and not saved. Errors: those of DiffMappings; Rejected when the configuration file has them.
func (d *Desk) SetMappings(ctx context.Context, integration string, e Edit, hash, who string) (Impact, error) {
	in, err := d.integration(integration)
	if err != nil {
		return Impact{}, err
	}
	if !in.Stored {
		return Impact{}, cardea.Errorf(cardea.Rejected, "%s: the mappings of %s are managed by the configuration file: edit them there; "+
			"cardea mappings diff shows what an edit would do", in.MappedAt, integration)
	}
	p, err := d.proposed(ctx, integration, e)
	if err != nil {
		return p.Impact, err
	}
	if hash != "" && hash != p.Hash {
		p.Moved = true
		return p.Impact, nil
	}
	if len(p.Rows) == 0 {
		return p.Impact, nil
	}
	if err := d.saveIntegration(ctx, in); err != nil {
		return p.Impact, err
	}
	text, err := json.Marshal(p.after)
	if err != nil {
		return p.Impact, cardea.Errorf(cardea.Rejected, "the mappings of %s cannot be kept: %w", integration, err)
	}
	m := store.Mapping{Integration: integration, Version: p.was.Version, Body: text, At: d.now(), By: who}
	err = d.ws.SaveMapping(ctx, m, p.names, d.marksOf(integration), struct {
		Integration string          `json:"integration"`
		Version     int64           `json:"version"`
		Changes     []MappingChange `json:"changes"`
		Hash        string          `json:"hash"`
		Gain        int             `json:"gain"`
		Lose        int             `json:"lose"`
		Change      int             `json:"change"`
	}{integration, p.was.Version + 1, p.Rows, p.Hash, p.count(cardea.VerbAdd), p.count(cardea.VerbRemove), p.count(cardea.VerbRetime)})
	switch {
	case cardea.ClassOf(err) == cardea.Conflict: // whoever came first stays; this one is shown on top of it
		p, err = d.proposed(ctx, integration, e)
		p.Moved = true
		return p.Impact, err
	case err != nil:
		return p.Impact, err
	}
	p.Saved = true
	return p.Impact, nil
}

// hash names the edit and what it would do: it changes when either does.
func (i Impact) hash() (string, error) {
	type effect struct {
		Key  cardea.OpKey    `json:"key"`
		Held cardea.HoldCode `json:"held,omitempty"`
	}
	effects := func(ops operations) []effect {
		var out []effect
		for _, o := range ops {
			e := effect{Key: o.Key}
			if o.Held != nil {
				e.Held = o.Held.Code
			}
			out = append(out, e)
		}
		slices.SortFunc(out, func(a, b effect) int { return cmpKeys(a.Key, b.Key) })
		return out
	}
	text, err := json.Marshal(struct {
		Integration   string
		Version       int64
		Rows          []MappingChange
		Does, DoesNot []effect
	}{i.Integration, i.Version, i.Rows, effects(i.Operations), effects(i.Dropped)})
	if err != nil {
		return "", cardea.Errorf(cardea.Rejected, "the edit cannot be compared: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
