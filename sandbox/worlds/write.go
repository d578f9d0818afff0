package worlds

import (
	"fmt"
	"strconv"
	"strings"
)

// file writes a world file, one record to a line.
type file struct{ strings.Builder }

func (f *file) linef(format string, args ...any) {
	fmt.Fprintf(&f.Builder, format, args...)
	f.WriteByte('\n')
}

// rec writes one record from key, value pairs; empty strings, nil lists and false are left out.
func (f *file) rec(pairs ...any) {
	f.WriteString("    - {")
	first := true
	for i := 0; i+1 < len(pairs); i += 2 {
		v := value(pairs[i+1])
		if v == "" {
			continue
		}
		if !first {
			f.WriteString(", ")
		}
		first = false
		fmt.Fprintf(&f.Builder, "%s: %s", pairs[i], v)
	}
	f.WriteString("}\n")
}

// raw is a value that is YAML already.
type raw string

func value(v any) string {
	switch v := v.(type) {
	case raw:
		return string(v)
	case string:
		if v == "" {
			return ""
		}
		return strconv.Quote(v)
	case []string:
		if len(v) == 0 {
			return ""
		}
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case bool:
		if !v {
			return ""
		}
		return "true"
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// slug makes a readable id.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
