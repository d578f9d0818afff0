package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// guideStep is one thing that a guide does: it writes a file, or it types a command and shows what is printed.
type guideStep struct {
	line     int // in the page, from 1
	file     string
	body     string
	command  string
	want     []string
	from, to int // where want stands among the page's lines
}

// steps reads a page. A block marked "```LANGUAGE FILE" is a file; "```console" is commands, each after "$ ", with what they print.
// A quote that is still open goes on in the next line. Other blocks are not looked at.
func steps(lines []string) ([]guideStep, error) {
	var out []guideStep
	for i := 0; i < len(lines); i++ {
		mark, fenced := strings.CutPrefix(lines[i], "```")
		if !fenced {
			continue
		}
		end := i + 1
		for end < len(lines) && lines[end] != "```" {
			end++
		}
		if end == len(lines) {
			return nil, fmt.Errorf("line %d: this block has no end", i+1)
		}
		_, file, named := strings.Cut(mark, " ")
		switch {
		case named:
			out = append(out, guideStep{line: i + 1, file: file, body: strings.Join(lines[i+1:end], "\n") + "\n"})
		case mark == "console":
			typed, err := typedIn(lines, i+1, end)
			if err != nil {
				return nil, err
			}
			out = append(out, typed...)
		}
		i = end
	}
	return out, nil
}

func typedIn(lines []string, from, end int) ([]guideStep, error) {
	var out []guideStep
	for i := from; i < end; i++ {
		command, typed := strings.CutPrefix(lines[i], "$ ")
		if !typed {
			if len(out) == 0 {
				return nil, fmt.Errorf("line %d: a console begins with a command, as \"$ cardea sync\"", i+1)
			}
			last := &out[len(out)-1]
			last.want, last.to = append(last.want, lines[i]), i+1
			continue
		}
		s := guideStep{line: i + 1, command: command}
		for _, whole := words(s.command); !whole; _, whole = words(s.command) {
			if i++; i == end {
				return nil, fmt.Errorf("line %d: a quote has no end", s.line)
			}
			s.command += "\n" + lines[i]
		}
		s.from, s.to = i+1, i+1
		out = append(out, s)
	}
	return out, nil
}

// words splits a command as a shell would, by blanks and quotes, and no more than that; false = a quote is open.
func words(command string) (list []string, whole bool) {
	var word strings.Builder
	quote, inside := rune(0), false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inside = r, true
		case quote == 0 && (r == ' ' || r == '\n'):
			if inside {
				list = append(list, word.String())
				word.Reset()
			}
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if inside {
		list = append(list, word.String())
	}
	return list, quote == 0
}

// alike says whether a text is what a guide shows. "..." stands for anything within a line, alone in a line for any lines.
func alike(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if strings.TrimSpace(want[0]) == "..." {
		for i := range len(got) + 1 {
			if alike(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && alikeLine(want[0], got[0]) && alike(want[1:], got[1:])
}

func alikeLine(want, got string) bool {
	parts := strings.Split(want, "...")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(got)
}

// fleeting is what differs each time: long hashes and random ids.
var fleeting = regexp.MustCompile(`[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// rewritten is the page with what was really printed, from the last step to the first. got[i] = nil leaves a step as it is.
func rewritten(lines []string, all []guideStep, got [][]string) []string {
	out := append([]string{}, lines...)
	for i := len(all) - 1; i >= 0; i-- {
		if got[i] == nil {
			continue
		}
		var fresh []string
		for _, l := range got[i] {
			fresh = append(fresh, fleeting.ReplaceAllString(l, "..."))
		}
		out = slices.Replace(out, all[i].from, all[i].to, fresh...)
	}
	return out
}
