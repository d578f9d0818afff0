package saltoks

import (
	"errors"
	"fmt"
	"maps"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// fill sets what a group holds, where a world names it.
func (m merging) fill(group, site string, inner row) error {
	if users, given := inner["users"]; given {
		m.members[group] = set{}
		for _, id := range twin.As[[]any](users) {
			m.members[group][text(m.get("users", twin.As[string](id)), "_person")] = true
		}
	}
	if locks, given := inner["locks"]; given {
		m.doors[group] = set{}
		for _, id := range twin.As[[]any](locks) {
			m.doors[group][twin.As[string](id)] = true
		}
	}
	list, given := inner["time_schedules"]
	if !given {
		return nil
	}
	for _, t := range m.schedules(group) {
		m.drop("time_schedules", text(t, "id"))
	}
	items, isList := list.([]any)
	if !isList && list != nil {
		return errors.New("time_schedules must be a list")
	}
	for i, item := range items {
		body, isMap := item.(row)
		if item == "always" {
			body, isMap = row{"start_time": "00:00", "end_time": "23:59"}, true
			for _, day := range weekdays() {
				body[day] = true
			}
		}
		if !isMap {
			return errors.New(`a time schedule has a field for each weekday, start_time and end_time, or is the word "always"`)
		}
		made, problem := schedule(nil, body)
		if problem != "" {
			return fmt.Errorf("time_schedules: %s", problem)
		}
		m.moveLocal(made)
		made["id"] = guid("time_schedules", fmt.Sprintf("%s %d", group, i))
		if given := text(body, "id"); given != "" {
			made["id"] = idOf("time_schedules", given)
		}
		made["_site"], made["_group"] = site, group
		m.put("time_schedules", made)
	}
	return nil
}

// moveLocal moves the naive dates of a schedule.
func (m merging) moveLocal(made row) {
	for _, field := range []string{"start_date", "end_date"} {
		if t, err := parseLocal(text(made, field)); err == nil && text(made, field) != "" {
			made[field] = t.AddDate(0, 0, m.days).Format(localForm)
		}
	}
}

// person finds or makes the platform user in a site user's record, and the site user that it is already.
func (m merging) person(values row, site string, gone bool) error {
	given, named := values["user"].(row)
	delete(values, "user")
	own := text(values, "id")
	var old row
	if own != "" {
		if u := m.get("users", idOf("users", own)); u != nil {
			old = m.get("people", text(u, "_person"))
		}
	}
	switch {
	case !named && old == nil:
		return errors.New("is missing")
	case old != nil:
	case text(given, "id") != "":
		old = m.get("people", idOf("people", text(given, "id")))
	default:
		old = m.byMail(text(given, "email"))
	}
	merged := twin.Clone(old)
	if old == nil {
		if gone {
			return errors.New("there is no such person")
		}
		word := text(given, "id")
		if word == "" && !guidForm.MatchString(own) {
			word = own
		}
		merged = freshPerson()
		merged["id"] = m.next("people")
		if word != "" {
			merged["id"] = idOf("people", word)
		}
	}
	before := merged["id"]
	if other := m.byMail(text(given, "email")); other != nil && other["id"] != before {
		return fmt.Errorf("%s has another id already", text(given, "email"))
	}
	_, managed := given["is_managed_by_current_site"]
	maps.Copy(merged, given)
	merged["id"] = before
	if !managed && flag(merged, "has_profile") {
		merged["is_managed_by_current_site"] = false
	}
	if text(merged, "first_name") == "" {
		return errors.New("first_name is missing")
	}
	if text(merged, "email") == "" {
		merged["email"] = nil
	}
	m.put("people", merged)
	if u := m.at(site, text(merged, "id")); u != nil {
		values["id"] = u["id"]
	}
	values["_person"] = merged["id"]
	return nil
}
