package config

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

var nodeDecoder = reflect.TypeFor[yaml.Unmarshaler]()

// strict walks the nodes beside the type they will become and names every key that the type does not have, and every key
// that stands twice. Types with a decoder of their own check themselves.
func (p *problems) strict(n *yaml.Node, into any) { p.walk(n, reflect.TypeOf(into), "") }

func (p *problems) walk(n *yaml.Node, t reflect.Type, path string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		if t.Implements(nodeDecoder) {
			return
		}
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(nodeDecoder) {
		return
	}
	switch {
	case n.Kind == yaml.MappingNode:
		p.twice(n, path)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if key.Value == "<<" {
				p.walk(value, t, path)
				continue
			}
			if field, ok := p.field(key, t, path); ok {
				p.walk(value, field, strings.TrimPrefix(path+"."+key.Value, "."))
			}
		}
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, c := range n.Content {
			p.walk(c, t.Elem(), path)
		}
	}
}

func (p *problems) twice(n *yaml.Node, path string) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first, ok := seen[key.Value]; ok {
			p.add(key.Line, "%q stands twice%s: first on line %d", key.Value, under(path), first)
		}
		seen[key.Value] = key.Line
	}
}

func (p *problems) field(key *yaml.Node, t reflect.Type, path string) (reflect.Type, bool) {
	switch t.Kind() {
	case reflect.Map:
		return t.Elem(), true
	case reflect.Struct:
	default:
		return nil, false
	}
	var known []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" || name == "" {
			continue
		}
		if name == key.Value {
			return f.Type, true
		}
		known = append(known, name)
	}
	p.add(key.Line, "unknown key %q%s%s", key.Value, under(path), desk.Nearest(key.Value, known))
	return nil, false
}

func under(path string) string {
	if path == "" {
		return ""
	}
	return " under " + path
}

// place notes where connections, their keys and integrations stand.
func (f *File) place(root *yaml.Node) {
	each(child(root, "connections"), func(name string, n *yaml.Node) {
		c := f.Connections[name]
		if c == nil {
			return
		}
		c.Line, c.Keys = n.Line, map[string]int{}
		each(n, func(key string, v *yaml.Node) { c.Keys[key] = v.Line })
	})
	each(child(root, "webhooks"), func(name string, n *yaml.Node) {
		if w := f.Webhooks[name]; w != nil {
			w.Line = n.Line
		}
	})
	each(child(root, "integrations"), func(name string, n *yaml.Node) {
		in := f.Integrations[name]
		if in == nil {
			return
		}
		in.Line, in.Mappings.Lines = n.Line, map[cardea.ItemKind]int{}
		if in.Section = keyLine(n, "mappings"); in.Section == 0 {
			in.Section = keyLine(n, "groups")
		}
		each(child(n, "mappings"), func(kind string, v *yaml.Node) { in.Mappings.Lines[cardea.ItemKind(kind)] = v.Line })
	})
}

func child(n *yaml.Node, key string) *yaml.Node {
	var found *yaml.Node
	each(n, func(k string, v *yaml.Node) {
		if k == key {
			found = v
		}
	})
	return found
}

func each(n *yaml.Node, do func(key string, value *yaml.Node)) {
	if n == nil {
		return
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		do(n.Content[i].Value, n.Content[i+1])
	}
}
