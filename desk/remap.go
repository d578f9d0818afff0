package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/cardea-access/cardea"
)

// shelfPrints are kept beside the resolved names: what led to a group when it was last settled.
const shelfPrints = "mapping"

// prints says, for each group that an integration maps, what leads to it: its mappings and the integration's scope. Two
// equal prints mean that people come and go because the world changed, and not the configuration.
func prints(s cardea.Settings) (map[cardea.GroupID]string, error) {
	leads := map[cardea.GroupID][]cardea.Mapping{}
	for _, m := range s.Mappings {
		for _, g := range m.Groups {
			one := m
			one.Groups = nil
			leads[g] = append(leads[g], one)
		}
	}
	out := map[cardea.GroupID]string{}
	for g, ms := range leads {
		text, err := json.Marshal(struct {
			Scope    []string
			Mappings []cardea.Mapping
		}{s.Locations, ms})
		if err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "the mappings of %s cannot be compared: %w", s.Integration, err)
		}
		sum := sha256.Sum256(text)
		out[g] = hex.EncodeToString(sum[:16])
	}
	return out, nil
}

// remapped returns the groups of an integration whose mark is not the remembered one. Of an integration that was never
// settled nothing is remapped: its first run is guarded otherwise.
func remapped(now map[cardea.GroupID]string, remembered map[string]string) map[cardea.GroupID]bool {
	out, known := map[cardea.GroupID]bool{}, false
	for g, mark := range now {
		was, has := remembered[shelfPrints+"\x00"+string(g)]
		known = known || has
		out[g] = was != mark
	}
	if !known {
		return nil
	}
	return out
}

// settle remembers the prints of settled groups.
func (d *Desk) settle(ctx context.Context, integration string, now map[cardea.GroupID]string, groups []cardea.GroupID) error {
	keep := map[string]string{}
	for _, g := range groups {
		if mark, ok := now[g]; ok {
			keep[shelfPrints+"\x00"+string(g)] = mark
		}
	}
	if len(keep) == 0 {
		return nil
	}
	return d.ws.SaveResolved(ctx, integration, keep)
}
