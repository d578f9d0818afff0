package nexudus

import (
	"math"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// join adds what the vendor flattens into a record (1.8) and computes (2).
func (w *view) join(e *entity, r, out row) {
	zone := w.s.zone(w.s.businessOf(e, r))
	switch e.key {
	case "coworkers":
		w.joinCoworker(r, out)
	case "teams":
		out["PayingMemberFullName"] = w.called("coworkers", r["PayingMemberId"], "FullName")
	case "coworkercontracts":
		w.joinContract(r, out)
		w.local(out, r, zone, "StartDate", "RenewalDate", "CancellationDate")
	case "floorplandesks":
		w.joinDesk(r, out)
	case "coworkertimepasses":
		w.joinCoworkerOf(r, out)
		out["TimePassName"] = w.called("timepasses", r["TimePassId"], "Name")
	case "resources":
		out["ResourceTypeName"] = w.called("resourcetypes", r["ResourceTypeId"], "Name")
		out["LinkedResourceIds"] = w.idText(twin.As[[]any](r["LinkedResources"]))
	case "bookings", "cancelledbookings":
		w.joinBooking(e, r, out)
		w.local(out, r, zone, "FromTime", "ToTime")
	case "bookingvisitors":
		v := w.s.get("visitors", r["VisitorId"])
		out["VisitorFullName"], out["VisitorEmail"] = orNil(text(v, "FullName")), orNil(text(v, "Email"))
	case "visitors", "coworkerinvoices", "coworkeraccesscontrolaudits":
		w.joinCoworkerOf(r, out)
	case "checkins":
		w.joinCoworkerOf(r, out)
		w.local(out, r, zone, "FromTime", "ToTime")
	default:
	}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// called is one text of the record that a reference names.
func (w *view) called(key string, id any, field string) any {
	return orNil(text(w.s.get(key, id), field))
}

// separator stands between ids and names in the strings that hold several.
func (w *view) separator() string {
	switch {
	case w.v.switches.Is("separator", ","):
		return ","
	case w.v.switches.Is("separator", ";"):
		return ";"
	}
	return ", "
}

func (w *view) idText(ids []any) any {
	var out []string
	for _, id := range ids {
		out = append(out, digits(idOf(id)))
	}
	return orNil(strings.Join(out, w.separator()))
}

func (w *view) joinCoworkerOf(r, out row) {
	c := w.s.get("coworkers", r["CoworkerId"])
	out["CoworkerFullName"], out["CoworkerEmail"] = orNil(text(c, "FullName")), orNil(text(c, "Email"))
	out["CoworkerCoworkerType"] = nil
	if c != nil { // an enum of a joined record comes as its name (1.8)
		out["CoworkerCoworkerType"] = map[int64]string{1: "Individual", 2: "Company"}[max(1, idOf(c["CoworkerType"]))]
	}
}

func (w *view) joinCoworker(r, out row) {
	id := idOf(r["Id"])
	first, last, _ := strings.Cut(text(r, "FullName"), " ")
	out["GuessedFirstName"], out["GuessedLastName"] = orNil(first), orNil(last)
	out["InvoicingBusinessName"] = w.called("businesses", r["InvoicingBusinessId"], "Name")
	if len(twin.As[[]any](r["Businesses"])) == 0 && idOf(r["InvoicingBusinessId"]) != 0 {
		out["Businesses"] = []any{r["InvoicingBusinessId"]}
	}
	var at []string
	for _, b := range twin.As[[]any](out["Businesses"]) {
		at = append(at, text(w.s.get("businesses", b), "Name"))
	}
	out["BusinessNames"] = orNil(strings.Join(at, w.separator()))
	teams, names := []any{}, []string{}
	for _, team := range w.by("teams", "TeamMembers", id) {
		teams, names = append(teams, team["Id"]), append(names, text(team, "Name"))
	}
	out["Teams"], out["TeamNames"] = teams, orNil(strings.Join(names, w.separator()))
	out["TeamId"], out["TeamName"] = nil, nil
	if len(teams) > 0 {
		out["TeamId"], out["TeamName"] = teams[0], names[0]
	}
	for _, name := range words("TariffId TariffName NextTariffId BillingDay RenewalDate StartDate CancellationDate Desks") {
		out[name] = nil
	}
	var contracts []any
	for _, c := range w.by("coworkercontracts", "CoworkerId", id) {
		if !w.running(c) {
			continue
		}
		if contracts = append(contracts, c["Id"]); len(contracts) == 1 { // the plan summary is that of the main contract
			for _, name := range words("TariffId NextTariffId BillingDay RenewalDate StartDate CancellationDate") {
				out[name] = c[name]
			}
			out["TariffName"] = w.called("tariffs", c["TariffId"], "Name")
		}
	}
	out["CoworkerContractIds"] = w.idText(contracts)
}

// running says whether a contract is active now: what its record says, else by its dates.
func (w *view) running(c row) bool {
	if said, ok := c["Active"].(bool); ok {
		return said
	}
	from, until := w.term(c)
	return !w.now.Before(from) && (until.IsZero() || w.now.Before(until))
}

// term is when a contract runs: from local midnight of its start date (2.6) to its cancellation, whose hour is a switch; zero =
// no end.
func (w *view) term(c row) (from, until time.Time) {
	zone := w.s.zone(w.s.businessOf(w.s.cs.by["coworkercontracts"], c))
	from = midnight(at(c, "StartDate"), zone, 0)
	if end := at(c, "CancellationDate"); !end.IsZero() {
		days := 0
		if w.v.switches.Is("cancellation_day", "in") {
			days = 1
		}
		until = midnight(end, zone, days)
	}
	return from, until
}

// midnight begins, in a zone, the date that an instant stands for: that of UTC when it is midnight there, else the zone's.
func midnight(t time.Time, zone *time.Location, days int) time.Time {
	if t.IsZero() {
		return t
	}
	if !t.Truncate(24 * time.Hour).Equal(t) {
		t = t.In(zone)
	}
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, zone)
}

func (w *view) joinContract(r, out row) {
	w.joinCoworkerOf(r, out)
	c := w.s.get("coworkers", r["CoworkerId"])
	out["CoworkerActive"] = active(c)
	out["TariffName"] = w.called("tariffs", r["TariffId"], "Name")
	out["IssuedByName"] = w.called("businesses", r["IssuedById"], "Name")
	out["Active"] = w.running(r)
	if _, said := r["Cancelled"]; !said {
		out["Cancelled"] = text(r, "CancellationDate") != ""
	}
	if _, said := r["MainContract"]; !said {
		for _, other := range w.by("coworkercontracts", "CoworkerId", idOf(r["CoworkerId"])) {
			if w.running(other) {
				out["MainContract"] = idOf(other["Id"]) == idOf(r["Id"])
				break
			}
		}
	}
	desks := twin.As[[]any](r["Desks"])
	var names []string
	for _, d := range desks {
		names = append(names, text(w.s.get("floorplandesks", d), "Name"))
	}
	out["FloorPlanDeskIds"], out["FloorPlanDeskNames"] = w.idText(desks), orNil(strings.Join(names, w.separator()))
	if _, said := r["InPausedPeriod"]; !said {
		from, until := at(r, "InPausedPeriodFrom"), at(r, "InPausedPeriodUntil")
		out["InPausedPeriod"] = !from.IsZero() && !w.now.Before(from) && (until.IsZero() || w.now.Before(until))
	}
}

func (w *view) joinDesk(r, out row) {
	out["FloorPlanName"] = w.called("floorplans", r["FloorPlanId"], "Name")
	out["FloorPlanBusinessId"] = w.s.get("floorplans", r["FloorPlanId"])["BusinessId"]
	var ids []any
	var names, starts []string
	for _, c := range w.by("coworkercontracts", "Desks", idOf(r["Id"])) {
		if _, until := w.term(c); !w.running(c) && !until.IsZero() && !until.After(w.now) {
			continue
		}
		ids = append(ids, c["Id"])
		names = append(names, text(w.s.get("coworkers", c["CoworkerId"]), "FullName"))
		starts = append(starts, text(c, "StartDate"))
		if out["CoworkerId"] == nil {
			out["CoworkerId"] = c["CoworkerId"]
		}
	}
	out["CoworkerContractIds"], out["CoworkerContractFullNames"] = w.idText(ids), orNil(strings.Join(names, w.separator()))
	out["CoworkerContractStartDates"] = orNil(strings.Join(starts, w.separator()))
	if _, said := r["Available"]; !said {
		out["Available"] = len(ids) == 0
	}
}

func (w *view) joinBooking(e *entity, r, out row) {
	w.joinCoworkerOf(r, out)
	res := w.s.get("resources", r["ResourceId"])
	out["ResourceName"], out["ResourceResourceTypeId"] = orNil(text(res, "Name")), res["ResourceTypeId"]
	out["ResourceResourceTypeName"] = w.called("resourcetypes", res["ResourceTypeId"], "Name")
	out["FloorPlanDeskName"] = w.called("floorplandesks", r["FloorPlanDeskId"], "Name")
	var teams []string
	for _, team := range w.by("teams", "TeamMembers", idOf(r["CoworkerId"])) {
		teams = append(teams, text(team, "Name"))
	}
	out["CoworkerTeamNames"] = orNil(strings.Join(teams, w.separator()))
	if e.key != "bookings" {
		return
	}
	out["MinutesToStart"] = math.Round(at(r, "FromTime").Sub(w.now).Minutes())
	out["BookingVisitors"] = []any{}
	for _, v := range w.by("bookingvisitors", "BookingId", idOf(r["Id"])) {
		who := w.s.get("visitors", v["VisitorId"])
		out["BookingVisitors"] = append(twin.As[[]any](out["BookingVisitors"]), row{
			"Id": v["Id"], "VisitorId": v["VisitorId"], "VisitorFullName": who["FullName"], "VisitorEmail": who["Email"],
		})
	}
}
