//go:build soak

package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox"
)

// share says that every how manieth of london's people is there.
func share() int {
	if n, err := strconv.Atoi(os.Getenv("CARDEA_SOAK_SHARE")); err == nil {
		return max(1, n)
	}
	return 4
}

// thinned is the world file with every fourth of its people, and nothing of the others.
func thinned(t *testing.T) []byte {
	t.Helper()
	share := share()
	var out []string
	section, n := "", 0
	gone := map[string]bool{} // in quotes: people, their agreements and e-mails
	quoted := regexp.MustCompile(`"[^"]*"`)
	for line := range strings.Lines(string(read(t, worldsDir+"london.yaml"))) {
		words := quoted.FindAllString(line, -1)
		if strings.HasPrefix(line, "  ") && strings.HasSuffix(line, ":\n") {
			section = strings.TrimSpace(line)
		}
		record := strings.HasPrefix(strings.TrimSpace(line), "- {")
		drop := record && slices.ContainsFunc(words, func(w string) bool { return gone[w] })
		if n++; record && section == "members:" && n%share != 0 || drop && (section == "memberships:" || section == "users:") {
			for _, w := range words[:1] {
				gone[w] = true
			}
			for _, w := range words {
				gone[w] = gone[w] || strings.Contains(w, "@")
			}
			drop = true
		}
		if !drop {
			out = append(out, line)
		}
	}
	return []byte(strings.Join(out, ""))
}

// event is something that happens at an instant.
type event struct {
	at time.Time
	do func()
}

// today draws what happens in the next day.
func (s *soak) today() []event {
	var out []event
	some := func(least, most int, do func()) {
		for range least + s.draw.IntN(most-least+1) {
			out = append(out, event{time.Now().Add(time.Duration(s.draw.IntN(24*60-30)) * time.Minute), do})
		}
	}
	some(1, 3, s.joins)
	some(1, 2, s.leaves)
	some(0, 2, s.stays)
	some(0, 1, s.moves)
	some(3, 6, s.books)
	some(1, 2, s.callsOff)
	some(0, 2, s.rebooks)
	some(0, 1, s.buysPass)
	some(0, 1, s.dropsBooking)
	if s.draw.IntN(2) == 0 {
		some(1, 1, s.byHand)
	}
	if s.draw.IntN(12) == 0 {
		some(1, 1, s.crowdByHand)
	}
	some(0, 2, s.fails)
	switch s.draw.IntN(4) {
	case 0:
		some(1, 1, s.restarts)
	case 1:
		some(1, 1, s.dies)
	}
	slices.SortStableFunc(out, func(a, b event) int { return a.at.Compare(b.at) })
	return out
}

// happens changes the space side, here and there.
func (s *soak) happens(kind, text string) {
	s.t.Helper()
	s.patch("officernd:\n  " + kind + ": [" + text + "]\n")
	var r map[string]any
	if err := yaml.Unmarshal([]byte(text), &r); err != nil {
		s.t.Fatal(err)
	}
	was := s.now()
	now := known{
		naive: naive{kinds: maps.Clone(was.kinds), by: maps.Clone(was.by)}, at: time.Now(), answers: map[int64]map[string]bool{},
	}
	id := r["_id"].(string)
	list := slices.Clone(was.kinds[kind])
	i := slices.IndexFunc(list, func(o row) bool { return o.s("_id") == id })
	switch {
	case r["delete"] == true:
		list, now.vanished = slices.Delete(list, i, i+1), true
		delete(now.by, kind+"/"+id)
	case i >= 0:
		merged := maps.Clone(list[i])
		maps.Copy(merged, row(r))
		list[i], now.by[kind+"/"+id] = merged, merged
	default:
		list = append(list, row(r))
		now.by[kind+"/"+id] = r
	}
	now.kinds[kind] = list
	s.world = append(s.world, now)
	for len(s.world) > 2 && s.world[1].at.Before(time.Now().Add(-18*time.Hour)) {
		s.world = s.world[1:]
	}
	s.count["changes of "+kind]++
}

func (s *soak) id(kind string) string {
	s.last++
	return fmt.Sprintf("soak-%s-%d", kind, s.last)
}

func (s *soak) one(kind string, fits func(row) bool) row {
	var of []row
	for _, r := range s.now().kinds[kind] {
		if fits(r) {
			of = append(of, r)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return of[s.draw.IntN(len(of))]
}

func (s *soak) site() string { return []string{"shoreditch", "baixa", "flatiron"}[s.draw.IntN(3)] }

func (s *soak) day(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

func (s *soak) joins() {
	who, site := s.id("person"), s.site()
	s.happens("members", fmt.Sprintf("{_id: %s, name: Person %s, email: %s@soak.test, location: %s, status: active}", who, who, who, site))
	plan := []string{"hot-desk", "hot-desk", "night-owl", "dedicated-desk"}[s.draw.IntN(4)]
	ends := ""
	if s.draw.IntN(3) == 0 {
		ends = ", endDate: " + s.day(3+s.draw.IntN(30))
	}
	ms, from := s.id("ms"), s.day(s.draw.IntN(4))
	s.happens("memberships", fmt.Sprintf("{_id: %s, name: %s, status: approved, plan: plan-%s, location: %s, member: %s, startDate: %s%s, "+
		"type: month_to_month, intervalLength: month, intervalCount: 1, price: 100}", ms, plan, plan, site, who, from, ends))
	if desk := s.desk(site); plan == "dedicated-desk" && desk != "" {
		s.happens("assignments", fmt.Sprintf("{_id: %s, membership: %s, resource: %s, startDate: %s}", s.id("as"), ms, desk, from))
	}
}

func (s *soak) desk(site string) string {
	return s.one("resources", func(r row) bool { return r.s("type") == "desk" && r.s("location") == site }).s("_id")
}

func (s *soak) running(r row) bool {
	return r.s("startDate")[:10] <= s.day(0) && (r.s("endDate") == "" || r.s("endDate")[:10] > s.day(1)) && r.s("member") != ""
}

func (s *soak) leaves() {
	if m := s.one("memberships", s.running); m != nil {
		s.happens("memberships", fmt.Sprintf("{_id: %s, endDate: %s}", m.s("_id"), max(s.day(s.draw.IntN(6)-1), m.s("startDate")[:10])))
	}
}

// stays has somebody whose time is announced to end stay longer.
func (s *soak) stays() {
	if m := s.one("memberships", func(r row) bool { return s.running(r) && r.s("endDate") != "" }); m != nil {
		s.happens("memberships", fmt.Sprintf("{_id: %s, endDate: %s}", m.s("_id"), s.day(20+s.draw.IntN(40))))
	}
}

func (s *soak) moves() {
	if a := s.one("assignments", func(r row) bool { return strings.Contains(r.s("resource"), "-desk-") }); a != nil {
		site, _, _ := strings.Cut(a.s("resource"), "-")
		s.happens("assignments", fmt.Sprintf("{_id: %s, resource: %s}", a.s("_id"), s.desk(site)))
	}
}

func (s *soak) books() {
	site := s.site()
	room := s.one("resources", func(r row) bool { return r.s("type") == "meeting_room" && r.s("location") == site })
	host := s.one("members", func(r row) bool { return r.s("status") == "active" && r.s("location") == site })
	start := time.Now().UTC().Truncate(30 * time.Minute).Add(time.Duration(1+s.draw.IntN(8*48)) * 30 * time.Minute)
	text := start.Format(time.RFC3339)
	end := start.Add(time.Duration(1+s.draw.IntN(4)) * 30 * time.Minute).Format(time.RFC3339)
	zone := map[string]string{"shoreditch": "Europe/London", "baixa": "Europe/Lisbon", "flatiron": "America/New_York"}[site]
	also := ""
	if s.draw.IntN(2) == 0 {
		also += ", members: [" + s.one("members", func(r row) bool { return r.s("status") == "active" }).s("_id") + "]"
	}
	if s.draw.IntN(4) == 0 {
		also += ", visitors: [" + s.one("visitors", func(row) bool { return true }).s("_id") + "]"
	}
	last := end
	if s.draw.IntN(6) == 0 { // every week, with luck across a change of the clocks
		also, last = also+`, recurrence: {rrule: "FREQ=WEEKLY;COUNT=6"}`, start.AddDate(0, 0, 36).Format(time.RFC3339)
	}
	s.happens("bookings", fmt.Sprintf("{_id: %s, title: Meeting, resource: %s, location: %s, timezone: %s, member: %s, start: %s, end: %s, "+
		"seriesStart: %s, seriesEnd: %s, source: portal%s}", s.id("bk"), room.s("_id"), site, zone, host.s("_id"), text, end, text, last, also))
}

// ahead says whether a booking is to come; soon enough to matter.
func (s *soak) ahead(r row) bool {
	start, _ := r["start"].(time.Time)
	return r["isCancelled"] != true && start.After(time.Now().Add(-time.Hour)) && start.Before(time.Now().AddDate(0, 0, 3))
}

func (s *soak) callsOff() {
	if b := s.one("bookings", s.ahead); b != nil {
		s.happens("bookings", fmt.Sprintf("{_id: %s, isCancelled: true}", b.s("_id")))
	}
}

func (s *soak) dropsBooking() {
	if b := s.one("bookings", s.ahead); b != nil {
		s.happens("bookings", fmt.Sprintf("{_id: %s, delete: true}", b.s("_id")))
	}
}

func (s *soak) rebooks() {
	if b := s.one("bookings", func(r row) bool { return s.ahead(r) && r["recurrence"] == nil }); b != nil {
		start, end := b["start"].(time.Time), b["end"].(time.Time)
		by := time.Duration(s.draw.IntN(5)-1) * 30 * time.Minute
		from, to := start.Add(by).UTC().Format(time.RFC3339), end.Add(by+30*time.Minute).UTC().Format(time.RFC3339)
		s.happens("bookings", fmt.Sprintf("{_id: %s, start: %s, end: %s, seriesStart: %s, seriesEnd: %s}", b.s("_id"), from, to, from, to))
	}
}

func (s *soak) buysPass() {
	if m := s.one("members", func(r row) bool { return r.s("status") == "active" }); m != nil {
		s.happens("passes", fmt.Sprintf("{_id: %s, count: 5, usedCount: 0, intervalLength: once, isPersonal: true, member: %s, startDate: %s, "+
			"validFrom: %s, validTo: %s}", s.id("pass"), m.s("_id"), s.day(0), s.day(0), s.day(s.draw.IntN(10))))
	}
}

// byHand has somebody at the door system let a stranger in.
func (s *soak) byHand() { s.strangers([]string{"1001", "1002", "1003"}[s.draw.IntN(3)], 1) }

// crowdByHand lets so many in that the brake keeps them until a person says so.
func (s *soak) crowdByHand() {
	for _, g := range s.vendors.Groups("kisi") {
		if g.Name == "Baixa offices 1" {
			s.strangers(g.ID, 4+len(g.All)/3)
		}
	}
}

func (s *soak) strangers(group string, n int) {
	name := ""
	for _, g := range s.vendors.Groups("kisi") {
		if g.ID == group {
			name = g.Name
		}
	}
	for range n {
		s.last++
		id := 600000 - s.last // downwards: the door gives its own numbers upwards from the highest there is
		mail := fmt.Sprintf("stranger-%d@hand.test", s.last)
		s.patch(fmt.Sprintf("kisi:\n  users: [{id: %d, name: Stranger, email: %s, access_enabled: true}]\n  role_assignments: [{id: %d, "+
			"applies_to_type: Group, applies_to_id: %s, assignee_type: User, assignee_id: %d, role_id: group_basic}]\n",
			id, mail, id, group, id))
		s.excused[name+" "+mail] = time.Now().Add(soakSweep + soakSlack)
		s.count["entries made by hand"]++
	}
	s.look()
}

// fails has a vendor fail for a while. Lists that are empty or short though the vendor says yes are mended before the
// reading after the next: two that agree are believed, and then it is the brake that stands between.
func (s *soak) fails() {
	if !s.until.IsZero() || s.dying {
		return
	}
	lists := []string{"members", "memberships", "assignments", "bookings", "companies", "passes", "visitors", "resources"}
	f := sandbox.Fault{Method: "GET", Path: "*/" + lists[s.draw.IntN(len(lists))] + "?*"}
	vendor, lasts := "officernd", time.Duration(10+s.draw.IntN(200))*time.Minute
	brief := time.Duration(10+s.draw.IntN(50)) * time.Minute
	name := ""
	switch s.draw.IntN(9) {
	case 0:
		name, f.Status = "503", 503
	case 1:
		name, f.Effect, lasts = "empty list", sandbox.EffectEmpty, brief
	case 2:
		name, f.Effect, f.Rows, lasts = "truncated page", sandbox.EffectTruncate, new(s.draw.IntN(20)), brief
	case 3:
		name, f.Effect, f.DelayMS = "slow", sandbox.EffectSlow, 20_000
	case 4:
		name, f.Status, f.RetryAfter = "429", 429, 30
	case 5:
		vendor, name, f.Path, f.Effect, lasts = "kisi", "empty list at the door", "/role_assignments", sandbox.EffectEmpty, brief
	case 6:
		vendor, name, f.Method, f.Path, f.Effect, f.Times = "kisi", "answers lost", "POST", "", sandbox.EffectDropAfter, 20
	case 7:
		vendor, name, f.Method, f.Path, f.Status = "kisi", "503 at the door", "", "", 503
	default:
		vendor, name, f.Method, f.Path, f.Status, f.RetryAfter = "kisi", "429 at the door", "POST", "", 429, 60
	}
	s.fault(vendor, f)
	s.until = time.Now().Add(lasts)
	s.troubles = append(s.troubles, outage{from: time.Now(), to: s.until, late: vendor == "kisi"})
	s.forgive(lasts)
	s.count["faults: "+name]++
}

// forgive puts off when what was done by hand must be swept away.
func (s *soak) forgive(lasts time.Duration) {
	for place, until := range s.excused {
		if until.After(time.Now()) {
			s.excused[place] = until.Add(lasts + soakInterval)
		}
	}
}

func (s *soak) restarts() {
	if s.dying {
		return
	}
	s.troubles = append(s.troubles, outage{from: time.Now(), late: true})
	s.end()
	time.Sleep(time.Duration(1+s.draw.IntN(20)) * time.Minute)
	s.troubles[len(s.troubles)-1].to = time.Now()
	s.count["restarted"]++
	s.serve()
}

// dies has the process killed at one of its next writes, which itself takes effect or does not.
func (s *soak) dies() {
	if s.dying {
		return
	}
	s.end()
	s.armed, s.dying = time.Now(), true
	s.c.steps.Store(0)
	s.c.at, s.c.after = 5+s.draw.IntN(60), s.draw.IntN(2) == 0
	s.serve()
}
