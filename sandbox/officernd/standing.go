package officernd

import "github.com/cardea-access/cardea/sandbox/twin"

// standing counts what somebody, or a company, holds (vendors/officernd.md 2, status semantics).
type standing struct {
	active, pending, expired, unapproved int
	oneOff                               bool
}

// standing returns that of a member or company by id.
func (w *view) standing(id string) *standing {
	if w.standings == nil {
		w.standings = map[string]*standing{}
		w.count()
	}
	if s := w.standings[id]; s != nil {
		return s
	}
	return &standing{}
}

func (w *view) count() {
	at := func(id string) *standing {
		s := w.standings[id]
		if s == nil {
			s = &standing{}
			w.standings[id] = s
		}
		return s
	}
	memberships := w.v.cs.byRoute["memberships"]
	for _, id := range w.s.t["memberships"].order {
		it := w.s.t["memberships"].items[id]
		for _, holder := range holders(it.row) {
			switch s := at(holder); w.field(memberships, it, "calculatedStatus") {
			case "active":
				s.active++
			case "not_started":
				s.pending++
			case "not_approved":
				s.unapproved++
			default:
				s.expired++
			}
		}
	}
	for _, it := range w.s.t["passes"].items {
		grants := twin.As[bool](it.row["shouldGrantActiveStatus"])
		for _, holder := range holders(it.row) {
			s := at(holder)
			s.oneOff = true
			if grants && w.field(w.v.cs.byRoute["passes"], it, "status") == "valid" {
				s.active++
			}
		}
	}
}

func holders(r row) []string {
	var out []string
	for _, f := range []string{"member", "company"} {
		if id := text(r, f); id != "" {
			out = append(out, id)
		}
	}
	return out
}

func (s *standing) word(none string) string {
	switch {
	case s.active > 0:
		return "active"
	case s.pending > 0:
		return "pending"
	case s.unapproved > 0 && s.expired == 0:
		return "not_approved"
	case s.expired > 0:
		return "former"
	case s.oneOff:
		return "drop-in"
	}
	return none
}

func (s *standing) company() string { return s.word("inactive") }

// memberStatus is that of a member on Auto: their own memberships, else their company's status.
func (w *view) memberStatus(it *item) string {
	own := w.standing(it.id).word("contact")
	company := w.s.t["companies"].items[text(it.row, "company")]
	if company == nil || own == "active" {
		return own
	}
	inherited := twin.As[string](w.field(w.v.cs.byRoute["companies"], company, "status"))
	if inherited == "inactive" || inherited == "" {
		return own
	}
	return inherited
}
