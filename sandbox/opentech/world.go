package opentech

import (
	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `opentech:` part of a world file, or of a patch to it.
type World struct {
	Applications []Application
	Accounts     []Account
	Switches     map[string]string
	Facilities   []twin.Place
}

// Application is a management software that talks for accounts.
type Application struct{ ID, Secret string }

// Account is one customer. Facilities are ids, words of the world, property numbers or names.
type Account struct {
	ID                int64 // 0 = counted on
	Key, Secret, Name string
	Facilities        []string
}

// parts lists the tables inside a facility, those that others refer to first.
func parts() []string {
	return []string{"timegroups", "accessprofiles", "units", "visitors", "devices", "smartlocks", "events"}
}

// healths are what statuslist tells of, each with a message (2.6).
func healths() []string {
	return []string{
		"gatewayStatus", "deviceStatus", "alarmStatus", "pmsInterfaceStatus", "edgeRouterStatus", "edgeRouterPlatformDeviceStatus",
	}
}

// platforms are what a facility's own status tells of, each with a message (2.6).
func platforms() []string {
	return []string{"gatewayControllerPlatformOverallStatus", "edgeRouterPlatformOverallStatus"}
}

func facilityShape() twin.Shape {
	status := []string{}
	for _, name := range append(healths(), platforms()...) {
		status = append(status, name, name+"Message")
	}
	return twin.Join(twin.Fields(twin.ID, "id"), twin.Fields(twin.Text, "name", "propertyNumber", "city"),
		twin.Fields(twin.Bool, "emergency", "lockdown"),
		twin.Shape{"status": {Kind: twin.Nested, Fields: twin.Fields(twin.Text, status...)}})
}

// shapes: field names of vendors/opentech-kinnovis.md 2.6 and 2.7. A unit is named by unitId (its id) or unitNumber; a code is
// accessCode, as in writes.
func shapes() map[string]twin.Shape {
	fields, join := twin.Fields, twin.Join
	own := fields(twin.ID, "id")
	ref := func(name, to string) twin.Shape { return twin.Shape{name: {Kind: twin.Ref, To: to}} }
	onUnit := join(ref("unitId", "units"), fields(twin.Text, "unitNumber"))
	return map[string]twin.Shape{
		"timegroups":     join(own, fields(twin.Text, "name", "pmsIdentifier"), fields(twin.Bool, "isDefault")),
		"accessprofiles": join(own, fields(twin.Text, "name", "pmsIdentifier"), fields(twin.Bool, "isDefault")),
		"units":          join(own, fields(twin.Text, "unitNumber", "status"), fields(twin.Free, "extendedData")),
		"visitors": join(own, onUnit, ref("timeGroupId", "timegroups"), ref("accessProfileId", "accessprofiles"),
			fields(twin.Bool, "isTenant", "isPortalVisitor", "isEnabled", "isLockedOut"),
			fields(twin.Text, "firstName", "lastName", "email", "mobilePhoneNumber", "accessCode"),
			fields(twin.Free, "extendedData"), fields(twin.Instant, "createdOn")),
		"devices": join(own, fields(twin.Text, "name", "status")),
		"smartlocks": join(own, onUnit, fields(twin.Text, "name", "deviceType", "lockState", "overallStatus"),
			fields(twin.Int, "batteryLevel", "signalQuality"), fields(twin.Texts, "statusMessages"),
			fields(twin.Bool, "isDeviceOffline", "isDevicePaired", "isLockProvisioningEnabled"),
			fields(twin.Instant, "lastUpdateTimestamp")),
		"events": join(own, onUnit, fields(twin.Text, "eventCategory", "eventType", "eventDetails", "deviceName", "codeEntered"),
			fields(twin.Int, "eventTypeEnum", "deviceId"), fields(twin.Instant, "createdUtc")),
	}
}

// ParseWorld reads the part.
func ParseWorld(d *twin.Document, n *yaml.Node) (*World, error) {
	w := &World{}
	entries, err := d.Entries(n)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		switch e.Key {
		case "applications":
			w.Applications = []Application{}
			err = d.Rows(e.Value, "an application has id and secret, and nothing else", []string{"id", "secret"},
				func(m map[string]string) { w.Applications = append(w.Applications, Application{m["id"], m["secret"]}) })
		case "accounts":
			w.Accounts, err = parseAccounts(d, e.Value)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		case "facilities":
			w.Facilities, err = d.Places(e.Value, "a facility", facilityShape(), parts(), shapes())
		default:
			err = d.Errorf(e.Line, "opentech has no %q; it has applications, accounts, switches, facilities", e.Key)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func parseAccounts(d *twin.Document, n *yaml.Node) ([]Account, error) {
	return twin.List(d, n, func(a *Account, e twin.Entry) (err error) {
		switch e.Key {
		case "id":
			a.ID, err = d.Int(e.Value)
		case "key":
			a.Key, err = d.String(e.Value)
		case "secret":
			a.Secret, err = d.String(e.Value)
		case "name":
			a.Name, err = d.String(e.Value)
		case "facilities":
			a.Facilities, err = d.Strings(e.Value)
		default:
			err = d.Errorf(e.Line, "an account has no %q; it has id, key, secret, name, facilities", e.Key)
		}
		return err
	}, func(a Account) bool { return a.Key != "" && a.Secret != "" && a.ID >= 0 },
		"an account needs key and secret; its id, if given, is a positive number")
}
