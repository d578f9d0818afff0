package cardea_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cardea-access/cardea"

// rooms lists, for each room of the house, the rooms of this module that it may import. A room stands for itself and
// everything below it, but for those listed on their own. Arrows run downwards only; what is not listed is forbidden.
var rooms = map[string][]string{
	"":               {},
	"core":           {"", "core/decide", "core/match", "core/change"}, // benchmarks that join the rooms
	"core/recur":     {""},
	"core/match":     {""},
	"core/decide":    {"", "core/recur"},
	"core/change":    {""},
	"wire":           {""},
	"space":          {"", "wire"},
	"door":           {"", "wire"},
	"store":          {""},
	"notify":         {""},
	"loop":           {"", "core/decide", "core/match", "core/change", "space", "door", "wire", "store"},
	"desk":           {"", "core/decide", "core/match", "core/change", "space", "door", "store", "loop"},
	"console":        {"", "desk"},
	"api":            {"", "desk"},
	"hooks":          {""}, // what it asks of the desk is an interface of its own
	"sandbox":        {""},
	"cmd":            {"", "space", "door", "wire", "store", "loop", "desk", "console", "api", "hooks", "sandbox", "core/decide", "notify"},
	"testdata/tools": {"", "sandbox"},
}

// connectors may import the root, their side's package and wire, never another connector.
var sides = []string{"space/", "door/"}

// third lists the modules that the pure rooms may use beyond the standard library.
var third = map[string][]string{
	"core/recur": {"github.com/teambition/rrule-go"},
	"core/match": {"golang.org/x/net/idna"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ps []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps
		} else if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
}

func room(path string) string {
	rel := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
	best := "?"
	for r := range rooms {
		if (rel == r || r != "" && strings.HasPrefix(rel, r+"/")) && (best == "?" || len(r) > len(best)) {
			best = r
		}
	}
	return best
}

func inside(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// forbidden returns why an import is against the house plan, or "".
func forbidden(from, to string) string {
	fromRoom, toRoom := room(from), room(to)
	if !inside(to) {
		pure := strings.HasPrefix(fromRoom, "core/") || fromRoom == ""
		if pure && strings.Contains(strings.SplitN(to, "/", 2)[0], ".") {
			if slices.Contains(third[fromRoom], to) {
				return ""
			}
			return "the pure rooms import the standard library only"
		}
		if pure && (to == "net/http" || to == "database/sql" || to == "os") {
			return "the pure rooms do no I/O"
		}
		return ""
	}
	for _, side := range sides {
		f, t := strings.TrimPrefix(from, module+"/"), strings.TrimPrefix(to, module+"/")
		if strings.HasPrefix(f, side) && strings.HasPrefix(t, side) && f != t &&
			!strings.HasPrefix(t, side+side[:len(side)-1]+"test") && strings.Split(f, "/")[1] != strings.Split(t, "/")[1] {
			return "a connector imports no other connector"
		}
		if !strings.HasPrefix(f, side) && strings.HasPrefix(t, side) && fromRoom != "cmd" {
			return "only cmd joins connectors to the house"
		}
	}
	if fromRoom == toRoom {
		return ""
	}
	if slices.Contains(rooms[fromRoom], toRoom) {
		return ""
	}
	return "no such arrow in the house plan"
}

func TestArrowsRunDownwards(t *testing.T) {
	t.Parallel()
	badWords := []string{"util", "utils", "common", "helpers", "types", "manager"}
	for _, p := range packages(t) {
		if room(p.ImportPath) == "?" {
			t.Errorf("%s belongs to no room", p.ImportPath)
		}
		for _, w := range badWords {
			if strings.HasSuffix(p.ImportPath, "/"+w) {
				t.Errorf("%s: no package is called %s", p.ImportPath, w)
			}
		}
		for _, to := range p.Imports {
			if why := forbidden(p.ImportPath, to); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, to, why)
			}
		}
	}
}

func TestArrowCheckFindsBrokenArrows(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"core/decide", "store"},
		{"core/change", "core/decide"},
		{"store", "loop/keep"},
		{"sandbox/kisi", "door/kisi"},
		{"space/officernd", "sandbox/officernd"},
		{"space/officernd", "door/kisi"},
		{"loop/keep", "door/kisi"},
		{"desk", "cmd/cardea"},
		{"console", "store"},
		{"api", "store"},
	} {
		if forbidden(module+"/"+c[0], module+"/"+c[1]) == "" {
			t.Errorf("%s -> %s should be forbidden", c[0], c[1])
		}
	}
	for _, c := range [][2]string{{"core/decide", "github.com/jackc/pgx/v5"}, {"core/change", "net/http"}} {
		if forbidden(module+"/"+c[0], c[1]) == "" {
			t.Errorf("%s -> %s should be forbidden", c[0], c[1])
		}
	}
	for _, c := range [][2]string{{"loop/keep", "core/decide"}, {"cmd/cardea", "door/kisi"}, {"door/kisi", "wire"}} {
		if why := forbidden(module+"/"+c[0], module+"/"+c[1]); why != "" {
			t.Errorf("%s -> %s should be allowed: %s", c[0], c[1], why)
		}
	}
}

// surface is how many exported names a room may show; what is listed has a reason to show more than the rest.
var surface = map[string]int{
	"":                   403, // the words of the business; a push is seven of them
	"wire":               57,
	"store":              233, // one method for each thing that is kept, and a backup of it all
	"desk":               200, // one method for each thing a person can ask, and what it answers
	"desk/say":           97,
	"cmd/cardea/config":  52,
	"loop/looptest":      45, // one method for each thing that a door system can be made to do
	"sandbox/twin":       63, // one way of reading for each shape in a world file
	"sandbox":            40,
	"store/internal/gen": 1 << 20, // generated, and nobody but store sees it
	"console":            30,
	"door/brivo":         41, // one method for each ability, and it has ten
}

const usualSurface = 40

// TestRoomsShowLittle counts exported functions, methods, types, constants and variables outside tests.
func TestRoomsShowLittle(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		n := 0
		for _, f := range p.GoFiles {
			if strings.HasSuffix(f, "_templ.go") {
				continue
			}
			n += exported(t, filepath.Join(filepath.FromSlash(rel), f))
		}
		limit, ok := surface[rel]
		if !ok {
			limit = usualSurface
		}
		if n > limit {
			t.Errorf("%s exports %d names, more than %d: can less be shown?", p.ImportPath, n, limit)
		}
	}
}

func exported(t *testing.T, path string) int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || receiverShown(d)) {
				n++
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() {
						n++
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						if name.IsExported() {
							n++
						}
					}
				}
			}
		}
	}
	return n
}

// receiverShown says whether a method belongs to a type that others can name.
func receiverShown(d *ast.FuncDecl) bool {
	e := d.Recv.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.IsExported()
}
