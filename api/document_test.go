package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-access/cardea/desk"
)

// TestTheDocumentListsTheRoutes wants exactly those there are, each with its scope and a shape for every error.
func TestTheDocumentListsTheRoutes(t *testing.T) {
	t.Parallel()
	w := newRoom().ask("GET", "/api/openapi.json") // no token: it tells nothing of anybody
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Security  []map[string][]desk.Scope
			Responses map[string]struct {
				Content map[string]struct {
					Schema struct {
						Ref  string `json:"$ref"`
						Type any
					}
				}
			}
		}
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
				Required   []string
			}
			SecuritySchemes map[string]struct{ Type, Scheme string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != http.StatusOK {
		t.Fatal(err, w.Code)
	}
	got := map[string]desk.Scope{}
	for path, methods := range doc.Paths {
		if len(methods) != 1 {
			t.Errorf("%s has %d methods", path, len(methods))
		}
		op := methods["get"]
		if len(op.Security) != 1 || len(op.Security[0]["token"]) != 1 {
			t.Fatalf("%s: %v", path, op.Security)
		}
		got[path] = op.Security[0]["token"][0]
		statuses := slices.Sorted(maps.Keys(op.Responses))
		if want := []string{"200", "401", "403", "404", "409", "422", "429", "500", "502", "503"}; !slices.Equal(statuses, want) {
			t.Errorf("%s: %v", path, statuses)
		}
		for status, answer := range op.Responses {
			schema := answer.Content["application/json"].Schema
			if (schema.Ref == "#/components/schemas/Problem") == (status == "200") || schema.Ref == "" && schema.Type == nil {
				t.Errorf("%s %s: %+v", path, status, schema)
			}
		}
	}
	want := map[string]desk.Scope{
		"/api/v1/passes": desk.ScopePassesRead, "/api/v1/passes/{door}/{account}/code": desk.ScopePassesCode,
		"/api/v1/explain":      desk.ScopeRead,
		"/api/v1/integrations": desk.ScopeRead,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p := doc.Components.Schemas["Problem"]; !slices.Equal(p.Required, []string{"code", "message"}) || len(p.Properties) != 2 {
		t.Errorf("an error is %+v", p)
	}
	if s := doc.Components.SecuritySchemes["token"]; s.Type != "http" || s.Scheme != "bearer" {
		t.Errorf("%+v", s)
	}
	if _, secret := doc.Components.Schemas["MobilePass"].Properties["code"]; secret {
		t.Error("the list of passes has a code")
	}
	for path := range got { // each that is described is there
		target := strings.NewReplacer("{door}", "front", "{account}", "7").Replace(path) + "?person=a&group=b"
		if w := newRoom().get(target, "all"); w.Code == http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestThePageTellsOfEveryRoute wants addresses, scopes, statuses and codes of the document in docs/api.md.
func TestThePageTellsOfEveryRoute(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for target, scope := range map[string]desk.Scope{
		"`/api/v1/passes?door=`": desk.ScopePassesRead, "`/api/v1/passes/{door}/{account}/code`": desk.ScopePassesCode,
		"`/api/v1/explain?person=&group=&at=`": desk.ScopeRead, "`/api/v1/integrations`": desk.ScopeRead,
	} {
		if !strings.Contains(page, "| "+target+" | `"+string(scope)+"` |") {
			t.Errorf("docs/api.md does not say that %s needs %s", target, scope)
		}
	}
	for class, status := range statuses {
		if !strings.Contains(page, fmt.Sprintf("| %d | `%s` |", status, class)) {
			t.Errorf("docs/api.md says nothing of %d %s", status, class)
		}
	}
	for _, status := range documented {
		if !strings.Contains(page, fmt.Sprintf("\n| %d | ", status)) {
			t.Errorf("docs/api.md says nothing of status %d", status)
		}
	}
}
