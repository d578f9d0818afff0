package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// journal is where what goes on beside the answer is told: a server's log, or a line in words for who sits at the command line.
func (f *common) journal(s settings) *slog.Logger {
	if s.log == nil || s.timed || f.Verbose {
		return f.logger(s.log)
	}
	return slog.New(inWords{to: s.log})
}

// inWords tells warnings as commands tell errors: a sentence, and what it is about. Nothing less is told.
type inWords struct {
	to    io.Writer
	attrs []slog.Attr
}

// Enabled says whether a record of a level is told.
func (inWords) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle tells a record in one line.
func (w inWords) Handle(_ context.Context, r slog.Record) error {
	about, why := []string{}, ""
	tell := func(a slog.Attr) bool {
		if a.Key == "error" {
			why = ": " + a.Value.String()
		} else {
			about = append(about, a.Key+" "+a.Value.String())
		}
		return true
	}
	for _, a := range w.attrs {
		tell(a)
	}
	r.Attrs(tell)
	text := r.Message
	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}
	_, err := fmt.Fprintln(w.to, "cardea:", text+why)
	return err
}

// WithAttrs adds to what every record is about.
func (w inWords) WithAttrs(attrs []slog.Attr) slog.Handler {
	return inWords{w.to, append(slices.Clip(w.attrs), attrs...)}
}

// WithGroup keeps names as they are: a line has no groups.
func (w inWords) WithGroup(string) slog.Handler { return w }
