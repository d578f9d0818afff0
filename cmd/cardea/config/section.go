package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// section is a part of an integration that stands in a file of its own.
type section struct {
	Mappings Mappings          `yaml:"mappings"`
	Groups   map[string]*Group `yaml:"groups"`
}

// Maps says whether the file maps anything or says anything of groups.
func (in *Integration) Maps() bool {
	return len(in.Groups) > 0 || slices.ContainsFunc(cardea.ItemKinds, func(k cardea.ItemKind) bool { return in.Mappings.ByKind(k) != nil })
}

// ParseSection reads a file that has the mappings: and the groups: of one integration, as they stand in the configuration, and
// checks them as there. It returns them as an integration of that name in a file of that path; the booleans say which of the two
// keys it has.
func ParseSection(path string, data []byte, integration string) (f *File, mappings, groups bool, err error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, false, false, cardea.Errorf(cardea.Rejected, "%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	p, s, in := &problems{path: path}, &section{}, &Integration{Name: integration, Line: 1}
	f = &File{Path: path, Integrations: map[string]*Integration{integration: in}}
	if root.Kind == 0 || root.Content[0].Kind != yaml.MappingNode {
		return nil, false, false, cardea.Errorf(cardea.Rejected, "%s: want mappings: and groups: as they stand in an integration", path)
	}
	p.strict(root.Content[0], s)
	if len(p.list) == 0 {
		p.decode(root.Content[0], s)
	}
	in.Mappings, in.Groups, in.Mappings.Lines = s.Mappings, s.Groups, map[cardea.ItemKind]int{}
	each(child(root.Content[0], "mappings"), func(kind string, v *yaml.Node) { in.Mappings.Lines[cardea.ItemKind(kind)] = v.Line })
	if len(p.list) == 0 {
		in.checkSection(p)
	}
	mappings, groups = keyLine(root.Content[0], "mappings") > 0, keyLine(root.Content[0], "groups") > 0
	if !mappings && !groups && len(p.list) == 0 {
		p.add(0, "there is neither mappings: nor groups: in it")
	}
	return f, mappings, groups, p.err()
}

// Row reads one row as it is written on the command line: KIND/ITEM, or KIND/ITEM=GROUP,GROUP where it is to lead somewhere.
func Row(text string, leads bool) (cardea.ItemKind, string, []string, error) {
	kind, rest, ok := strings.Cut(text, "/")
	if !ok {
		return "", "", nil, cardea.Errorf(cardea.Rejected, `%q names no item: write the kind before it, as in plans/Hot desk`, text)
	}
	var kinds []string
	for _, k := range cardea.ItemKinds {
		kinds = append(kinds, string(k))
	}
	if kind = strings.TrimSpace(kind); !slices.Contains(kinds, kind) {
		return "", "", nil, cardea.Errorf(cardea.Rejected, "%q: there is no kind of items %q%s", text, kind, desk.Nearest(kind, kinds))
	}
	item, list, led := strings.Cut(rest, "=")
	item = strings.TrimSpace(item)
	var groups []string
	for g := range strings.SplitSeq(list, ",") {
		if g = strings.TrimSpace(g); g != "" {
			groups = append(groups, g)
		}
	}
	switch {
	case item == "":
		return "", "", nil, cardea.Errorf(cardea.Rejected, "%q names no item", text)
	case leads && len(groups) == 0:
		return "", "", nil, cardea.Errorf(cardea.Rejected, "%q leads nowhere: name the groups, as in plans/Hot desk=General access,Lounge", text)
	case !leads && led:
		return "", "", nil, cardea.Errorf(cardea.Rejected, "%q: name only what is to be unmapped, as in plans/Hot desk", text)
	}
	return cardea.ItemKind(kind), item, groups, nil
}

// keyLine is where a key stands, 0 when it does not.
func keyLine(n *yaml.Node, key string) int {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i].Line
		}
		if n.Content[i].Value == "<<" {
			if line := keyLine(n.Content[i+1], key); line > 0 {
				return line
			}
		}
	}
	return 0
}
