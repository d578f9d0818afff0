package config

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestNoSecretOfAConnectionIsForgotten gives every key of a connection that is a secret a value of its own.
func TestNoSecretOfAConnectionIsForgotten(t *testing.T) {
	t.Parallel()
	given := map[string]string{}
	for f := range reflect.TypeFor[Connection]().Fields() {
		if f.Type == reflect.TypeFor[Secret]() {
			given[f.Tag.Get("yaml")] = "hush-" + f.Tag.Get("yaml")
		}
	}
	text, err := yaml.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	var c Connection
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	if got := c.Secrets(); len(got) < 6 || !maps.Equal(got, given) {
		t.Errorf("the secrets are %v, of %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(given)))
	}
	if got := (&Connection{}).Secrets(); len(got) != 0 {
		t.Errorf("nothing was given, and there are %d secrets", len(got))
	}
}
