package config

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
)

// Export writes the configuration in force as YAML that Parse accepts: what the file says, and the mappings that the store has, by
// integration. A secret that stands in the file in clear becomes a reference to an environment variable; what it returns beside
// the text are the variables that have to be set for it to be read again. Comments are left out: old secrets hide there.
func (f *File) Export(stored map[string]desk.Section) (text []byte, variables []string, err error) {
	root := mapping()
	if f.root != nil {
		root = plain(f.root)
	}
	database, hidden := withoutPassword(f.Database)
	put(root, "database", scalar(database))
	put(root, "listen", scalar(f.Listen))
	if f.ListenHooks != "" {
		put(root, "listen_hooks", scalar(f.ListenHooks))
	}
	if hidden {
		variables = append(variables, "CARDEA_DATABASE")
	}
	each(child(root, "connections"), func(name string, n *yaml.Node) {
		variables = append(variables, hide(f.Connections[name], name, n)...)
	})
	each(child(root, "webhooks"), func(name string, n *yaml.Node) {
		variables = append(variables, f.Webhooks[name].hideSecret(name, n)...)
	})
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		n := child(child(root, "integrations"), name)
		if n == nil || n.Kind != yaml.MappingNode {
			continue
		}
		in := f.Integrations[name]
		zone, err := in.location()
		if err != nil {
			return nil, nil, err
		}
		drop(n, "mappings", "groups") // of an empty key nothing is left
		put(n, "mappings", mappingsNode(stored[name]))
		if groups := groupsNode(stored[name].Groups, zone); groups != nil {
			put(n, "groups", groups)
		}
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, nil, cardea.Errorf(cardea.Rejected, "the configuration cannot be written: %w", err)
	}
	return b.Bytes(), variables, nil
}

// location is the zone in which the integration's days are meant.
func (in *Integration) location() (*time.Location, error) {
	if in == nil || in.Zone.Text == "" {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(in.Zone.Text)
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "there is no time zone %q", in.Zone.Text)
	}
	return zone, nil
}

// plain copies a node without comments, anchors and aliases: each stands for itself.
func plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return plain(n.Alias)
	}
	out := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style}
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			out.Content = append(out.Content, plain(c))
		}
		return out
	}
	own := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		own[n.Content[i].Value] = true
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], plain(n.Content[i+1])
		if key.Value != "<<" {
			out.Content = append(out.Content, plain(key), value)
			continue
		}
		merged := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			merged = value.Content
		}
		for _, m := range merged { // what stands beside a merge, and what was merged before, goes over it
			for j := 0; j+1 < len(m.Content); j += 2 {
				if k := m.Content[j].Value; !own[k] {
					own[k] = true
					out.Content = append(out.Content, m.Content[j], m.Content[j+1])
				}
			}
		}
	}
	return out
}

// hide puts references in the place of a connection's secrets that stand in clear, and names their variables.
func hide(c *Connection, name string, n *yaml.Node) []string {
	var out []string
	secrets := c.secrets()
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if _, secret := secrets[key]; !secret || value.Kind != yaml.ScalarNode || value.Value == "" {
			continue
		}
		variable := variableOf(name, key)
		n.Content[i+1] = mapping("env", scalar(variable))
		n.Content[i+1].Style = yaml.FlowStyle
		out = append(out, variable)
	}
	return out
}

// variableOf is what the variable of a connection's secret is called.
func variableOf(connection, key string) string {
	return "CARDEA_" + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(connection+"_"+key))
}

// withoutPassword takes the password out of a database's name, and says whether there was one.
func withoutPassword(dsn string) (string, bool) {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(dsn, "postgres") {
		return dsn, false
	}
	_, hidden := u.User.Password()
	if hidden {
		u.User = url.User(u.User.Username())
	}
	if q := u.Query(); q.Has("password") {
		hidden = true
		q.Del("password")
		u.RawQuery = q.Encode()
	}
	if !hidden {
		return dsn, false
	}
	return u.String(), true
}

// mappingsNode writes the mappings of a section as they stand in the file.
func mappingsNode(s desk.Section) *yaml.Node {
	out := mapping()
	for _, kind := range cardea.ItemKinds {
		rows := mapping()
		for _, m := range s.Mappings {
			if m.Kind == kind {
				put(rows, m.Item.Text, targetNode(m))
			}
		}
		if len(rows.Content) > 0 || kind == cardea.ItemUnits && s.Units {
			put(out, string(kind), rows)
		}
	}
	return out
}

func targetNode(m desk.Mapping) *yaml.Node {
	groups := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, g := range m.Groups {
		groups.Content = append(groups.Content, scalar(g.Text))
	}
	out := mapping("groups", groups)
	out.Style = yaml.FlowStyle
	switch {
	case m.Always:
		put(out, "hours", scalar("always"))
	case m.Hours != nil:
		put(out, "hours", hoursNode(*m.Hours))
	}
	if m.Lead != nil {
		put(out, "lead", scalar(m.Lead.String()))
	}
	if m.Lag != nil {
		put(out, "lag", scalar(m.Lag.String()))
	}
	if m.Slots {
		put(out, "slots", literal("true"))
	}
	if m.Trim {
		put(out, "trim", literal("true"))
	}
	if len(out.Content) == 2 {
		return groups
	}
	return out
}

func hoursNode(h cardea.Hours) *yaml.Node {
	out := mapping()
	out.Style = yaml.FlowStyle
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		var spans []string
		for _, s := range h[day] {
			spans = append(spans, s.String())
		}
		if len(spans) > 0 {
			put(out, strings.ToLower(day.String()[:3]), scalar(strings.Join(spans, ",")))
		}
	}
	return out
}

func groupsNode(gs []desk.GroupWish, zone *time.Location) *yaml.Node {
	if len(gs) == 0 {
		return nil
	}
	out := mapping()
	for _, g := range gs {
		one := mapping("mode", scalar(string(g.Mode)))
		if g.Expire > 0 {
			put(one, "when_stale", mapping("expire", scalar(g.Expire.String())))
		}
		keeps := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, k := range g.Keep {
			keep := mapping("account", scalar(k.Account), "note", scalar(k.Note))
			if k.Until != cardea.Never { // it ends where the day after its last one begins
				put(keep, "until", literal((cardea.DateOf(k.Until-1, zone)).String()))
			}
			keeps.Content = append(keeps.Content, keep)
		}
		if len(keeps.Content) > 0 {
			put(one, "keep", keeps)
		}
		put(out, g.Group.Text, one)
	}
	return out
}

// mapping makes a node of keys and values.
func mapping(pairs ...any) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, isKey := pairs[i].(string)
		value, isNode := pairs[i+1].(*yaml.Node)
		if isKey && isNode {
			put(out, key, value)
		}
	}
	return out
}

// scalar is text, whatever it looks like.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}

// literal is a number, a date or a boolean.
func literal(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// put sets a key of a mapping.
func put(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = value
			return
		}
	}
	n.Content = append(n.Content, scalar(key), value)
}

func drop(n *yaml.Node, keys ...string) {
	for i := 0; i+1 < len(n.Content); {
		if slices.Contains(keys, n.Content[i].Value) {
			n.Content = slices.Delete(n.Content, i, i+2)
			continue
		}
		i += 2
	}
}
