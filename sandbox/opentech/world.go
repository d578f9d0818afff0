package opentech

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea/sandbox/twin"
)

// World is the `opentech:` part of a world file, or of a patch to it.
type World struct {
	Applications []Application
	Accounts     []Account
	Switches     map[string]string
	Facilities   []Facility
}

// Application is a management software that talks for accounts.
type Application struct{ ID, Secret string }

// Account is one customer. Facilities are ids, words of the world, property numbers or names.
type Account struct {
	ID                int64 // 0 = counted on
	Key, Secret, Name string
	Facilities        []string
}

// Facility is one site, with what lies in it by table.
type Facility struct {
	Record twin.Record
	Parts  map[string][]twin.Record
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
			w.Applications, err = parseApplications(d, e.Value)
		case "accounts":
			w.Accounts, err = parseAccounts(d, e.Value)
		case "switches":
			w.Switches, err = d.Pairs(e.Value)
		case "facilities":
			w.Facilities, err = parseFacilities(d, e.Value)
		default:
			err = d.Errorf(e.Line, "opentech has no %q; it has applications, accounts, switches, facilities", e.Key)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func parseApplications(d *twin.Document, n *yaml.Node) ([]Application, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := []Application{}
	for _, item := range items {
		m, err := d.Pairs(item)
		if err != nil {
			return nil, err
		}
		a := Application{m["id"], m["secret"]}
		if len(m) != 2 || a.ID == "" || a.Secret == "" {
			return nil, d.Errorf(item.Line, "an application has id and secret, and nothing else")
		}
		out = append(out, a)
	}
	return out, nil
}

func parseAccounts(d *twin.Document, n *yaml.Node) ([]Account, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := []Account{}
	for _, item := range items {
		entries, err := d.Entries(item)
		if err != nil {
			return nil, err
		}
		a := Account{}
		for _, e := range entries {
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
			if err != nil {
				return nil, err
			}
		}
		if a.Key == "" || a.Secret == "" || a.ID < 0 {
			return nil, d.Errorf(item.Line, "an account needs key and secret; its id, if given, is a positive number")
		}
		out = append(out, a)
	}
	return out, nil
}

func parseFacilities(d *twin.Document, n *yaml.Node) ([]Facility, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := []Facility{}
	all, shape := shapes(), facilityShape()
	for _, item := range items {
		entries, err := d.Entries(item)
		if err != nil {
			return nil, err
		}
		f := Facility{Parts: map[string][]twin.Record{}}
		own := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: item.Line} // what is of the facility itself
		for _, e := range entries {
			if part, known := all[e.Key]; known {
				if f.Parts[e.Key], err = d.Records(e.Value, part); err != nil {
					return nil, err
				}
				continue
			}
			if _, known := shape[e.Key]; !known && e.Key != "delete" {
				return nil, d.Errorf(e.Line, "a facility has no %q; it has %s, %s", e.Key,
					strings.Join(slices.Sorted(maps.Keys(shape)), ", "), strings.Join(parts(), ", "))
			}
			own.Content = append(own.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: e.Key, Line: e.Line}, e.Value)
		}
		one, err := d.Records(&yaml.Node{Kind: yaml.SequenceNode, Line: item.Line, Content: []*yaml.Node{own}}, shape)
		if err != nil {
			return nil, err
		}
		f.Record = one[0]
		out = append(out, f)
	}
	return out, nil
}
