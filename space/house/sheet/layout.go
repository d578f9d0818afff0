package sheet

// layout is one sheet of the workbook.
type layout struct {
	name    string
	need    bool
	says    string
	columns []column
	lenient bool // the form is not ours: columns that are not known are passed over, and told of
}

// The names of columns, where they are asked for.
const (
	colID          = "id"
	colLocation    = "location"
	colName        = "name"
	colZone        = "time zone"
	colNumber      = "unit number"
	colType        = "unit type"
	colFloor       = "floor"
	colSize        = "size"
	colPermissions = "access permissions"
	colProfile     = "access profile"
	colTimeGroup   = "time group"
	colStatus      = "status"
	colCustomer    = "customer"
	colCustomerID  = "customer id"
	colFirst       = "first name"
	colLast        = "last name"
	colCompany     = "company"
	colEmail       = "email"
	colPhone       = "phone"
	colRental      = "rental id"
	colUnit        = "unit"
	colFurther     = "further people"
	colIn          = "move-in"
	colOut         = "move-out"
	colLocked      = "locked"
)

var (
	profileColumn = column{
		name: colProfile, also: []string{"profile"}, example: "24h access",
		says: "Name of the access profile at the door system. Empty: the unit type's, else the connection's default.",
	}
	timeGroupColumn = column{
		name: colTimeGroup, also: []string{"timegroup", "time schedule", "schedule"}, example: "Office hours",
		says: "Name of the time group at the door system. Empty: the unit type's, else the connection's default.",
	}
	permissionsColumn = column{
		name: colPermissions, also: []string{"access permission", "permissions", "access groups", "groups"},
		form: list, example: "Gate; Lift",
		says: "Names of access groups, separated by ; or a comma. Empty: the unit type's, else the unit's own number.",
	}
)

var locationsSheet = layout{
	name: "Locations",
	says: "Optional: add this sheet to say time zones. When it lists locations, the other sheets may name no other.",
	columns: []column{
		{name: colName, also: []string{"location", "location name", "site"}, need: true, example: "London",
			says: "Name of the site. Must be unique."},
		{name: colZone, also: []string{"zone", "tz"}, example: "Europe/London",
			says: "Time zone in which a day begins and ends there. Empty: the integration's."},
	},
}

var typesSheet = layout{
	name: "Unit types",
	need: true,
	says: "What kinds of units there are. They become plans.",
	columns: []column{
		{name: colID, also: []string{"unit type id", "type id"}, example: "small",
			says: "Your own id. Empty: location and name. Keep it the same between imports."},
		{name: colLocation, also: []string{"site", "location name"}, example: "London",
			says: "Where there are such units. Empty: everywhere."},
		{name: colName, also: []string{"unit type", "type", "unit type name"}, need: true, example: "Small", says: "Name of the type."},
		profileColumn, timeGroupColumn, permissionsColumn,
	},
}

var unitsSheet = layout{
	name: "Units",
	need: true,
	says: "Every unit that can be rented, one row each.",
	columns: []column{
		{name: colLocation, also: []string{"site", "location name"}, need: true, example: "London", says: "Where it is."},
		{name: colNumber, also: []string{"unit", "number", "unit no", "unit no.", "unit name"}, need: true, example: "A-012",
			says: "Its number as it is on the door. Unique within its location; capitals and outer spaces do not matter."},
		{name: colType, also: []string{"type"}, example: "Small", says: "Name or id of a unit type."},
		{name: colFloor, also: []string{"level"}, example: "1", says: "Its floor."},
		{name: colSize, also: []string{"area", "sqm", "sq m", "sq ft", "sqft", "m2"}, example: "4.5", says: "May be there; is not kept."},
		permissionsColumn, profileColumn, timeGroupColumn,
		{name: colStatus, also: []string{"state", "availability"}, example: "available",
			says: "available or blocked. Is reported and not kept: what lets people in is a rental."},
	},
}

var customersSheet = layout{
	name: "Customers",
	need: true,
	says: "Everybody who rents a unit or may enter one.",
	columns: []column{
		{name: colCustomerID, also: []string{"id", "customer no", "customer number", "customer"}, need: true, example: "C-1001",
			says: "Your own id. Keep it the same between imports."},
		{name: colFirst, also: []string{"firstname", "given name"}, example: "Ana", says: "First name."},
		{name: colLast, also: []string{"lastname", "surname", "family name"}, example: "Lopez", says: "Last name."},
		{name: colCompany, also: []string{"company name", "organisation", "organization"}, example: "Lopez Ltd",
			says: "For your information. It is the name of a customer without one, and is not kept otherwise: a rental lets in its" +
				" customer and further people, never a company."},
		{name: colEmail, also: []string{"email address", "mail"}, example: "ana@example.com",
			says: "E-mail address. Most door systems need one."},
		{name: colPhone, also: []string{"phone number", "telephone", "mobile", "mobile phone"}, example: "+44 20 7946 0000",
			says: "Telephone number."},
	},
}

var rentalsSheet = layout{
	name: "Rentals",
	need: true,
	says: "Who rents what, and when. One row for one unit.",
	columns: []column{
		{name: colRental, also: []string{"id", "rental", "rental no", "contract", "contract id", "agreement", "agreement id"},
			example: "R-501", says: "Your own id. Empty: unit, customer and move-in. Keep it the same between imports."},
		{name: colUnit, also: []string{"unit number", "unit no", "number"}, need: true, example: "London/A-012",
			says: "Number of the unit; with its location before a slash where two locations have the number."},
		{name: colCustomer, also: []string{"customer id", "tenant", "customer email"}, need: true, example: "C-1001",
			says: "Customer id, or e-mail address, of who rents it."},
		{name: colFurther, also: []string{"further persons", "other people", "shared with", "authorised people", "authorized people",
			"additional people", "guests"},
			form: list, example: "C-1002; jo@example.com",
			says: "Customer ids or e-mail addresses of others who may enter, separated by ; or a comma. They stand in Customers too."},
		{name: colIn, also: []string{"move in date", "start", "start date", "from"}, need: true, form: day, example: "2026-04-03",
			says: "First day. Access begins when it does."},
		{name: colOut, also: []string{"move out date", "end", "end date", "until", "to"}, form: day, example: "2027-04-02",
			says: "Last whole day: access ends at midnight after it. Empty: open."},
		{name: colLocked, also: []string{"lock", "overlocked", "lockout"}, form: yesNo, example: "no",
			says: "yes shuts everybody of this rental out until it says no. Empty: no."},
	},
}

// sheets lists the layouts in the order in which they are read.
var sheets = []layout{locationsSheet, typesSheet, unitsSheet, customersSheet, rentalsSheet}
