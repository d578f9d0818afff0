package sheet

import "github.com/cardea-access/cardea"

// csvLayout is one kind of CSV file.
type csvLayout struct {
	kind    cardea.Kind
	name    string
	files   []string // other names of the file, without .csv
	columns []column
	take    func(*lister, *row)
}

// Columns of CSV files that the workbook does not have.
const (
	colTeam       = "team"
	colHost       = "host"
	colPerson     = "person"
	colPlan       = "plan"
	colStart      = "start"
	colEnd        = "end"
	colResources  = "resources"
	colResource   = "resource"
	colApproved   = "approved"
	colParents    = "inside"
	colKind       = "type"
	colAssignable = "assignable"
	colBookable   = "bookable"
	colByDate     = "by date"
	colIsUnit     = "rented unit"
	colTitle      = "title"
	colMembers    = "invited people"
	colVisitors   = "visitors"
	colRule       = "rrule"
	colExcept     = "except"
	colCancelled  = "cancelled"
	colTentative  = "tentative"
	colPersonal   = "personal"
	colAgreement  = "agreement"
	colCount      = "count"
	colUsed       = "used"
	colFrom       = "from"
	colUntil      = "until"
	colUsedOn     = "used on"
)

// Columns that several files have.
var (
	idColumn    = column{name: colID}
	nameColumn  = column{name: colName, also: []string{"full name"}}
	firstColumn = column{name: colFirst, also: []string{"first", "given name"}}
	lastColumn  = column{name: colLast, also: []string{"last", "surname", "family name"}}
	emailColumn = column{name: colEmail, also: []string{"email address", "mail"}}
	phoneColumn = column{name: colPhone, also: []string{"phone number", "telephone", "mobile"}}
	placeColumn = column{name: colLocation, also: []string{"site"}}
	teamColumn  = column{name: colTeam, also: []string{"company"}}
	zoneColumn  = column{name: colZone, also: []string{"zone", "tz"}}
	whoColumn   = column{name: colPerson, also: []string{"member", "holder", "customer"}}
)

// required returns a column that must be there.
func required(c column) column {
	c.need = true
	return c
}

var lists = []csvLayout{
	{cardea.KindLocation, "locations.csv", []string{"sites"}, []column{
		idColumn, required(nameColumn), zoneColumn,
	}, (*lister).location},
	{cardea.KindFloor, "floors.csv", []string{"levels"}, []column{
		idColumn, required(placeColumn), required(nameColumn),
	}, (*lister).floor},
	{cardea.KindResource, "resources.csv", []string{"rooms", "desks", "units"}, []column{
		idColumn, placeColumn, required(nameColumn), {name: colFloor}, {name: colParents, also: []string{"parents", "parent"}},
		{name: colKind}, {name: colAssignable}, {name: colBookable}, {name: colByDate, also: []string{"booked by date"}},
		{name: colIsUnit, also: []string{"unit", "is unit"}}, permissionsColumn, profileColumn, timeGroupColumn,
	}, (*lister).resource},
	{cardea.KindPlan, "plans.csv", []string{"tariffs"}, []column{idColumn, required(nameColumn)}, (*lister).plan},
	{cardea.KindTeam, "teams.csv", []string{"companies"}, []column{
		idColumn, required(nameColumn), placeColumn, {name: colStatus},
	}, (*lister).team},
	{cardea.KindPerson, "people.csv", []string{"persons", "members", "customers"}, []column{
		{name: colID, also: []string{"customer id", "member id"}}, nameColumn, firstColumn, lastColumn, emailColumn, phoneColumn,
		teamColumn, placeColumn, {name: colStatus},
	}, (*lister).member},
	{cardea.KindVisitor, "visitors.csv", []string{"guests"}, []column{
		idColumn, nameColumn, firstColumn, lastColumn, emailColumn, phoneColumn, {name: colHost},
	}, (*lister).visitor},
	{cardea.KindAgreement, "agreements.csv", []string{"memberships", "contracts", "rentals"}, []column{
		idColumn, nameColumn, whoColumn, teamColumn, {name: colPlan, also: []string{"tariff"}}, placeColumn,
		{name: colStart, also: []string{"start date", "from", "move-in"}, need: true},
		{name: colEnd, also: []string{"end date", "until", "move-out"}},
		{name: colResources, also: []string{"resource", "desk", "office", "unit", "units"}},
		{name: colFurther, also: []string{"guests"}}, {name: colLocked}, {name: colApproved},
	}, (*lister).agreement},
	{cardea.KindBooking, "bookings.csv", []string{"reservations"}, []column{
		idColumn, {name: colTitle, also: []string{"name", "subject"}}, {name: colResource, also: []string{"room", "desk"}, need: true},
		placeColumn, {name: colHost, also: []string{"person", "member", "organiser", "organizer"}}, teamColumn,
		{name: colMembers, also: []string{"invited", "members", "attendees"}}, {name: colVisitors, also: []string{"guests"}},
		{name: colStart, also: []string{"from", "start time"}, need: true}, {name: colEnd, also: []string{"until", "to", "end time"}, need: true},
		zoneColumn, {name: colRule, also: []string{"recurrence", "repeats", "recurrence rule"}},
		{name: colExcept, also: []string{"exceptions", "exdates", "but not on"}}, {name: colCancelled, also: []string{"canceled"}},
		{name: colTentative},
	}, (*lister).booking},
	{cardea.KindPass, "passes.csv", []string{"day passes"}, []column{
		idColumn, nameColumn, whoColumn, teamColumn, {name: colPersonal}, {name: colKind, also: []string{"pass type"}}, placeColumn,
		{name: colAgreement, also: []string{"membership"}}, {name: colCount, also: []string{"passes"}, need: true}, {name: colUsed},
		{name: colFrom, also: []string{"valid from", "start"}}, {name: colUntil, also: []string{"valid until", "valid to", "end"}},
		{name: colUsedOn, also: []string{"last used", "last used on"}},
	}, (*lister).pass},
}
