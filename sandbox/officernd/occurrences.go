package officernd

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// listOccurrences answers GET /bookings/occurrences. Its v2 parameters and answer were not seen by anyone (2); this takes the
// v1 ones under their v2 names and answers each occurrence as its booking with its own start and end.
func (v *Vendor) listOccurrences(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	declared := map[string]takes{"resource": eq, "location": eq, "start": cmp, "end": cmp}
	q := v.parseQuery(values, declared, nil, true)
	from, err := twin.ParseStamp(values.Get("start"))
	if err != nil {
		q.complaints = append(q.complaints, "start must be a valid ISO 8601 date string")
	}
	until, err := twin.ParseStamp(values.Get("end"))
	if err != nil {
		q.complaints = append(q.complaints, "end must be a valid ISO 8601 date string")
	}
	if len(q.complaints) > 0 {
		invalid(w, r, q.complaints...)
		return
	}
	q.tests = slices.DeleteFunc(q.tests, func(t test) bool { return t.field == "start" || t.field == "end" })
	vw, c := v.view(), v.cs.byRoute["bookings"]
	out := []row{}
	for _, it := range v.rows(vw, c, &q, false) {
		for _, o := range v.state.occurrences(it.row, from, until) {
			one := vw.show(c, it, false)
			one["start"], one["end"] = twin.Stamp(o[0]), twin.Stamp(o[1])
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b row) int { return strings.Compare(text(a, "start"), text(b, "start")) })
	p := page{}
	if len(out) > 0 {
		p.start = 1
	}
	v.envelope(w, out, p)
}
