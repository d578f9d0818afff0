package officernd

import "github.com/cardea-access/cardea/sandbox/twin"

func ref(name, to string) twin.Shape  { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
func refs(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Refs, To: to}} }

// own is in every collection; stamped in those whose sheet lists both times.
func own() twin.Shape     { return twin.Fields(twin.ID, "_id") }
func stamped() twin.Shape { return twin.Fields(twin.Date, "createdAt", "modifiedAt") }

// Field lists: vendors/officernd.md 2.
func shapes() map[string]twin.Shape {
	fields, join := twin.Fields, twin.Join
	return map[string]twin.Shape{
		"locations": join(own(), fields(twin.Text, "name", "timezone", "image", "code"), fields(twin.Bool, "isOpen", "isPublic"),
			fields(twin.Free, "address", "targetRevenuePerPeriod", "properties")),
		"floors": join(own(), stamped(), ref("location", "locations"), fields(twin.Text, "floor", "name"),
			fields(twin.Number, "area"), fields(twin.Bool, "isOpen")),
		"resource_types": join(own(), fields(twin.Text, "title", "type", "bookingMode", "checkinMode", "icon"),
			fields(twin.Bool, "canBook", "canAssign", "isPrimary", "isHierarchical")),
		"resources": join(own(), stamped(), ref("location", "locations"), ref("floor", "floors"), refs("parents", "resources"),
			ref("targetPlan", "plans"), fields(twin.Text, "name", "description", "type", "rate", "privacy", "createdBy", "modifiedBy"),
			fields(twin.Number, "price", "deposit", "size", "area", "childrenCount", "desksCount"),
			fields(twin.Free, "images", "amenities", "limitedTo", "properties"),
			twin.Shape{"availability": {Kind: twin.Nested, Fields: fields(twin.Date, "startDate", "endDate")}}),
		"plans": join(own(), refs("locations", "locations"),
			fields(twin.Text, "name", "description", "code", "type", "intervalLength", "revenueAccount"),
			fields(twin.Number, "price", "deposit", "depositPercent", "intervalCount", "markupPercent"),
			fields(twin.Bool, "useDepositPercent", "shouldProrate", "useCoins", "requiresApproval", "allowsCancellation", "forMembers",
				"forTeamMembers", "forNonMembers", "shouldPassesGrantActiveStatus"),
			fields(twin.Free, "setupFees", "discounts", "legalDocuments", "credits", "passesForLocations", "extras", "amenities",
				"properties")),
		"companies": join(own(), stamped(), ref("location", "locations"),
			fields(twin.Text, "name", "email", "description", "url", "image", "status", "createdBy", "modifiedBy"),
			fields(twin.Date, "startDate"), fields(twin.Bool, "hasActiveMembersAllowance"),
			fields(twin.Number, "activeMembersAllowanceLimit"),
			fields(twin.Free, "address", "billingDetails", "portalPrivacy", "tags", "properties")),
		"members": join(own(), stamped(), ref("location", "locations"), ref("company", "companies"),
			fields(twin.Text, "name", "email", "phone", "image", "description", "status"), fields(twin.Date, "startDate"),
			fields(twin.Bool, "isBillingPerson", "isContactPerson"),
			fields(twin.Free, "address", "billingDetails", "portalPrivacy", "socialProfiles", "tags", "properties")),
		"memberships": join(own(), stamped(), ref("location", "locations"), ref("plan", "plans"), ref("company", "companies"),
			ref("member", "members"),
			fields(twin.Text, "name", "status", "calculatedStatus", "type", "intervalLength", "contract", "source", "createdBy",
				"modifiedBy"),
			fields(twin.Date, "startDate", "endDate"), fields(twin.Bool, "isPersonal", "isLocked"),
			fields(twin.Number, "intervalCount", "price", "deposit", "discountAmount", "calculatedDiscountAmount", "discountedPrice"),
			fields(twin.Free, "discount", "properties")),
		"assignments": join(own(), ref("resource", "resources"), ref("membership", "memberships"),
			fields(twin.Date, "startDate", "endDate")),
		"bookings": join(own(), stamped(), ref("location", "locations"), ref("company", "companies"), ref("member", "members"),
			ref("resource", "resources"), refs("visitors", "visitors"), refs("members", "members"),
			fields(twin.Text, "timezone", "reference", "title", "rate", "description", "source", "createdBy", "modifiedBy"),
			fields(twin.Instant, "start", "end", "seriesStart", "seriesEnd"), fields(twin.Number, "customPrice"),
			fields(twin.Bool, "isCancelled", "isTentative", "isFree", "isAccounted"),
			fields(twin.Free, "fees", "extras", "serviceSlots", "properties"),
			twin.Shape{"recurrence": {Kind: twin.Nested, Fields: join(fields(twin.Rule, "rrule"), fields(twin.Instants, "exdates"))}}),
		"visitors": join(own(), ref("member", "members"), ref("company", "companies"),
			fields(twin.Text, "name", "email", "phone", "description", "type")),
		"passes": join(own(), stamped(), ref("company", "companies"), ref("member", "members"), ref("membership", "memberships"),
			fields(twin.Text, "intervalLength", "fee", "resourceType", "status", "createdBy", "modifiedBy"),
			fields(twin.Number, "count", "usedCount"), fields(twin.Bool, "isPersonal", "shouldGrantActiveStatus"),
			fields(twin.Date, "startDate", "endDate", "renewDate", "validFrom", "validTo")),
		"checkins": join(own(), ref("location", "locations"), ref("company", "companies"), ref("member", "members"),
			ref("booking", "bookings"), ref("pass", "passes"), ref("visitor", "visitors"), fields(twin.Text, "resourceType", "source"),
			fields(twin.Instant, "start", "end")),
		"webhooks": join(own(), fields(twin.Text, "url", "description", "secret"), fields(twin.Texts, "eventTypes"),
			fields(twin.Bool, "isEnabled")),
	}
}
