package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-access/cardea/sandbox"
)

// Whatever a client does, a unit has one of three states, nobody passes a locked unit, no two active visitors share a code, and
// a unit is rented by at most one tenant.
func TestOpenTechHoldsItsInvariants(t *testing.T) {
	t.Parallel()
	w, err := sandbox.Parse("storage.yaml", []byte(storage))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := &otRig{rig: rigUp(t, w, map[string]string{
			"opentech.code": "shown", "opentech.move": rapid.SampledFrom([]string{"unchanged", "follow"}).Draw(rt, "move"),
			"opentech.vacated_visitors": rapid.SampledFrom([]string{"listed", "gone"}).Draw(rt, "vacated"),
		})}
		r.token = into[map[string]any](t, r.ask(otForm()))["access_token"].(string)
		r.north = fmt.Sprintf("/facilities/%.0f", into[[]map[string]any](t, r.get("/facilities"))[0]["id"])
		unit, code := rapid.SampledFrom([]int{101, 102, 103, 104}), rapid.IntRange(0, 20)
		verbs := rapid.SampledFrom([]string{"rent", "guest", "vacate", "lock", "open", "move", "remove"})
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			u, visitors := unit.Draw(rt, "unit"), into[[]map[string]any](t, r.get(r.north+"/visitors"))
			path, body := "", ""
			switch verb := verbs.Draw(rt, "verb"); verb {
			case "rent", "guest":
				path = "/visitors"
				body = visitor(fmt.Sprintf(`"isTenant":%v,"unitId":%d,"accessCode":%d`, verb == "rent", u, code.Draw(rt, "code")))
			case "vacate":
				path = fmt.Sprintf("/units/%d/vacate", u)
			case "lock":
				path = fmt.Sprintf("/units/%d/disable", u)
			case "open":
				path = fmt.Sprintf("/units/%d/enable", u)
			default:
				if len(visitors) == 0 {
					continue
				}
				path = fmt.Sprintf("/visitors/%.0f/", rapid.SampledFrom(visitors).Draw(rt, "visitor")["id"])
				if verb == "move" {
					path, body = path+"update", fmt.Sprintf(`{"unitId":%d}`, u)
				} else {
					path += "remove"
				}
			}
			if a := r.post(path, body); a.status != 200 && a.status != 400 {
				rt.Fatalf("%s %s: %d %s", path, body, a.status, a.body)
			}
			r.check(rt)
		}
	})
}

func (r *otRig) check(rt *rapid.T) {
	states, codes, tenants := map[any]string{}, map[any]bool{}, map[any]int{}
	for _, u := range into[[]map[string]any](r.t, r.get(r.north+"/units")) {
		states[u["unitNumber"]] = u["status"].(string)
		if !strings.Contains("Vacant Rented Delinquent", u["status"].(string)) {
			rt.Fatalf("unit %v", u)
		}
	}
	for _, g := range r.Groups("opentech") {
		if states[g.Name] == "Delinquent" && len(g.Members) > 0 || len(g.Members) > len(g.All) {
			rt.Fatalf("%s (%s) lets in %v of %v", g.Name, states[g.Name], g.Members, g.All)
		}
	}
	for _, who := range into[[]map[string]any](r.t, r.get(r.north+"/visitors")) {
		if who["isEnabled"] != true {
			continue
		}
		if codes[who["code"]] {
			rt.Fatalf("two have the code %v", who["code"])
		}
		codes[who["code"]] = true
		if who["isTenant"] == true {
			tenants[who["unitId"]]++
		}
		if tenants[who["unitId"]] > 1 {
			rt.Fatalf("two tenants on %v", who["unitId"])
		}
	}
}

func FuzzOpenTechVisitorBody(f *testing.F) {
	for _, seed := range []string{
		visitor(`"isTenant":true,"unitId":101,"accessCode":"5001"`), visitor(`"unitId":1e99,"accessCode":-5`), `null`, `[]`, `{"":{}}`,
		visitor(`"unitId":102,"accessCode":12,"extendedData":{"a":null}`),
	} {
		f.Add([]byte(seed))
	}
	w, err := sandbox.Parse("storage.yaml", []byte(storage))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &otRig{rig: rigUp(t, w, nil)}
		r.token = into[map[string]any](t, r.ask(otForm()))["access_token"].(string)
		r.north = fmt.Sprintf("/facilities/%.0f", into[[]map[string]any](t, r.get("/facilities"))[0]["id"])
		for _, path := range []string{"/visitors", "/visitors/502/update", "/units"} {
			if a := r.post(path, string(body)); a.status != 200 && a.status != 400 {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
			r.wait(time.Second)
		}
		want(t, r.get(r.north+"/visitors"), 200)
		if len(r.Groups("opentech")) == 0 {
			t.Error("no groups")
		}
	})
}
