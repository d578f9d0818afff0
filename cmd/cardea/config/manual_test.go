package config

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEverySettingIsInTheManual wants every key that a configuration can hold in docs/settings.md.
func TestEverySettingIsInTheManual(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, v := range []any{File{}, Connection{}, Integration{}, LocationSettings{}, Mappings{}, targetObject{}, Group{}, Keep{}, Brake{}, Limit{}, Webhook{}} {
		yamlKeys(reflect.TypeOf(v), keys)
	}
	if len(keys) < 80 {
		t.Fatalf("%d keys were found", len(keys))
	}
	for key := range keys {
		if !strings.Contains(string(manual), "`"+key+"`") && !strings.Contains(string(manual), key+":") {
			t.Errorf("docs/settings.md says nothing of %q", key)
		}
	}
}

func yamlKeys(of reflect.Type, into map[string]bool) {
	for i := range of.NumField() {
		f := of.Field(i)
		if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "" && key != "-" {
			into[key] = true
		}
		if f.Type.Kind() == reflect.Struct && f.Type.Name() == "" {
			yamlKeys(f.Type, into)
		}
	}
}
