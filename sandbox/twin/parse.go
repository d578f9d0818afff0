package twin

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Bounds on what a world file may unfold to through aliases.
const (
	maxNodes = 20_000_000
	maxDepth = 60
)

// Document is a YAML document under way: it resolves aliases and merge keys, and counts what they unfold to.
type Document struct {
	Name  string
	nodes int
}

// Entry is one key of a mapping, in file order.
type Entry struct {
	Key   string
	Line  int
	Value *yaml.Node
}

// Open parses a YAML document and returns its top-level mapping. An empty document has no entries.
func (d *Document) Open(data []byte) ([]Entry, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name, err)
	}
	if root.Kind == 0 {
		return nil, nil
	}
	return d.Entries(root.Content[0])
}

// Errorf is an error with the file and line of a node.
func (d *Document) Errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", d.Name, line, fmt.Errorf(format, args...))
}

var errTooLarge = errors.New("the document unfolds to too much; aliases inside aliases?")

func (d *Document) follow(n *yaml.Node) (*yaml.Node, error) {
	d.nodes++
	for i := 0; n.Kind == yaml.AliasNode; i++ {
		if i > maxDepth {
			return nil, d.Errorf(n.Line, "%w", errTooLarge)
		}
		n = n.Alias
	}
	if d.nodes > maxNodes {
		return nil, d.Errorf(n.Line, "%w", errTooLarge)
	}
	return n, nil
}

// Entries returns the entries of a mapping with merge keys (`<<`) resolved; an own key wins over a merged one.
func (d *Document) Entries(n *yaml.Node) ([]Entry, error) { return d.entries(n, 0) }

func (d *Document) entries(n *yaml.Node, depth int) ([]Entry, error) {
	n, err := d.follow(n)
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, d.Errorf(n.Line, "%w", errTooLarge)
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, d.Errorf(n.Line, "a mapping is expected here")
	}
	var out []Entry
	at := map[string]int{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		if key.Kind != yaml.ScalarNode {
			return nil, d.Errorf(key.Line, "a key must be plain text")
		}
		if _, twice := at[key.Value]; twice {
			return nil, d.Errorf(key.Line, "%q stands here twice", key.Value)
		}
		at[key.Value] = len(out)
		out = append(out, Entry{Key: key.Value, Line: key.Line, Value: value})
	}
	for _, m := range merged {
		if m, err = d.follow(m); err != nil {
			return nil, err
		}
		sources := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			sources = m.Content
		}
		for _, src := range sources {
			inner, err := d.entries(src, depth+1)
			if err != nil {
				return nil, err
			}
			for _, e := range inner {
				if _, own := at[e.Key]; !own {
					at[e.Key] = len(out)
					out = append(out, e)
				}
			}
		}
	}
	return out, nil
}

// Items returns the elements of a sequence; null has none.
func (d *Document) Items(n *yaml.Node) ([]*yaml.Node, error) {
	n, err := d.follow(n)
	if err != nil {
		return nil, err
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, d.Errorf(n.Line, "a list is expected here")
	}
	return n.Content, nil
}

// String returns a scalar as written.
func (d *Document) String(n *yaml.Node) (string, error) {
	n, err := d.follow(n)
	if err != nil {
		return "", err
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", d.Errorf(n.Line, "plain text is expected here")
	}
	return n.Value, nil
}

// Strings returns a list of scalars, or a single one as a list.
func (d *Document) Strings(n *yaml.Node) ([]string, error) {
	if m, err := d.follow(n); err == nil && m.Kind == yaml.ScalarNode && m.Tag != "!!null" {
		return []string{m.Value}, nil
	}
	items, err := d.Items(n)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		s, err := d.String(item)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Pairs returns a mapping of plain text to plain text.
func (d *Document) Pairs(n *yaml.Node) (map[string]string, error) {
	entries, err := d.Entries(n)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(entries))
	for _, e := range entries {
		if out[e.Key], err = d.String(e.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Int returns a whole number.
func (d *Document) Int(n *yaml.Node) (int64, error) {
	s, err := d.String(n)
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v > 1<<53 || v < -(1<<53) {
		return 0, d.Errorf(n.Line, "%q is not a whole number", s)
	}
	return v, nil
}

// free turns a node into what encoding/json would make of it.
func (d *Document) free(n *yaml.Node, depth int) (any, error) {
	n, err := d.follow(n)
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, d.Errorf(n.Line, "%w", errTooLarge)
	}
	switch n.Kind {
	case yaml.MappingNode:
		entries, err := d.entries(n, depth)
		if err != nil {
			return nil, err
		}
		out := make(map[string]any, len(entries))
		for _, e := range entries {
			if out[e.Key], err = d.free(e.Value, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			v, err := d.free(item, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	default:
		return scalar(n), nil
	}
}

func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!int", "!!float":
		var f float64
		if n.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	default:
	}
	return n.Value
}
