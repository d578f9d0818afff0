// Command mutants plants bugs and sees whether the tests find them. Each mutant of the list names a file, a text in it, what
// the text becomes, and the tests that must fail then. The tree is not touched: the changed file is laid over it for the
// one test run. A mutant that survives, or whose text is not there any more, fails the command.
//
//	mutants -root .. -list ../testdata/mutants.json [-only NAME] [-rooms]
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

type mutant struct {
	Name    string `json:"name"`
	File    string `json:"file"`
	From    string `json:"from"`
	To      string `json:"to"`
	Package string `json:"package"`
	Run     string `json:"run"`
}

func main() {
	root := flag.String("root", ".", "root of the repository")
	list := flag.String("list", "testdata/mutants.json", "the mutants")
	only := flag.String("only", "", "plant this one alone")
	rooms := flag.Bool("rooms", false, "leave out the bugs that only a run from end to end finds")
	flag.Parse()
	if err := all(*root, *list, *only, *rooms); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func all(root, list, only string, rooms bool) error {
	text, err := os.ReadFile(filepath.Join(root, list))
	if err != nil {
		return err
	}
	var ms []mutant
	if err := json.Unmarshal(text, &ms); err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var chosen []mutant
	for _, m := range ms {
		if (only == "" || m.Name == only) && !(rooms && strings.HasPrefix(m.Package, "./cmd/")) {
			chosen = append(chosen, m)
		}
	}
	survived, found, failed := []string{}, 0, []error{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	todo := make(chan mutant)
	for n := range runtime.NumCPU() {
		own := filepath.Join(dir, strconv.Itoa(n))
		if err := os.Mkdir(own, 0o700); err != nil {
			return err
		}
		wg.Go(func() {
			for m := range todo {
				lives, err := plant(root, own, m)
				mu.Lock()
				switch {
				case err != nil:
					failed = append(failed, fmt.Errorf("%s: %w", m.Name, err))
				case lives:
					survived = append(survived, m.Name)
					fmt.Printf("SURVIVED  %s\n", m.Name)
				default:
					found++
					fmt.Printf("found     %s\n", m.Name)
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range chosen {
		todo <- m
	}
	close(todo)
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if len(survived) > 0 {
		return fmt.Errorf("%d planted bugs were not found: %s", len(survived), strings.Join(survived, ", "))
	}
	fmt.Printf("all %d planted bugs were found\n", found)
	return nil
}

// plant runs the tests with the mutant in place and says whether it lived.
func plant(root, dir string, m mutant) (bool, error) {
	path, err := filepath.Abs(filepath.Join(root, m.File))
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if n := bytes.Count(text, []byte(m.From)); n != 1 {
		return false, fmt.Errorf("%s holds %q %d times, want once", m.File, m.From, n)
	}
	changed := filepath.Join(dir, filepath.Base(path))
	if err := os.WriteFile(changed, bytes.Replace(text, []byte(m.From), []byte(m.To), 1), 0o600); err != nil {
		return false, err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		return false, err
	}
	over := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(over, overlay, 0o600); err != nil {
		return false, err
	}
	test := exec.Command("go", "test", "-overlay", over, "-count=1", "-run", m.Run, m.Package)
	test.Dir = root
	out, err := test.CombinedOutput()
	if bytes.Contains(out, []byte("[build failed]")) || bytes.Contains(out, []byte("[setup failed]")) {
		return false, fmt.Errorf("it does not build, and proves nothing: %s", out)
	}
	if err == nil && bytes.Contains(out, []byte("no tests to run")) {
		return false, fmt.Errorf("no test is called %s in %s", m.Run, m.Package)
	}
	return err == nil, nil
}
