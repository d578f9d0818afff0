package nexudus

import "github.com/cardea-access/cardea/sandbox/twin"

// plain are the entities that only tell created, updated and deleted, with the names of their actions; "" = there is none (3.2).
func plain() map[string][3]string {
	return map[string][3]string{
		"coworkers":         {"CoworkerCreate", "CoworkerUpdate", "CoworkerDelete"},
		"coworkercontracts": {"CoworkerContractCreate", "CoworkerContractUpdate", "CoworkerContractDelete"},
		"bookings":          {"BookingCreate", "BookingUpdate", "BookingDelete"},
		"teams":             {"TeamCreated", "TeamUpdated", "TeamDeleted"},
		"visitors":          {"VisitorRegistered", "", "VisitorDeleted"},
		"checkins":          {"CheckinCreated", "CheckinUpdated", "CheckinDeleted"},
		"floorplans":        {"FloorPlanCreate", "FloorPlanUpdate", "FloorPlanDelete"},
		"floorplandesks":    {"FloorPlanDeskCreate", "FloorPlanDeskUpdate", "FloorPlanDeskDelete"},
		"tariffs":           {"TariffCreate", "TariffUpdate", "TariffDelete"},
		"products":          {"ProductCreate", "ProductUpdate", "ProductDelete"},
		"businesses":        {"", "BusinessUpdate", ""},
		"coworkerinvoices":  {"CoworkerInvoiceCreate", "CoworkerInvoiceUpdate", "CoworkerInvoiceDelete"},
	}
}

// report tells a change. There is no action for passes, resources and visitors' changes (3.2).
func (v *Vendor) report(n *news, ch change) {
	shown := ch.new
	which := 1
	switch {
	case ch.new == nil:
		shown, which = ch.old, 2
	case ch.old == nil:
		which = 0
	}
	if action := plain()[ch.e.key][which]; action != "" {
		e, of := ch.e, shown
		if action == "BookingDelete" && v.switches.Is("hook_deleted", "cancelled") {
			e, of = v.cancelledOf(e, of)
		}
		n.tell(action, e, of)
	}
	switch ch.e.key {
	case "coworkers":
		v.reportCoworker(n, ch)
	case "coworkercontracts":
		v.reportContract(n, ch, shown)
	case "coworkertimepasses":
		n.touch(shown["CoworkerId"])
	case "bookings":
		if ch.new == nil {
			n.touch(shown["CoworkerId"])
		}
	case "teams":
		for _, pair := range [][2]row{{ch.old, ch.new}, {ch.new, ch.old}} {
			for _, m := range twin.As[[]any](pair[0]["TeamMembers"]) {
				if !listed(pair[1], "TeamMembers", idOf(m)) {
					n.touch(m)
				}
			}
		}
	case "visitors":
		if flag(ch.new, "Arrived") && !flag(ch.old, "Arrived") {
			n.tell("VisitorCheckedin", ch.e, ch.new)
		}
	case "checkins":
		v.reportCheckin(n, ch)
	case "coworkerinvoices":
		if flag(ch.new, "Paid") && ch.old != nil && !flag(ch.old, "Paid") {
			n.tell("CoworkerInvoicePaid", ch.e, ch.new)
		}
	default:
	}
}

// cancelledOf returns the row that took a booking's place, or the booking where there is none.
func (v *Vendor) cancelledOf(e *entity, booking row) (*entity, row) {
	id := digits(idOf(booking["Id"]))
	v.state.each("cancelledbookings", func(r row) {
		if text(r, "OriginalBookingId") == id {
			e, booking = v.state.cs.by["cancelledbookings"], r
		}
	})
	return e, booking
}

// reportCoworker: created, activated, suspended, access details changed; not deleted (3.4).
func (v *Vendor) reportCoworker(n *news, ch change) {
	if ch.new == nil {
		return
	}
	changed := ch.fields()
	for _, name := range words("Active AccessCardId KeyFobNumber AccessPincode") {
		if ch.old == nil || changed[name] {
			n.touch(ch.new["Id"])
		}
	}
}

func (v *Vendor) reportContract(n *news, ch change, shown row) {
	w := v.view()
	runs := ch.new != nil && w.running(ch.new)
	ran := ch.old != nil && w.running(ch.old)
	if runs && !ran {
		v.tellStart(n, w, ch.new)
	}
	if ch.old != nil && ch.new != nil {
		changed := ch.fields()
		if changed["TariffId"] {
			n.tell("CoworkerContractUpgradeDowngrade", ch.e, ch.new)
		}
		if changed["RenewalDate"] && at(ch.old, "RenewalDate").Before(at(ch.new, "RenewalDate")) {
			n.tell("CoworkerContractRenew", ch.e, ch.new)
		}
		set := changed["CancellationDate"] && text(ch.new, "CancellationDate") != "" && v.switches.Is("contract_cancel", "set")
		if set || ran && !runs && v.switches.Is("contract_cancel", "due") {
			n.tell("CoworkerContractCancel", ch.e, ch.new)
		}
	}
	if ch.new != nil { // deleting is not in the list of 3.4
		n.touch(shown["CoworkerId"])
	}
}

// tellStart tells that a contract runs; a contract to come tells nothing before (2.6).
func (v *Vendor) tellStart(n *news, w *view, contract row) {
	e := v.state.cs.by["coworkercontracts"]
	n.tell("CoworkerContractActivate", e, contract)
	if len(w.by("coworkercontracts", "CoworkerId", idOf(contract["CoworkerId"]))) == 1 {
		n.tell("CoworkerContractActivateFirst", e, contract)
	}
}

func (v *Vendor) reportCheckin(n *news, ch change) {
	who := v.state.get("coworkers", ch.new["CoworkerId"])
	if who == nil {
		return
	}
	coworkers := v.state.cs.by["coworkers"]
	if ch.old == nil {
		n.tell("CoworkerCheckin", coworkers, who)
		n.touch(who["Id"])
	}
	if text(ch.new, "ToTime") != "" && text(ch.old, "ToTime") == "" {
		n.tell("CoworkerCheckout", coworkers, who)
		n.touch(who["Id"])
	}
}
