package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const gone = "[redacted]"

var (
	// An e-mail address, its @ plain or escaped as in a query. Only the local part goes: the domain helps to find faults.
	mailPattern = regexp.MustCompile(`[^\s"<>,;:&=/?()\[\]{}\\]+?(@|%40)((?:[\pL\pN-]+\.)+\pL{2,})`)
	// name=value and "name":"value" where the name speaks of a secret.
	pairPattern = regexp.MustCompile(`(?i)([A-Za-z0-9_.-]*(?:secret|token|password|passwd|api_?key|authorization|cookie|` +
		`pin_?code|private_?key|access_?card|key_?fob)` +
		`[A-Za-z0-9_.-]*["']?\s*[=:]\s*["']?)([^"'&\s,;}]+)`)
	// Credentials are long; "a basic plan" is none.
	bearerPattern = regexp.MustCompile(
		`(?i)\b(bearer|basic|kisi-login|kisi-group-link|kisi-access-key)\s+[A-Za-z0-9._~+/=-]{12,}`)
	secretName = regexp.MustCompile(
		`(?i)(secret|token|password|passwd|api_?-?key|authorization|cookie|signature|(^|_)otp($|_)|(^|_)pin($|_)|` +
			`pin_?code|private_?key|access_?card|key_?fob)`) // and what people open doors with
	// What people type at a keypad. Of what bears the name single words and digits go: a refusal is filed under it too, and its
	// sentence stays.
	codeName = regexp.MustCompile(`(?i)(access|gate)[_-]?code|code[_-]?entered`)
	// An access code in free text: accessCode=1, "code_entered":"1", access code 1.
	codePattern = regexp.MustCompile(`(?i)((?:(?:access|gate)[ _-]?code|code[ _-]?entered)[\\"'\s:=#]*)[0-9]+`)
	// codeDigits are as many as a code has: a status has three.
	codeDigits = regexp.MustCompile(`\b[0-9]{4,10}\b`)
	wholeCode  = regexp.MustCompile(`^\s*[0-9]{4,10}\s*$`)
	// visitorMark names a field that only somebody has who may be let in: beside it, "code" is what they type and no error's number.
	visitorMark = regexp.MustCompile(`(?i)^(is_?tenant|is_?portal_?visitor|is_?locked_?out|access_?profile(_?id)?|time_?group(_?id)?)$`)
)

// redactor takes secrets and the local parts of e-mail addresses out of text.
type redactor struct{ secrets []string }

// newRedactor takes the secrets in every form in which they may travel. Values under four bytes are no secrets.
func newRedactor(secrets []string) *redactor {
	r := &redactor{}
	for _, s := range secrets {
		if len(s) < 4 {
			continue
		}
		forms := []string{s, url.QueryEscape(s), url.PathEscape(s)}
		if b, err := json.Marshal(s); err == nil {
			forms = append(forms, strings.Trim(string(b), `"`))
		}
		r.secrets = append(r.secrets, forms...)
	}
	// Longest first: a secret may begin with another one.
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
	r.secrets = slices.Compact(r.secrets)
	return r
}

// text cleans free text.
func (r *redactor) text(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, gone)
	}
	s = bearerPattern.ReplaceAllString(s, "${1} "+gone)
	s = pairPattern.ReplaceAllString(s, "${1}"+gone)
	s = codePattern.ReplaceAllString(s, "${1}"+gone)
	return mailPattern.ReplaceAllString(s, "***${1}${2}")
}

// error keeps an error's chain but prints it cleaned.
func (r *redactor) error(err error) error {
	if err == nil {
		return nil
	}
	return &cleaned{text: r.text(harmless(err.Error())), cause: err}
}

type cleaned struct {
	text  string
	cause error
}

// Error prints the cleaned text.
func (c *cleaned) Error() string { return c.text }

// Unwrap returns the error as it was, for errors.Is and errors.As.
func (c *cleaned) Unwrap() error { return c.cause }

// header returns the headers on one line each, without secrets.
func (r *redactor) header(h http.Header) map[string]string {
	out := map[string]string{}
	for k, vs := range h {
		if secretName.MatchString(k) {
			out[k] = gone
			continue
		}
		out[k] = r.text(strings.Join(vs, ", "))
	}
	return out
}

// body cleans a JSON, form or other body.
func (r *redactor) body(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return ""
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if d.Decode(&v) == nil && !d.More() {
		if clean, err := json.Marshal(r.value(v)); err == nil {
			return string(clean)
		}
	}
	return r.text(strings.ToValidUTF8(string(b), "?"))
}

func (r *redactor) value(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			switch {
			case secretName.MatchString(k):
				v[k] = gone
			case codeName.MatchString(k):
				v[k] = r.code(e)
			case strings.EqualFold(k, "code") && isCode(e) && isVisitor(v):
				v[k] = gone
			default:
				v[k] = r.value(e)
			}
		}
		return v
	case []any:
		for i, e := range v {
			v[i] = r.value(e)
		}
		return v
	case string:
		return r.text(v)
	}
	return v
}

// code cleans what bears the name of an access code: the code itself, or what is said of one.
func (r *redactor) code(v any) any {
	switch v := v.(type) {
	case json.Number:
		return gone
	case string:
		// One word is a code, of digits or, as Brivo's of invitations, of letters too; a refusal has several.
		if v = strings.TrimSpace(v); v != "" && (!strings.ContainsFunc(v, unicode.IsSpace) || strings.Trim(v, "0123456789 ") == "") {
			return gone
		}
		return codeDigits.ReplaceAllString(r.text(v), gone)
	case []any:
		for i, e := range v {
			v[i] = r.code(e)
		}
		return v
	}
	return r.value(v)
}

// isCode says whether a value is 4 to 10 digits, as text or as a number.
func isCode(v any) bool {
	switch v := v.(type) {
	case string:
		return wholeCode.MatchString(v)
	case json.Number:
		return wholeCode.MatchString(v.String())
	}
	return false
}

func isVisitor(object map[string]any) bool {
	for k := range object {
		if visitorMark.MatchString(k) {
			return true
		}
	}
	return false
}

// Redact cleans a piece of an answer for a report: e-mail addresses keep their domain only, and what bears the name of a
// secret is gone.
func Redact(body []byte) []byte { return []byte(newRedactor(nil).body(body)) }
