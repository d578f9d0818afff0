package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/space/house"
	"github.com/cardea-access/cardea/space/house/sheet"
)

type houseCmd struct {
	List   houseListCmd   `cmd:"" help:"List the records of a kind."`
	Show   houseShowCmd   `cmd:"" help:"Show one record, and what names it."`
	Set    houseSetCmd    `cmd:"" help:"Change a record, or make one with --new."`
	Remove houseRemoveCmd `cmd:"" help:"Remove records that nothing else names."`
}

type houseListCmd struct {
	onHouse

	Kind string `arg:"" help:"Kind of record: person, agreement, resource ..."`
}

type houseShowCmd struct {
	onHouse

	Key string `arg:"" help:"Record, as kind:id."`
}

type houseRemoveCmd struct {
	onHouse

	Keys []string `arg:"" help:"Records, as kind:id." name:"key"`
	Yes  bool     `help:"Remove them without asking." short:"y"`
}

// Run lists records.
func (l *houseListCmd) Run(ctx context.Context, c *terminal) error { return l.do(ctx, c, settings{}) }

func (l *houseListCmd) do(ctx context.Context, c *terminal, with settings) error {
	kind, err := kindOf(l.Kind)
	if err != nil {
		return err
	}
	a, name, err := l.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	records, err := a.desk.House(ctx, name, kind)
	if err != nil {
		return err
	}
	if l.JSON {
		if records == nil {
			records = []cardea.Record{}
		}
		return printJSON(c.out, records)
	}
	one, many := say.Kind(kind)
	if len(records) == 0 {
		fmt.Fprintf(c.out, "%s has no %s\n", name, many)
		return nil
	}
	if err := c.table(kind, records); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s\n", c.paint(faint, say.N(len(records), one, many)))
	return nil
}

// widest is how much of a value a table shows; show and --json have all of it.
const widest = 40

// table prints records in columns, leaving out what none of them says.
func (c *terminal) table(kind cardea.Kind, records []cardea.Record) error {
	columns := slices.DeleteFunc(fieldsOf(kind), func(f field) bool { return !slices.ContainsFunc(records, f.says) })
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "id")
	for _, f := range columns {
		fmt.Fprint(w, "\t"+f.name)
	}
	for _, r := range records {
		fmt.Fprint(w, "\n"+say.Clean(r.Key().ID))
		for _, f := range columns {
			text := say.Clean(f.get(r))
			if utf8.RuneCountInString(text) > widest {
				text = string([]rune(text)[:widest-1]) + "…"
			}
			fmt.Fprint(w, "\t"+text)
		}
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// kindOf reads the name of a kind: ours, or that of a list.
func kindOf(text string) (cardea.Kind, error) {
	if kind := cardea.Kind(strings.ToLower(text)); slices.Contains(cardea.Kinds, kind) {
		return kind, nil
	}
	if kind, ok := sheet.KindOfFile(text + ".csv"); ok {
		return kind, nil
	}
	var known []string
	for _, k := range cardea.Kinds {
		known = append(known, string(k))
	}
	return "", cardea.Errorf(cardea.Rejected, "there are no records of kind %q%s", text, desk.Nearest(text, known))
}

// keyOf reads kind:id.
func keyOf(text string) (cardea.Key, error) {
	kind, id, ok := strings.Cut(text, ":")
	if !ok || id == "" {
		return cardea.Key{}, cardea.Errorf(cardea.Rejected, "%q names no record: write kind:id, as in agreement:R-1", text)
	}
	k, err := kindOf(kind)
	return cardea.Key{Kind: k, ID: id}, err
}

// pick finds a record among all.
func pick(records []cardea.Record, k cardea.Key) (cardea.Record, error) {
	var ids []string
	for _, r := range records {
		if r.Key() == k {
			return r, nil
		}
		if r.Key().Kind == k.Kind {
			ids = append(ids, r.Key().ID)
		}
	}
	one, _ := say.Kind(k.Kind)
	return nil, cardea.Errorf(cardea.NotFound, "there is no %s %q%s", one, k.ID, desk.Nearest(k.ID, ids))
}

// namedBy lists the records that name one of these and are none of these.
func namedBy(records []cardea.Record, keys ...cardea.Key) []cardea.Key {
	var out []cardea.Key
	for _, r := range records {
		if slices.Contains(keys, r.Key()) {
			continue
		}
		if slices.ContainsFunc(r.Refs(), func(k cardea.Key) bool { return slices.Contains(keys, k) }) {
			out = append(out, r.Key())
		}
	}
	return out
}

// Run shows a record.
func (s *houseShowCmd) Run(ctx context.Context, c *terminal) error { return s.do(ctx, c, settings{}) }

func (s *houseShowCmd) do(ctx context.Context, c *terminal, with settings) error {
	k, err := keyOf(s.Key)
	if err != nil {
		return err
	}
	a, name, err := s.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	records, err := a.desk.House(ctx, name)
	if err != nil {
		return err
	}
	r, err := pick(records, k)
	if err != nil {
		return err
	}
	by := namedBy(records, k)
	if s.JSON {
		return printJSON(c.out, struct {
			Connection string        `json:"connection"`
			Record     cardea.Record `json:"record"`
			NamedBy    []cardea.Key  `json:"named_by,omitempty"`
		}{name, r, by})
	}
	names := newAlbum(records)
	fmt.Fprintf(c.out, "%s  %s\n", c.paint(bold, say.Clean(k.String())), names.name(k.Kind, k.ID))
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, f := range fieldsOf(k.Kind) {
		if f.says(r) {
			fmt.Fprintf(w, "  %s\t%s\n", f.name, shown(names, f, r))
		}
	}
	if len(by) > 0 {
		fmt.Fprintf(w, "  named by\t%s\n", some(by))
	}
	return w.Flush()
}

// some names records, the first few.
func some(keys []cardea.Key) string {
	const few = 8
	var out []string
	for _, k := range keys[:min(len(keys), few)] {
		out = append(out, say.Clean(k.String()))
	}
	if n := len(keys) - few; n > 0 {
		out = append(out, say.N(n, "other", "others"))
	}
	return say.And(out)
}

// Run removes records.
func (m *houseRemoveCmd) Run(ctx context.Context, c *terminal) error { return m.do(ctx, c, settings{}) }

func (m *houseRemoveCmd) do(ctx context.Context, c *terminal, with settings) error {
	var keys []cardea.Key
	for _, text := range m.Keys {
		k, err := keyOf(text)
		if err != nil {
			return err
		}
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	a, name, err := m.open(ctx, c, with)
	if err != nil {
		return err
	}
	defer a.shut()
	before, err := a.desk.House(ctx, name)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := pick(before, k); err != nil {
			return err
		}
	}
	if by := namedBy(before, keys...); len(by) > 0 {
		return cardea.Errorf(cardea.Conflict, "%s cannot be removed: named by %s. Change those first, or name them here too: "+
			"nothing was changed", some(keys), some(by))
	}
	after := slices.DeleteFunc(slices.Clone(before), func(r cardea.Record) bool { return slices.Contains(keys, r.Key()) })
	e := &edit{
		onHouse: m.onHouse, c: c, desk: a.desk, connection: name, before: before, sure: m.Yes,
		diff: house.Diff(before, after), title: some(keys), what: "house remove " + some(keys),
	}
	return e.check(ctx)
}
