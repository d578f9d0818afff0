package nexudus

import (
	"strings"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// entity is one kind of record: its name in paths and in world files, its class name in filters and roles, and its fields.
type entity struct {
	module, key, name string
	shape             twin.Shape
	home              string   // the field that leads to its business; "" = BusinessId
	ops               string   // of c(reate), u(pdate), d(elete); all can be listed and read
	required          []string // on create (2)
	readOnly          []string // never taken from a write
	thin              []string // scalars that list rows may lack (0.3)
}

// path is where the entity lives below /api.
func (e *entity) path() string { return e.module + "/" + e.key }

// business is the field that leads to the entity's business.
func (e *entity) business() string {
	if e.home == "" {
		return "BusinessId"
	}
	return e.home
}

// catalogue is every entity; by is by key.
type catalogue struct {
	all []*entity
	by  map[string]*entity
}

func (c catalogue) at(path string) *entity {
	for _, e := range c.all {
		if e.path() == path {
			return e
		}
	}
	return nil
}

func words(s string) []string { return strings.Fields(s) }

func texts(names string) twin.Shape    { return twin.Fields(twin.Text, words(names)...) }
func ints(names string) twin.Shape     { return twin.Fields(twin.Int, words(names)...) }
func numbers(names string) twin.Shape  { return twin.Fields(twin.Number, words(names)...) }
func flags(names string) twin.Shape    { return twin.Fields(twin.Bool, words(names)...) }
func instants(names string) twin.Shape { return twin.Fields(twin.Instant, words(names)...) }
func ref(name, to string) twin.Shape   { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
func refs(name, to string) twin.Shape  { return twin.Shape{name: {Kind: twin.Refs, To: to}} }

// common is in every record (1.8).
func common() twin.Shape {
	return twin.Join(twin.Fields(twin.ID, "Id"), texts("UniqueId UpdatedBy SystemId"), instants("CreatedOn UpdatedOn"),
		twin.Fields(twin.Free, "CustomFields", "LocalizationDetails"))
}

// entities: paths of 2.1, fields of 2.2 to 2.14.
func entities() catalogue {
	c := catalogue{by: map[string]*entity{}}
	add := func(e entity, shapes ...twin.Shape) {
		e.shape = twin.Join(append([]twin.Shape{common()}, shapes...)...)
		c.all = append(c.all, &e)
		c.by[e.key] = &e
	}
	in := ref("BusinessId", "businesses")
	addPlaces(add, in)
	addPeople(add, in)
	addPasses(add, in)
	addBookings(add, in)
	return c
}

type adder func(e entity, shapes ...twin.Shape)

func addPlaces(add adder, in twin.Shape) {
	add(entity{module: "sys", key: "businesses", name: "Business", home: "Id", ops: "u"},
		texts("Name WebAddress Address TownCity State PostalCode CurrencyCode"), flags("Suspended"),
		ints("CountryId CurrencyId SimpleTimeZoneId"), ref("RootLocationId", "businesses"))
	add(entity{module: "sys", key: "businesssettings", name: "BusinessSetting", ops: "cud", required: words("BusinessId Name")}, in,
		texts("Name Value"))
	add(entity{module: "sys", key: "floorplans", name: "FloorPlan", ops: "cud", required: words("BusinessId Name")}, in,
		texts("Name"), numbers("FloorLevel Scale Capacity"))
	add(entity{module: "spaces", key: "resourcetypes", name: "ResourceType", ops: "cud", required: words("BusinessId Name")}, in,
		texts("Name"))
	add(entity{
		module: "spaces", key: "resources", name: "Resource", ops: "cud", required: words("BusinessId Name"),
		thin: words("LinkedResourceIds"),
	}, in, texts("Name Description Shifts KisiGroupId AccessControlGroupId"), ref("ResourceTypeId", "resourcetypes"),
		ints("SystemResourceType Allocation BookInAdvanceLimit LateBookingLimit LateCancellationLimit IntervalLimit MinBookingLength "+
			"MaxBookingLength"),
		flags("Visible Archived RequiresConfirmation AllowMultipleBookings OnlyForMembers OnlyForContacts HideInCalendar"),
		refs("LinkedResources", "resources"), refs("Tariffs", "tariffs"), refs("Teams", "teams"))
	add(entity{
		module: "spaces", key: "resourceaccessrules", name: "ResourceAccessRule", ops: "cud", required: words("BusinessId"),
	}, in, texts("RejectWithMessage"), flags("Active StopEvaluationIfRuleIsMet"), ints("EvaluationOrder"),
		instants("ApplyRuleFrom ApplyRuleTo"), refs("Resources", "resources"), refs("Tariffs", "tariffs"), refs("Teams", "teams"),
		refs("AllowedTariffs", "tariffs"), refs("AllowedTeams", "teams"), refs("Members", "coworkers"))
	add(entity{
		module: "sys", key: "floorplandesks", name: "FloorPlanDesk", home: "FloorPlanId", ops: "cud",
		required: words("FloorPlanId Name ItemType"),
		thin:     words("CoworkerContractIds CoworkerContractFullNames CoworkerContractStartDates"),
	}, texts("Name AccessControlGroupId TunnelPrivateGroupId SensorId"), ints("ItemType"), ref("FloorPlanId", "floorplans"),
		ref("ResourceId", "resources"), ref("CoworkerId", "coworkers"), flags("Available IsSensorOccupied"),
		instants("AvailableFromTime AvailableToTime"), numbers("Size Capacity Price"))
	add(entity{
		module: "sys", key: "webhooks", name: "WebHook", ops: "cud", required: words("BusinessId Name URL Action"),
		readOnly: words("LastTrigger LastError ErrorCount"),
	}, in, texts("Name URL Description LastError"), ints("Action ErrorCount"), flags("Active"), instants("LastTrigger"))
}

// attendance is what a coworker's record wants for each weekday on create (2.3).
const attendance = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"

func customs() twin.Shape {
	out := twin.Shape{}
	for i := range 30 {
		out["Custom"+digits(int64(i+1))] = twin.Field{Kind: twin.Text}
	}
	return out
}

func addPeople(add adder, in twin.Shape) {
	add(entity{
		module: "spaces", key: "coworkers", name: "Coworker", home: "InvoicingBusinessId", ops: "cu",
		required: words("CoworkerType FullName Gender Email CountryId SimpleTimeZoneId TaxRateType " + attendance),
		readOnly: words("UserActive RegistrationDate HasDueInvoices BrivoUserId DoordeckUserGuid"),
		thin:     words("TeamId TeamName TeamNames BusinessNames CoworkerContractIds"),
	}, ints("CoworkerType Gender CountryId SimpleTimeZoneId TaxRateType UserId BrivoUserId "+attendance),
		texts("FullName Salutation Email MobilePhone LandLine CompanyName ReferenceNumber Tag AccessCardId KeyFobNumber AccessPincode "+
			"DoordeckUserGuid DoordeckPublicKey DoordeckPrivateKey SaltoV2AccessToken AccessControlDebounceTime"), customs(),
		flags("Active Archived UserActive GeneralTermsAccepted HasDueInvoices AllowNetworkCheckin AccessControlErrorNotificationSent "+
			"IsDefaultProfile"),
		instants("RegistrationDate"), ref("InvoicingBusinessId", "businesses"), refs("Businesses", "businesses"),
		refs("Teams", "teams"))
	add(entity{module: "spaces", key: "teams", name: "Team", ops: "cud", required: words("BusinessId Name")}, in,
		texts("Name Description TunnelPrivateGroupId"), ref("PayingMemberId", "coworkers"), refs("TeamMembers", "coworkers"),
		refs("TeamAdministrators", "coworkers"), ref("DefaultMemberTariffId", "tariffs"), ints("MaxTeamMemberCount"),
		flags("CreateSingleInvoiceForTeam ShareTimePasses ShareExtraServices ShareBookingCredit TransferCreditsToPayingMember"))
	add(entity{module: "billing", key: "tariffs", name: "Tariff", ops: "cud", required: words("BusinessId Name")}, in, texts("Name"),
		ints("SystemTariffType InvoiceEvery InvoiceEveryWeeks CheckinMonthLimit CheckinWeekLimit HoursMonthLimit HoursWeekLimit "+
			"VisitorMonthLimit VisitorWeekLimit VisitorDayLimit CancelMemeberAccountAfter"),
		numbers("Price CheckinPricePlanLimit HoursPricePlanLimit"), flags("Visible Archived UseTimePasses KeepNewAccountsOnHold "+
			"WaitForIdentityChecksToActivate IsVirtualOffice CanBePaused"))
	add(entity{
		module: "billing", key: "coworkercontracts", name: "CoworkerContract", home: "IssuedById", ops: "cud",
		required: words("IssuedById CoworkerId TariffId BillingDay Quantity"), readOnly: words("Active Cancelled MainContract"),
		thin: words("FloorPlanDeskIds FloorPlanDeskNames"),
	}, ref("IssuedById", "businesses"), ref("CoworkerId", "coworkers"), ref("TariffId", "tariffs"), ref("NextTariffId", "tariffs"),
		instants("StartDate RenewalDate InvoicedPeriod ContractTerm CancellationDate InPausedPeriodFrom InPausedPeriodUntil "+
			"IdentityChecksDueOn"),
		ints("BillingDay Quantity CancellationLimitDays CancellationReason"), numbers("Price"),
		flags("Active Cancelled MainContract CancelTeamContracts InPausedPeriod"), refs("Desks", "floorplandesks"),
		texts("FloorPlanDeskVariantIds CourseMemberUniqueId ProposalUniqueId"))
	add(entity{module: "billing", key: "coworkerinvoices", name: "CoworkerInvoice", ops: "u"}, in, ref("CoworkerId", "coworkers"),
		texts("InvoiceNumber"), flags("Paid"), numbers("TotalAmount"), instants("DueDate"))
	add(entity{
		module: "sys", key: "coworkeraccesscontrolaudits", name: "CoworkerAccessControlAudit", home: "CoworkerId", ops: "cud",
		required: words("CoworkerId Description"),
	}, ref("CoworkerId", "coworkers"), texts("Description"), flags("IsProblem"))
}

func addPasses(add adder, in twin.Shape) {
	add(entity{
		module: "billing", key: "timepasses", name: "TimePass", ops: "cud", required: words("BusinessId Name"),
		thin: words("AccessControlGroupIds"),
	}, in, refs("Businesses", "businesses"), refs("Tariffs", "tariffs"), ints("CurrencyId MinutesIncluded UsePriority"),
		texts("Name KisiGroupId DoorGuardGroupId AccessControlGroupId AccessControlGroupIds"), numbers("Price"),
		flags("CountsTowardsPlanLimits UseAsPayAsYouGoForMembers UseAsPayAsYouGoForContacts OnlyForMembers OnlyForContacts "+
			"AllowNetworkCheckIn Archived"))
	add(entity{
		module: "billing", key: "timepasstimeslots", name: "TimePassTimeSlot", home: "TimePassId", ops: "cud",
		required: words("TimePassId DayOfWeek FromTime ToTime"),
	}, ref("TimePassId", "timepasses"), ints("DayOfWeek"), texts("FromTime ToTime"))
	add(entity{
		module: "billing", key: "tarifftimepasses", name: "TariffTimePass", home: "TariffId", ops: "cud",
		required: words("TariffId TimePassId PassesIncluded PassRenewalTime"),
	}, ref("TariffId", "tariffs"), ref("TimePassId", "timepasses"), ints("PassesIncluded PassRenewalTime"))
	add(entity{module: "billing", key: "products", name: "Product", ops: "cud", required: words("BusinessId Name")}, in,
		texts("Name Description Sku"), numbers("Price CurrentStock"), ints("SystemProductType"), refs("Tariffs", "tariffs"),
		flags("Visible OnlyForMembers OnlyForContacts Archived Starred TrackStock InvoiceCoworker"))
	add(entity{
		module: "billing", key: "producttimepasses", name: "ProductTimePass", home: "ProductId", ops: "cud",
		required: words("ProductId TimePassId PassesIncluded"),
	}, ref("ProductId", "products"), ref("TimePassId", "timepasses"), ints("PassesIncluded"))
	add(entity{
		module: "billing", key: "coworkertimepasses", name: "CoworkerTimePass", ops: "cud",
		required: words("CoworkerId BusinessId TimePassId CreateMultiple"),
	}, in, ref("CoworkerId", "coworkers"), ref("TimePassId", "timepasses"), ints("RemainingUses TotalUses CreateMultiple"),
		numbers("Price"), flags("Used CheckedIn Free Invoiced IsFromTariff IsPayAsYouGo"), instants("UsedDate ExpireDate InvoiceDate"),
		texts("TariffTimePassUniqueId CoworkerProductUniqueId CoworkerContractUniqueId"))
	add(entity{
		module: "spaces", key: "checkins", name: "Checkin", ops: "cud", required: words("BusinessId FromTime"),
		readOnly: words("Source AutoCheckout LastActivity CoworkerTimePassGuid"),
	}, in, ref("CoworkerId", "coworkers"), instants("FromTime ToTime LastActivity"), ints("Source"),
		flags("CountsTowardsPlanLimits AutoCheckout"),
		texts("CoworkerTimePassGuid MacAddresses TariffAtTheTimeOfCheckin TeamsAtTheTimeOfCheckin"))
}

func addBookings(add adder, in twin.Shape) {
	booked := twin.Join(ref("ResourceId", "resources"), ref("CoworkerId", "coworkers"), ref("FloorPlanDeskId", "floorplandesks"),
		instants("FromTime ToTime CheckedInAt RepeatUntil"), flags("Tentative Online Invoiced CoworkerInvoicePaid CancelIfNotPaid "+
			"CancelIfNotCheckedIn Billed IsEvent IsTour RepeatBooking RepeatOnMondays RepeatOnTuesdays RepeatOnWednesdays "+
			"RepeatOnThursdays RepeatOnFridays RepeatOnSaturdays RepeatOnSundays"),
		ints("CoworkerInvoiceId BookingNumber Repeats RepeatEvery WhichBookingsToUpdate"), numbers("Price"),
		texts("CoworkerInvoiceNumber RepeatSeriesUniqueId KisiKeyId StartScheduledJobId EndScheduledJobId Notes"),
		twin.Fields(twin.Free, "BookingProducts"))
	add(entity{
		module: "spaces", key: "bookings", name: "Booking", home: "ResourceId", ops: "cud",
		required: words("ResourceId FromTime ToTime Repeats WhichBookingsToUpdate"),
		readOnly: words("Online CheckedInAt KisiKeyId StartScheduledJobId EndScheduledJobId"),
	}, booked)
	add(entity{module: "spaces", key: "cancelledbookings", name: "CancelledBooking", home: "ResourceId"}, booked,
		ints("CancellationReason"), instants("CancelledOn"), texts("CancelledBy CancellationReasonDetails OriginalBookingId"))
	add(entity{
		module: "spaces", key: "visitors", name: "Visitor", ops: "cud", required: words("BusinessId FullName Email"),
		readOnly: words("VisitorCode AccessControlScheduledJobId"),
	}, in, texts("FullName Email PhoneNumber CompanyName VisitorCode CheckedInAt AccessControlScheduledJobId"),
		ref("CoworkerId", "coworkers"), ints("VisitorSource HostApprovalStatus"), instants("ExpectedArrival ArrivalDate DepartureDate"),
		flags("Arrived IsTour TourConfirmed HasAgreedTerms Notified Internal CheckInNow"))
	add(entity{
		module: "spaces", key: "bookingvisitors", name: "BookingVisitor", home: "BookingId", ops: "cud",
		required: words("BookingId VisitorId"),
	}, ref("BookingId", "bookings"), ref("VisitorId", "visitors"))
	add(entity{
		module: "spaces", key: "bookingnotes", name: "BookingNote", home: "BookingId", ops: "cud", required: words("BookingId Notes"),
	}, ref("BookingId", "bookings"), texts("Notes"))
}
