package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/cmd/cardea/config"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
)

type mappingsCmd struct {
	List mappingsListCmd `cmd:"" default:"withargs" help:"List the mappings in force, with ids and where they are managed."`
	Diff mappingsDiffCmd `cmd:""                    help:"Show what an edit would do, by person. Nothing is saved."`
	Set  mappingsSetCmd  `cmd:""                    help:"Show what an edit would do, and save it by the hash that was shown."`
}

type mappingsListCmd struct {
	onOrders

	Integration string `arg:"" help:"Integration; all when none is named." optional:""`
}

// onMappings are the flags of both commands that edit.
type onMappings struct {
	onOrders

	Integration string   `arg:"" help:"Integration whose mappings are edited."`
	With        string   `help:"File with mappings: and groups: as in the configuration; each replaces the whole." placeholder:"FILE"`
	Map         []string `help:"Let one item lead to these groups, as in plans/Evening=Lounge." placeholder:"KIND/ITEM=GROUP,..." sep:"none"`
	Unmap       []string `help:"Take one item out, as in plans/Evening." placeholder:"KIND/ITEM" sep:"none"`
}

type mappingsDiffCmd struct{ onMappings }

type mappingsSetCmd struct {
	onMappings

	Apply string `help:"Save it, if its impact is still the one shown under this hash." placeholder:"HASH"`
	Yes   bool   `help:"Save it whatever its impact is."                               short:"y"`
}

// Help says where mappings live.
func (*mappingsCmd) Help() string {
	return `An integration that has mappings: or groups: in the configuration file is managed there: diff shows what an edit of the file would
do, and set refuses. One that has neither takes both from the store, where set saves them; a server that runs uses them at once.
The impact is worked out from what was last read, by the same rules as a run, and shows only what the edit adds to what would
happen anyway. Exit codes: 0 nothing to change, or saved; 2 shown and not saved, also when it moved since the hash was shown.

  cardea mappings london
  cardea mappings diff london --map 'plans/Hot desk=General access,Lounge' --unmap plans/Evening
  cardea mappings set london --with mappings.yaml --apply 5d1f...`
}

// Run lists.
func (m *mappingsListCmd) Run(ctx context.Context, c *terminal) error {
	return m.do(ctx, c, settings{})
}

func (m *mappingsListCmd) do(ctx context.Context, c *terminal, with settings) error {
	with.readOnly = true
	a, err := m.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	all, err := a.desk.Mappings(ctx, m.Integration)
	if err != nil {
		return err
	}
	if m.JSON {
		return printJSON(c.out, all)
	}
	clock := clockOf(a, c)
	for _, one := range all {
		where := "managed by the file, " + one.Where
		if one.Managed == "store" {
			where = "managed in the store, never saved: cardea mappings set " + one.Integration
			if one.Version > 0 {
				where = fmt.Sprintf("managed in the store, version %d, saved %s by %s", one.Version, clock.Moment(one.SavedAt), say.Clean(one.SavedBy))
			}
		}
		fmt.Fprintf(c.out, "%s  %s\n", c.paint(bold, say.Clean(one.Integration)), c.paint(faint, where))
		var table bytes.Buffer
		w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
		for _, r := range one.Rows {
			var ids []string
			for _, g := range r.Groups {
				if g.ID != "" {
					ids = append(ids, "id:"+string(g.ID))
				}
			}
			id := ""
			if r.ID != "" {
				id = "id:" + r.ID
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", r.Kind, say.Clean(r.Item), id, say.Clean(r.Says), strings.Join(ids, " "))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for l := range strings.Lines(table.String()) {
			fmt.Fprintln(c.out, strings.TrimRight(l, " \n"))
		}
	}
	return nil
}

// Run shows an edit.
func (m *mappingsDiffCmd) Run(ctx context.Context, c *terminal) error {
	return m.do(ctx, c, settings{})
}

func (m *mappingsDiffCmd) do(ctx context.Context, c *terminal, with settings) error {
	return m.show(ctx, c, with, "", func(d *desk.Desk, e desk.Edit) (desk.Impact, error) { return d.DiffMappings(ctx, m.Integration, e) })
}

// Run shows an edit and saves it when that was asked for.
func (m *mappingsSetCmd) Run(ctx context.Context, c *terminal) error { return m.do(ctx, c, settings{}) }

func (m *mappingsSetCmd) do(ctx context.Context, c *terminal, with settings) error {
	if m.Apply != "" && m.Yes {
		return cardea.Errorf(cardea.Rejected, "--apply saves only what was shown, --yes whatever it is: say one of them")
	}
	return m.show(ctx, c, with, m.Apply, func(d *desk.Desk, e desk.Edit) (desk.Impact, error) {
		return d.SetMappings(ctx, m.Integration, e, m.hash(), who(c))
	})
}

// hash is the one under which it is saved: "" whatever it is, and one that fits nothing when it is only to be shown.
func (m *mappingsSetCmd) hash() string {
	switch {
	case m.Yes:
		return ""
	case m.Apply != "":
		return m.Apply
	}
	return "none"
}

func (m *onMappings) show(
	ctx context.Context, c *terminal, with settings, asked string, work func(*desk.Desk, desk.Edit) (desk.Impact, error),
) error {
	p := newProgress(c)
	with.readOnly, with.progress = true, p.tell
	a, err := m.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	e, err := m.edit(a)
	if err != nil {
		return err
	}
	impact, err := work(a.desk, e)
	p.done()
	if err != nil {
		return err
	}
	impact.Moved = impact.Moved && asked != ""
	if m.JSON {
		err = printJSON(c.out, impact)
	} else {
		c.printImpact(impact, clockOf(a, c), m.flags())
	}
	if code := impact.Standing(); err == nil && code != desk.InStep {
		return codeError(code)
	}
	return err
}

// flags repeat an edit on a command line.
func (m *onMappings) flags() string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	var out []string
	if m.With != "" {
		out = append(out, "--with", quote(m.With))
	}
	for _, s := range m.Map {
		out = append(out, "--map", quote(s))
	}
	for _, s := range m.Unmap {
		out = append(out, "--unmap", quote(s))
	}
	return strings.Join(out, " ")
}

// edit reads what is to change.
func (m *onMappings) edit(a *app) (desk.Edit, error) {
	var e desk.Edit
	in, known := a.file.Integrations[m.Integration]
	if !known {
		return e, nil // the desk says what there is
	}
	if m.With == "" && len(m.Map)+len(m.Unmap) == 0 {
		return e, cardea.Errorf(cardea.Rejected, "say what is to change: --with FILE, --map KIND/ITEM=GROUP or --unmap KIND/ITEM")
	}
	if m.With != "" {
		data, err := os.ReadFile(m.With)
		if err != nil {
			return e, cardea.Errorf(cardea.Rejected, "--with: %w", err)
		}
		if e.With, e.Mappings, e.Groups, err = a.section(m.With, data, in); err != nil {
			return e, err
		}
	}
	for _, text := range m.Map {
		kind, item, groups, err := config.Row(text, true)
		if err != nil {
			return e, err
		}
		where := "--map '" + text + "'"
		row, err := yaml.Marshal(map[string]any{"mappings": map[string]any{string(kind): map[string]any{item: groups}}})
		if err != nil {
			return e, cardea.Errorf(cardea.Rejected, "%s: %w", where, err)
		}
		s, _, _, err := a.section(where, row, in)
		if err != nil {
			return e, err
		}
		for _, one := range s.Mappings {
			one.Item.Where = where
			for i := range one.Groups {
				one.Groups[i].Where = where
			}
			e.Map = append(e.Map, one)
		}
	}
	for _, text := range m.Unmap {
		kind, item, _, err := config.Row(text, false)
		if err != nil {
			return e, err
		}
		e.Unmap = append(e.Unmap, desk.Mapping{Kind: kind, Item: desk.Named{Text: item, Where: "--unmap '" + text + "'"}})
	}
	return e, nil
}

// section reads mappings and groups of an integration from a text that has nothing else, checked as in the configuration.
func (a *app) section(path string, data []byte, in *config.Integration) (s *desk.Section, mappings, groups bool, err error) {
	f, mappings, groups, err := config.ParseSection(path, data, in.Name)
	if err != nil {
		return nil, false, false, err
	}
	part := f.Integrations[in.Name]
	part.Zone, part.Space = in.Zone, in.Space
	var all []error
	if space, ok := a.spaces[in.Space.Text]; ok {
		unstated(part, space, func(line int, format string, args ...any) {
			all = append(all, cardea.Errorf(cardea.Rejected, "%s: integration %s: %s", f.At(line), in.Name, fmt.Sprintf(format, args...)))
		})
	}
	made, err := integration(f, part)
	if err := errors.Join(append(all, err)...); err != nil {
		return nil, false, false, err
	}
	return &desk.Section{Mappings: made.Mappings, Groups: made.Groups, Units: made.Units}, mappings, groups, nil
}
