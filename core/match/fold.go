package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Fold brings an e-mail address to the form in which addresses are compared: trimmed, lower-cased, the domain in its
// ASCII (IDNA) form without a final dot. It returns false when the text is no usable address: no single @, an empty
// side, white space, control characters, or the brackets and commas of address lists. Fold is idempotent.
//
// Nothing else is guessed: "ana+door@x.test" and "ana@x.test" are two addresses.
func Fold(email string) (string, bool) {
	email = strings.TrimSpace(email)
	at := strings.IndexByte(email, '@')
	if at <= 0 || at == len(email)-1 || strings.IndexByte(email[at+1:], '@') >= 0 {
		return "", false
	}
	plain := true
	for i := range len(email) {
		c := email[i]
		if c >= utf8.RuneSelf {
			plain = false
			continue
		}
		if c <= ' ' || c == 0x7f || strings.IndexByte(`<>,;:"()[]\`, c) >= 0 {
			return "", false
		}
	}
	if plain && plainDomain(email[at+1:]) {
		return strings.ToLower(email), true
	}
	return foldWide(email[:at], email[at+1:])
}

// plainDomain says whether a domain can be compared by lower-casing alone: letters, digits, hyphens and single inner
// dots, and no label in the punycode form that IDNA would have to check.
func plainDomain(d string) bool {
	last := byte('.')
	for i := range len(d) {
		c := d[i]
		switch {
		case c == '.' && last == '.':
			return false
		case c == '.', c == '-', c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		default:
			return false
		}
		last = c
	}
	return last != '.' && !strings.Contains(strings.ToLower(d), "xn--")
}

// foldWide folds an address that is not plain ASCII or whose domain needs IDNA.
func foldWide(local, domain string) (string, bool) {
	if !utf8.ValidString(local) || !utf8.ValidString(domain) {
		return "", false
	}
	for _, r := range local {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError {
			return "", false
		}
	}
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
	domain, err := profile.ToASCII(strings.TrimSuffix(domain, "."))
	if err != nil || domain == "" || !plainish(domain) {
		return "", false
	}
	return strings.ToLower(local) + "@" + strings.ToLower(domain), true
}

// plainish says whether a mapped domain is a list of non-empty labels of printable ASCII.
func plainish(d string) bool {
	last := byte('.')
	for i := range len(d) {
		c := d[i]
		if c == '.' && last == '.' || c <= ' ' || c >= 0x7f || strings.IndexByte(`<>,;:"()[]\@`, c) >= 0 {
			return false
		}
		last = c
	}
	return last != '.'
}
