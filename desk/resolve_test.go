package desk_test

import (
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

func world() (cardea.Directory, []cardea.Group) {
	return cardea.Directory{
			Connection: "rnd",
			Locations:  []cardea.Location{{ID: "l1", Name: "London", Zone: "Europe/London"}, {ID: "l2", Name: "Lisbon", Zone: "Europe/Lisbon"}},
			Floors:     []cardea.Floor{{ID: "f1", Name: "Floor 1", Location: "l1"}, {ID: "f2", Name: "Floor 1", Location: "l2"}},
			Resources:  []cardea.Resource{{ID: "r1", Name: "Elephant", Location: "l1", Bookable: true}},
			Plans:      []cardea.Plan{{ID: "p1", Name: "Hot desk"}},
		}, []cardea.Group{
			{ID: "1", Name: "General access"}, {ID: "2", Name: "First floor"},
			{ID: "3", Name: "Side door", Place: "London"}, {ID: "4", Name: "Side door", Place: "Lisbon"},
		}
}

func mapping(kind cardea.ItemKind, item string, groups ...string) desk.Mapping {
	m := desk.Mapping{Kind: kind, Item: desk.Named{Text: item, Where: "c.yaml:7"}}
	for _, g := range groups {
		m.Groups = append(m.Groups, desk.Named{Text: g, Where: "c.yaml:7"})
	}
	return m
}

func TestNamesResolveByNamePathIDAndWhateverTheCase(t *testing.T) {
	t.Parallel()
	dir, groups := world()
	in := desk.Integration{Name: "london", Mappings: []desk.Mapping{
		mapping(cardea.ItemPlans, "hot DESK", "General access"),
		mapping(cardea.ItemFloors, "London/Floor 1", "First floor"),
		mapping(cardea.ItemFloors, "id:f2", "id:4", "London/Side door"),
	}}
	r, err := desk.Resolve(in, dir, groups, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range r.Settings.Mappings {
		for _, g := range m.Groups {
			got[m.Item] += string(g)
		}
	}
	if got["p1"] != "1" || got["f1"] != "2" || got["f2"] != "34" {
		t.Errorf("got %v", got)
	}
}

func TestRefusesWhatItCannotResolve(t *testing.T) {
	t.Parallel()
	dir, groups := world()
	for _, c := range []struct {
		name string
		in   desk.Integration
		want []string
	}{
		{"unknown item", desk.Integration{Mappings: []desk.Mapping{mapping(cardea.ItemPlans, "Hot dsk", "General access")}},
			[]string{"c.yaml:7", `no plan "Hot dsk"`, `did you mean "Hot desk"`}},
		{"unknown group", desk.Integration{Mappings: []desk.Mapping{mapping(cardea.ItemPlans, "Hot desk", "Genral access")}},
			[]string{`no access group "Genral access"`, `did you mean "General access"`}},
		{"a name that fits two", desk.Integration{Mappings: []desk.Mapping{mapping(cardea.ItemFloors, "Floor 1", "First floor")}},
			[]string{"fits 2", "id:f1 (London/Floor 1)", "id:f2 (Lisbon/Floor 1)"}},
		{"two mappings for one item", desk.Integration{Where: "c.yaml:3", Mappings: []desk.Mapping{
			mapping(cardea.ItemPlans, "Hot desk", "General access"), mapping(cardea.ItemPlans, "id:p1", "First floor"),
		}}, []string{"c.yaml:3", "two mappings of plans mean the same item"}},
		{"outside the prefix", desk.Integration{Prefix: "CARDEA_", Mappings: []desk.Mapping{mapping(cardea.ItemPlans, "Hot desk", "General access")}},
			[]string{`does not start with the prefix "CARDEA_"`}},
		{"unknown location", desk.Integration{Locations: []desk.Named{{Text: "Londn", Where: "c.yaml:9"}}},
			[]string{"c.yaml:9", `did you mean "London"`}},
	} {
		_, err := desk.Resolve(c.in, dir, groups, nil, nil)
		if cardea.ClassOf(err) != cardea.Rejected {
			t.Errorf("%s: should be refused, got %v", c.name, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q lacks %q", c.name, err, w)
			}
		}
	}
}

func TestANameKeepsTheIDItFirstMeant(t *testing.T) {
	t.Parallel()
	dir, groups := world()
	in := desk.Integration{Name: "london", Mappings: []desk.Mapping{
		mapping(cardea.ItemPlans, "Hot desk", "General access"), mapping(cardea.ItemFloors, "London/Floor 1", "First floor"),
	}}
	first, err := desk.Resolve(in, dir, groups, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir.Plans = []cardea.Plan{{ID: "p1", Name: "Flex desk"}, {ID: "p9", Name: "Hot desk"}}
	groups = groups[:1] // First floor is gone
	second, err := desk.Resolve(in, dir, groups, first.Names, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Settings.Mappings) != 1 || second.Settings.Mappings[0].Item != "p1" {
		t.Errorf("the renamed plan stays p1 and the other mapping stops alone, got %+v", second.Settings.Mappings)
	}
	codes := map[string]int{}
	for _, i := range second.Issues {
		codes[i.Code]++
	}
	if codes["renamed"] != 1 || codes["mapping-target-gone"] != 1 {
		t.Errorf("one rename and one target gone are told, got %v", codes)
	}
}

func TestAZoneIsNeededWhereALocationHasNone(t *testing.T) {
	t.Parallel()
	dir, groups := world()
	dir.Locations[0].Zone = ""
	if _, err := desk.Resolve(desk.Integration{Where: "c.yaml:2"}, dir, groups, nil, nil); cardea.ClassOf(err) != cardea.Rejected {
		t.Errorf("should be refused, got %v", err)
	}
	r, err := desk.Resolve(desk.Integration{Zone: "Europe/London"}, dir, groups, nil, nil)
	if err != nil || r.Settings.Zones["Europe/Lisbon"] == nil || r.Settings.Zones["Europe/London"] == nil {
		t.Errorf("every named zone is loaded, got %v %v", r.Settings.Zones, err)
	}
}
