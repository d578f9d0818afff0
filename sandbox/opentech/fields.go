package opentech

import (
	"errors"
	"fmt"
	"time"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// defaults are the fields of a fresh record that a file need not say.
func defaults(name string, fresh time.Time) row {
	at := twin.Stamp(fresh)
	switch name {
	case "facilities":
		status := row{}
		for _, what := range append(healths(), platforms()...) {
			status[what], status[what+"Message"] = "ok", ""
		}
		return row{"propertyNumber": "", "city": "", "emergency": false, "lockdown": false, "status": status}
	case "timegroups", "accessprofiles":
		return row{"isDefault": false, "pmsIdentifier": nil}
	case "units":
		return row{"status": vacant, "extendedData": row{}}
	case "visitors":
		return row{
			"unitId": nil, "isTenant": false, "isPortalVisitor": false, "isEnabled": true, "isLockedOut": false, "email": nil,
			"mobilePhoneNumber": nil, "timeGroupId": 0.0, "accessProfileId": 0.0, "createdOn": at, "extendedData": row{},
		}
	case "devices":
		return row{"status": "Online"}
	case "smartlocks":
		return row{
			"unitId": nil, "deviceType": "SmartLock", "lockState": "Locked", "overallStatus": "ok", "batteryLevel": 100.0,
			"signalQuality": 200.0, "statusMessages": []any{}, "isDeviceOffline": false, "isDevicePaired": true,
			"isLockProvisioningEnabled": true, "lastUpdateTimestamp": at,
		}
	default:
		return row{
			"unitId": nil, "eventCategory": gateway, "eventType": "", "eventDetails": "", "deviceId": nil, "deviceName": nil,
			"codeEntered": nil, "createdUtc": at,
		}
	}
}

// complete refuses a record of a world that the vendor could not hold.
func complete(name string, r row) error {
	need := map[string][]string{
		"facilities": {"name"}, "timegroups": {"name"}, "accessprofiles": {"name"}, "units": {"unitNumber"},
		"visitors": {"firstName", "lastName"}, "devices": {"name"}, "smartlocks": {"name"}, "events": {"eventTypeEnum"},
	}
	for _, f := range need[name] {
		if r[f] == nil || r[f] == "" {
			return fmt.Errorf("%s is missing", f)
		}
	}
	switch name {
	case "units":
		if s := text(r, "status"); s != vacant && s != rented && s != delinquent {
			return fmt.Errorf("status %q is not %s, %s or %s", s, vacant, rented, delinquent)
		}
	case "visitors":
		hasUnit := idOf(r["unitId"]) != 0
		if code := text(r, "accessCode"); code != "" && !codeForm.MatchString(code) {
			return errors.New("accessCode must be 1 to 10 digits")
		}
		if !hasUnit && !flag(r, "isPortalVisitor") || flag(r, "isTenant") && flag(r, "isPortalVisitor") {
			return errors.New("a tenant or guest has a unit; one without a unit is a portal visitor, and no tenant")
		}
	case "events":
		if c := text(r, "eventCategory"); c != gateway && c != edge {
			return fmt.Errorf("eventCategory %q is not %q or %q", c, gateway, edge)
		}
	default:
	}
	return nil
}
