package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/space"
)

// sides refuses an integration whose space connection is a door system, or the other way round, and what the two systems
// cannot do, with the reason: better now than at nine in the morning. All refusals come together.
func sides(f *config.File, spaces map[string]desk.Space, doors map[string]desk.Door) error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(f.Integrations)) {
		in := f.Integrations[name]
		refuse := func(line int, format string, args ...any) {
			all = append(all, cardea.Errorf(cardea.Rejected, "%s: integration %s: %s", f.At(line), name, fmt.Sprintf(format, args...)))
		}
		if s, ok := spaces[in.Space.Text]; ok {
			unstated(in, s, refuse)
		} else {
			refuse(in.Space.Line, "%q is no space system", in.Space.Text)
		}
		if d, ok := doors[in.Door.Text]; ok {
			undoable(in, d, refuse)
		} else {
			refuse(in.Door.Line, "%q is no door system", in.Door.Text)
		}
	}
	return errors.Join(all...)
}

// undoable refuses settings that a door system cannot carry out.
func undoable(in *config.Integration, d desk.Door, refuse func(line int, format string, args ...any)) {
	limits := d.Door.Limits()
	for _, field := range in.Profile.Follow {
		if !slices.Contains(limits.Profile, field) {
			refuse(in.Profile.Line, "profile: %s cannot change %s of an account once it is made; write once", d.System, field)
		}
	}
	if in.Mails.Text == string(cardea.MailsAlways) && !limits.SendsMail {
		refuse(in.Mails.Line, "mails: %s writes to nobody of its own accord, so that there is no mail to switch on; write default or "+
			"never", d.System)
	}
}

// itemsOf says in which collection of a space system the items of a mapping are found.
var itemsOf = map[cardea.ItemKind]cardea.Kind{
	cardea.ItemPlans: cardea.KindPlan, cardea.ItemLocations: cardea.KindLocation, cardea.ItemFloors: cardea.KindFloor,
	cardea.ItemResources: cardea.KindResource, cardea.ItemBookables: cardea.KindResource, cardea.ItemUnits: cardea.KindResource,
	cardea.ItemPasses: cardea.KindPass, cardea.ItemPushes: cardea.KindPerson,
}

// unstated refuses mappings of what a space system does not have. An empty mapping of units is one of all units.
func unstated(in *config.Integration, s desk.Space, refuse func(line int, format string, args ...any)) {
	for _, kind := range cardea.ItemKinds {
		targets := in.Mappings.ByKind(kind)
		if len(targets) == 0 && (kind != cardea.ItemUnits || targets == nil) {
			continue
		}
		why := ""
		if !slices.Contains(s.Space.Collections(), itemsOf[kind]) {
			why = s.System + " has no " + string(kind)
		}
		if l, ok := s.Space.(space.Lacking); ok && why == "" {
			why = l.Lacks(kind)
		}
		if _, ok := s.Space.(space.Pushed); !ok && kind == cardea.ItemPushes {
			why = "the connection takes no pushes (acs: true, of Nexudus accounts)"
		}
		if why == "" {
			continue
		}
		line, ok := in.Mappings.Lines[kind]
		if !ok {
			line = in.Line
		}
		refuse(line, "mappings: %s: %s, so that nothing would ever come of it; take %s out", kind, why, kind)
	}
}
