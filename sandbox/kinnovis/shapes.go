package kinnovis

import "github.com/cardea-access/cardea/sandbox/twin"

// collection is one kind of record: its name in a world file and in a list's body, in the path, in scopes and events, and the
// prefix of its ids.
type collection struct {
	key, path, noun, prefix string
	shape                   twin.Shape
	filters                 []string // taken by equality
	hidden                  []string // fields that the API does not show
}

func collections() []*collection {
	f := twin.Fields
	join := func(shapes ...twin.Shape) twin.Shape {
		return twin.Join(append(shapes, f(twin.ID, "id"), f(twin.Instant, "created_at", "updated_at"))...)
	}
	ref := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
	refs := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Refs, To: to}} }
	return []*collection{
		{
			key: "locations", path: "locations", noun: "location", prefix: "loc_",
			shape: join(f(twin.Text, "name", "type", "country", "street", "city", "postal_code", "phone", "email", "timezone",
				"size_format"), f(twin.Texts, "languages"), f(twin.Bool, "auto_lock"),
				f(twin.Int, "to_check_days", "auto_lock_grace_days", "invoice_due_days")),
		},
		{
			key: "unit_types", path: "unit-types", noun: "unit_type", prefix: "utype_", filters: []string{"location_id"},
			shape: join(ref("location_id", "locations"), f(twin.Text, "name", "short_description", "description"),
				f(twin.Number, "size"), f(twin.Bool, "is_archived"), f(twin.Free, "booking_plans")),
		},
		{
			key: "units", path: "units", noun: "unit", prefix: "unit_", filters: []string{"location_id", "unit_type_id", "status", "name"},
			shape: join(ref("location_id", "locations"), ref("unit_type_id", "unit_types"),
				f(twin.Text, "name", "status", "floor", "door_type"), f(twin.Texts, "access_permissions"),
				f(twin.Number, "area", "width", "depth", "volume", "ceiling_height", "door_height", "door_width")),
		},
		{
			key: "customers", path: "customers", noun: "customer", prefix: "cus_", filters: []string{"email"},
			shape: join(f(twin.Text, "name", "email", "phone"), f(twin.Number, "balance")),
		},
		{
			key: "bookings", path: "bookings", noun: "booking", prefix: "book_", filters: []string{"customer_id", "unit_id", "status"},
			shape: join(ref("customer_id", "customers"), refs("unit_ids", "units"), refs("switch_unit_ids", "units"),
				f(twin.Date, "move_in_date", "move_out_date", "switch_date"), f(twin.Instant, "cancelled_at"),
				f(twin.Bool, "has_access"), f(twin.Text, "status", "plan"), f(twin.Free, "shared_accesses")),
			hidden: []string{"cancelled_at", "switch_date", "switch_unit_ids", "unit_ids"},
		},
		{
			key: "invoices", path: "invoices", noun: "invoice", prefix: "inv_", filters: []string{"customer_id", "booking_id"},
			shape: join(ref("customer_id", "customers"), ref("booking_id", "bookings"), f(twin.Text, "number"),
				f(twin.Date, "due_date"), f(twin.Instant, "paid_at"), f(twin.Number, "total"), f(twin.Bool, "void")),
		},
		{
			key: "webhooks", path: "webhooks", noun: "webhook", prefix: "hook_", hidden: []string{"secret"},
			shape: join(f(twin.Text, "url", "secret"), f(twin.Texts, "events"), f(twin.Bool, "enabled")),
		},
	}
}

// required are the fields without which a record makes no sense.
func (c *collection) required() []string {
	switch c.key {
	case "locations", "customers":
		return []string{"name"}
	case "unit_types", "units":
		return []string{"name", "location_id"}
	case "bookings":
		return []string{"customer_id", "unit_ids", "move_in_date"}
	case "invoices":
		return []string{"customer_id", "due_date"}
	}
	return []string{"url"}
}
