package main

import (
	"regexp"
	"strings"
)

// wrongLines are what the parser says of a command line that cannot be read, and how it is told.
var wrongLines = []struct {
	parser *regexp.Regexp
	told   string
}{
	{
		regexp.MustCompile(`^(--?\S+): expected \S+ value but got ("[^"]*") \((?:short|long) flag\).*$`),
		`$1 needs a value, and $2 looks like a flag`,
	},
	{
		regexp.MustCompile(`^(--?\S+): expected duration but got ("[^"]*"): .*$`),
		`$1: $2 is no span of time: write one such as 90s, 15m or 24h`,
	},
	{regexp.MustCompile(`one of "",`), `one of `},
	{regexp.MustCompile(`","`), `", "`},
}

// wrongLine tells what is wrong with a command line.
func wrongLine(err error) string {
	text := err.Error()
	for _, w := range wrongLines {
		text = w.parser.ReplaceAllString(text, w.told)
	}
	return strings.TrimSpace(text)
}
