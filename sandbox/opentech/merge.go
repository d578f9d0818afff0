package opentech

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// merging is a world or a patch being applied to a state.
type merging struct {
	state

	days  int
	fresh time.Time // when what is new was made
	gone  bool      // visitors of a unit that is vacated leave the lists
	live  bool      // a patch: devices that go off or on make events
}

// apply merges every record. A record without an id is the one that people would call the same, else a new one.
func (m merging) apply(w *World) error {
	all := shapes()
	for _, f := range w.Facilities {
		id, err := m.one("facilities", facilityShape(), f.Record, 0)
		if err != nil {
			return fmt.Errorf("line %d: opentech.facilities: %w", f.Record.Line, err)
		}
		if f.Record.Delete {
			continue
		}
		for _, name := range parts() {
			for _, rec := range f.Parts[name] {
				if _, err := m.one(name, all[name], rec, id); err != nil {
					return fmt.Errorf("line %d: opentech.%s: %w", rec.Line, name, err)
				}
			}
		}
		m.furnish(id)
		if err := m.oneCodeEach(id); err != nil {
			return fmt.Errorf("line %d: opentech.visitors: %w", f.Record.Line, err)
		}
	}
	return nil
}

// furnish gives a facility the two defaults that every one has: a 24-hour time group and an all-access profile (1.1).
func (m merging) furnish(facility int64) {
	for table, name := range map[string]string{"timegroups": "24 Hour", "accessprofiles": "All Access"} {
		t := m.state[table]
		if m.standard(table, facility) == 0 {
			t.put(row{"id": float64(t.last + 1), "facilityId": float64(facility), "name": name, "isDefault": true, "pmsIdentifier": nil})
		}
	}
}

// standard is the default time group or access profile of a facility; 0 = none.
func (s state) standard(table string, facility int64) int64 {
	found := int64(0)
	s[table].within(facility, func(id int64, r row) {
		if found == 0 && flag(r, "isDefault") {
			found = id
		}
	})
	return found
}

func (m merging) oneCodeEach(facility int64) error {
	var err error
	holders := map[string]int64{}
	m.state["visitors"].within(facility, func(id int64, r row) {
		code := text(r, "accessCode")
		if code == "" || flag(r, "departed") {
			return
		}
		if other, taken := holders[code]; taken && err == nil {
			err = fmt.Errorf("visitors %d and %d have the same accessCode", other, id)
		}
		holders[code] = id
	})
	return err
}

func (m merging) one(name string, shape twin.Shape, rec twin.Record, facility int64) (int64, error) {
	t, values := m.state[name], twin.Clone(rec.Values)
	if err := m.resolve(shape, values, facility); err != nil {
		return 0, err
	}
	id, err := m.identify(name, values, facility)
	if err != nil {
		return 0, err
	}
	old := t.rows[id]
	if rec.Delete {
		if old == nil {
			return 0, errors.New("there is no such record to delete")
		}
		m.remove(name, id)
		return id, nil
	}
	if id == 0 {
		id = t.last + 1
	}
	if word := text(values, "id"); word != "" {
		if _, err := strconv.ParseInt(word, 10, 64); err != nil {
			t.words[word] = id
		}
	}
	twin.Move(shape, values, m.days, nil)
	merged := defaults(name, m.fresh)
	if old != nil {
		merged = twin.Clone(old)
	}
	if status, given := values["status"].(map[string]any); given {
		values["status"] = with(twin.As[row](merged["status"]), status)
	}
	maps.Copy(merged, values)
	merged["id"] = float64(id)
	if name != "facilities" {
		merged["facilityId"] = float64(facility)
	}
	if err := complete(name, merged); err != nil {
		return 0, err
	}
	t.put(merged)
	m.consequences(name, id, old, merged)
	return id, nil
}

// consequences are what the vendor would do beside: a tenant rents the unit, a vacated unit empties, a device is heard of.
func (m merging) consequences(name string, id int64, old, made row) {
	switch name {
	case "units":
		if old != nil && text(made, "status") == vacant && text(old, "status") != vacant {
			m.vacate(id, m.gone)
		}
	case "visitors":
		if flag(made, "isEnabled") && flag(made, "departed") {
			made = with(made, row{"departed": false})
			m.state[name].put(made)
		}
		u := m.state["units"].rows[idOf(made["unitId"])]
		if u != nil && flag(made, "isTenant") && !flag(made, "departed") && text(u, "status") == vacant {
			m.state["units"].put(with(u, row{"status": rented}))
		}
	case "devices":
		if was, is := text(old, "status"), text(made, "status"); m.live && old != nil && was != is {
			kind := map[bool]float64{true: 12, false: 11}[is == "Online"]
			m.happen(made, gateway, kind)
		}
	case "smartlocks":
		if off := flag(made, "isDeviceOffline"); m.live && old != nil && off != flag(old, "isDeviceOffline") {
			m.happen(made, edge, map[bool]float64{true: 6, false: 5}[off])
		}
	default:
	}
}

// happen records an event of a device.
func (m merging) happen(device row, category string, kind float64) {
	t := m.state["events"]
	made := defaults("events", m.fresh)
	maps.Copy(made, row{
		"id": float64(t.last + 1), "facilityId": device["facilityId"], "eventCategory": category, "eventTypeEnum": kind,
		"deviceId": device["id"], "deviceName": device["name"], "unitId": device["unitId"],
	})
	t.put(made)
}

// resolve turns references into ids; unitNumber stands for the unit's id, unless the record is the unit.
func (m merging) resolve(shape twin.Shape, values row, facility int64) error {
	for field, v := range values {
		ref, given := v.(string)
		if f := shape[field]; f.Kind != twin.Ref || !given {
			continue
		} else if f.To != "units" && ref == "0" { // the default
			values[field] = 0.0
			continue
		}
		id, err := m.find(shape[field].To, ref, facility)
		if err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		values[field] = float64(id)
	}
	if _, refers := shape["unitId"]; !refers {
		return nil
	}
	if number := text(values, "unitNumber"); number != "" {
		id, err := m.called("units", "unitNumber", number, facility)
		if err == nil && id == 0 {
			err = fmt.Errorf("there is no %q in units", number)
		}
		if err != nil {
			return fmt.Errorf("unitNumber: %w", err)
		}
		values["unitId"] = float64(id)
	}
	delete(values, "unitNumber")
	return nil
}

// identify returns the id a record means: its own, that of the one with the same natural key, or 0 for a new one.
func (m merging) identify(name string, values row, facility int64) (int64, error) {
	if given := text(values, "id"); given != "" {
		id, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			id = m.state[name].words[given]
		} else if id <= 0 || id > 1<<53 {
			return 0, fmt.Errorf("id %q is not a positive whole number", given)
		}
		if r, there := m.state[name].rows[id]; there && name != "facilities" && idOf(r["facilityId"]) != facility {
			return 0, fmt.Errorf("%s belongs to facility %d", given, idOf(r["facilityId"]))
		}
		return id, nil
	}
	if name == "visitors" { // one per person and unit
		found := int64(0)
		m.state[name].within(facility, func(id int64, r row) {
			if mail := text(values, "email"); mail != "" && fold(text(r, "email")) == fold(mail) &&
				idOf(r["unitId"]) == idOf(values["unitId"]) && !flag(r, "departed") {
				found = id
			}
		})
		return found, nil
	}
	for _, field := range naturals(name) {
		if id, err := m.called(name, field, text(values, field), facility); id != 0 || err != nil {
			return id, err
		}
	}
	return 0, nil
}
