package saltoks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/rows"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// row is one record by the vendor's field names. A name that begins with "_" is the sandbox's own: "_site" (in every row of a
// site's tables), "_person" (a site user's platform user), "_made" and "_left" (stamps), "_pin", "_keys".
type row = map[string]any

// guidForm is how ids are written; the version digit is not looked at (1.4).
var guidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// guid is the id that a word stands for in a table, the same in every run, and of version 1, as many of the vendor's are.
func guid(table, word string) string {
	sum := sha256.Sum256([]byte("saltoks " + table + " " + word))
	x := hex.EncodeToString(sum[:16])
	return fmt.Sprintf("%s-%s-1%s-a%s-%s", x[:8], x[8:12], x[13:16], x[17:20], x[20:32])
}

// idOf is a world's id: a GUID stays, a word becomes one.
func idOf(table, word string) string {
	if low := strings.ToLower(word); guidForm.MatchString(low) {
		return low
	}
	return guid(table, word)
}

// table holds rows by id. A row is never changed in place: a change puts another.
type table struct {
	rows  map[string]row
	order []string // sorted
}

func (t *table) put(r row) {
	id := text(r, "id")
	t.order = rows.Put(t.rows, t.order, id, r)
}

func (t *table) drop(id string) {
	t.order = rows.Drop(t.rows, t.order, id)
}

func text(r row, field string) string { return twin.As[string](r[field]) }

func flag(r row, field string) bool { return twin.As[bool](r[field]) }

func number(r row, field string) int { return int(twin.As[float64](r[field])) }

// with copies a row and sets fields.
func with(old, fields row) row {
	out := twin.Clone(old)
	maps.Copy(out, fields)
	return out
}

// set is ids of one thing in another.
type set map[string]bool

// state is every table, and who and what is in which access group.
type state struct {
	tables  map[string]*table
	members map[string]set // access group -> platform ids
	doors   map[string]set // access group -> locks
	mails   map[string]string
	places  map[string]string // site and platform id -> site user
	serial  int               // of made ids
}

// tableNames lists the tables, those that others refer to first.
func tableNames() []string {
	return []string{"sites", "roles", "people", "users", "iqs", "locks", "access_groups", "time_schedules", "entries", "invitations"}
}

func newState() *state {
	s := &state{
		tables: map[string]*table{}, members: map[string]set{}, doors: map[string]set{}, mails: map[string]string{},
		places: map[string]string{},
	}
	for _, name := range tableNames() {
		s.tables[name] = &table{rows: map[string]row{}}
	}
	return s
}

func (s *state) clone() *state {
	next := &state{
		tables: map[string]*table{}, members: map[string]set{}, doors: map[string]set{}, mails: maps.Clone(s.mails),
		places: maps.Clone(s.places), serial: s.serial,
	}
	for name, t := range s.tables {
		next.tables[name] = &table{rows: maps.Clone(t.rows), order: slices.Clone(t.order)}
	}
	for g, m := range s.members {
		next.members[g] = maps.Clone(m)
	}
	for g, d := range s.doors {
		next.doors[g] = maps.Clone(d)
	}
	return next
}

// next is a fresh id.
func (s *state) next(table string) string {
	s.serial++
	return guid(table, fmt.Sprintf("made %d", s.serial))
}

func (s *state) get(table, id string) row { return s.tables[table].rows[id] }

func fold(mail string) string { return strings.ToLower(strings.TrimSpace(mail)) }

func (s *state) put(table string, r row) {
	switch table {
	case "people":
		if old := s.get(table, text(r, "id")); old != nil {
			delete(s.mails, fold(text(old, "email")))
		}
		if mail := fold(text(r, "email")); mail != "" {
			s.mails[mail] = text(r, "id")
		}
	case "users":
		s.places[text(r, "_site")+" "+text(r, "_person")] = text(r, "id")
	case "access_groups":
		if id := text(r, "id"); s.members[id] == nil {
			s.members[id], s.doors[id] = set{}, set{}
		}
	default:
	}
	s.tables[table].put(r)
}

// drop takes a record out, with what hangs on it.
func (s *state) drop(table, id string) {
	r := s.get(table, id)
	if r == nil {
		return
	}
	switch table {
	case "sites":
		for _, name := range tableNames() {
			for _, other := range s.within(name, id) {
				s.drop(name, other)
			}
		}
	case "people":
		delete(s.mails, fold(text(r, "email")))
	case "users":
		s.leaveGroups(r)
		delete(s.places, text(r, "_site")+" "+text(r, "_person"))
	case "locks":
		for _, d := range s.doors {
			delete(d, id)
		}
	case "access_groups":
		for _, t := range s.schedules(id) {
			s.tables["time_schedules"].drop(text(t, "id"))
		}
		delete(s.members, id)
		delete(s.doors, id)
	default:
	}
	s.tables[table].drop(id)
}

// leaveGroups takes a site user out of every group of the site.
func (s *state) leaveGroups(user row) {
	for _, g := range s.within("access_groups", text(user, "_site")) {
		delete(s.members[g], text(user, "_person"))
	}
}

// within lists the ids of a site's rows, sorted.
func (s *state) within(table, site string) []string {
	t, out := s.tables[table], []string{}
	for _, id := range t.order {
		if text(t.rows[id], "_site") == site {
			out = append(out, id)
		}
	}
	return out
}

// schedules lists the time schedules of a group.
func (s *state) schedules(group string) []row {
	t, out := s.tables["time_schedules"], []row{}
	for _, id := range t.order {
		if text(t.rows[id], "_group") == group {
			out = append(out, t.rows[id])
		}
	}
	return out
}

// at is the site user that a platform user is on a site; nil = none.
func (s *state) at(site, person string) row { return s.get("users", s.places[site+" "+person]) }

// byMail is the platform user with an e-mail, by letters in any case; nil = none.
func (s *state) byMail(mail string) row {
	if fold(mail) == "" {
		return nil
	}
	return s.get("people", s.mails[fold(mail)])
}

// role finds a role of a site by its code; nil = none.
func (s *state) role(site, code string) row {
	for _, id := range s.within("roles", site) {
		if r := s.get("roles", id); text(r, "code") == code {
			return r
		}
	}
	return nil
}

// codes are the role codes of a site user.
func (s *state) codes(user row) []string {
	out := []string{}
	for _, id := range twin.As[[]any](user["roles"]) {
		out = append(out, text(s.get("roles", twin.As[string](id)), "code"))
	}
	return out
}

// find resolves a world's reference in a site ("" = anywhere): an id, a word for one, or what people call the thing.
func (s *state) find(table, ref, site string) (string, error) {
	here := func(id string) bool {
		r := s.get(table, id)
		return r != nil && (site == "" || text(r, "_site") == site || text(r, "_site") == "")
	}
	if id := idOf(table, ref); here(id) {
		return id, nil
	}
	if table == "roles" { // a role's word is a site's own
		if id := idOf(table, site+" "+ref); here(id) {
			return id, nil
		}
	}
	if table == "users" {
		for _, person := range []string{idOf("people", ref), s.mails[fold(ref)]} {
			if u := s.at(site, person); u != nil {
				return text(u, "id"), nil
			}
		}
	}
	found := ""
	for _, id := range s.tables[table].order {
		if r := s.get(table, id); here(id) && slices.Contains(naturals(table, r), strings.ToLower(ref)) {
			if found != "" {
				return "", fmt.Errorf("%q fits two records in %s", ref, table)
			}
			found = id
		}
	}
	if found == "" {
		return "", fmt.Errorf("there is no %q in %s", ref, table)
	}
	return found, nil
}

// naturals is what people know a record by, in lower case.
func naturals(table string, r row) []string {
	switch table {
	case "people":
		return []string{fold(text(r, "email"))}
	case "roles":
		return []string{text(r, "code"), strings.ToLower(text(r, "customer_reference"))}
	case "sites":
		return []string{strings.ToLower(text(r, "site_uid")), strings.ToLower(text(r, "customer_reference"))}
	}
	return []string{strings.ToLower(text(r, "customer_reference"))}
}
