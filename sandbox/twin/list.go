package twin

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// List reads a list of mappings: set takes their entries one by one, and of what is not whole then the error says what it wants.
func List[T any](d *Document, n *yaml.Node, set func(*T, Entry) error, whole func(T) bool, wants string) ([]T, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(items))
	for i, item := range items {
		entries, err := d.Entries(item)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if err := set(&out[i], e); err != nil {
				return nil, err
			}
		}
		if !whole(out[i]) {
			return nil, d.Errorf(item.Line, "%s", wants)
		}
	}
	return out, nil
}

// Rows reads a list of mappings that have these fields, and nothing else.
func (d *Document) Rows(n *yaml.Node, wants string, names []string, add func(map[string]string)) error {
	items, err := d.Items(n)
	if err != nil {
		return err
	}
	for _, item := range items {
		m, err := d.Pairs(item)
		if err != nil {
			return err
		}
		for _, name := range names {
			if m[name] == "" || len(m) != len(names) {
				return d.Errorf(item.Line, "%s", wants)
			}
		}
		add(m)
	}
	return nil
}

// Place is a record with what lies in it, by table.
type Place struct {
	Record Record
	Parts  map[string][]Record
}

// Places reads a list of records that hold tables; what names one of them, order lists the tables.
func (d *Document) Places(n *yaml.Node, what string, shape Shape, order []string, tables map[string]Shape) ([]Place, error) {
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := []Place{}
	for _, item := range items {
		entries, err := d.Entries(item)
		if err != nil {
			return nil, err
		}
		p := Place{Parts: map[string][]Record{}}
		own := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: item.Line} // what is of the place itself
		for _, e := range entries {
			if table, known := tables[e.Key]; known {
				if p.Parts[e.Key], err = d.Records(e.Value, table); err != nil {
					return nil, err
				}
				continue
			}
			if _, known := shape[e.Key]; !known && e.Key != "delete" {
				return nil, d.Errorf(e.Line, "%s has no %q; it has %s, %s", what, e.Key,
					strings.Join(slices.Sorted(maps.Keys(shape)), ", "), strings.Join(order, ", "))
			}
			own.Content = append(own.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: e.Key, Line: e.Line}, e.Value)
		}
		if p.Record, err = d.Record(own, shape); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}
