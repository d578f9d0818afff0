package desk

import (
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
)

// mends says, by the code of an issue, what to type about it: an issue's text says what is the matter, its mend what to do.
// {integration}, {connection}, {person} and {group} stand for what the issue is about, and id for the issue itself. Codes that
// only a person at the vendor's can mend have the command that shows whether it is mended.
var mends = map[string]string{ //nolint:gosec // "pass" is in some codes, and none is a secret
	// A person is waited for.
	"brake": "cardea holds", "frozen": "cardea unfreeze {integration}", "unconfirmed": "cardea sync {integration}",
	"outcome-unknown": "cardea sync {integration}", "op-failed": "cardea sync {integration}",
	"at-risk":                "cardea due",
	"revocation-unconfirmed": "cardea sync {integration}", "blocked-but-in": "cardea sync {integration}",
	// Reading.
	"read-incomplete": "cardea doctor", "read-suspect": "cardea sync {integration}", "record-refused": "cardea sync {integration}",
	"records-refused": "cardea sync {integration}", "door-incomplete": "cardea doctor", "door-suspect": "cardea sync {integration}",
	// Names and mappings.
	"renamed": "cardea doctor", "mapping-target-gone": "cardea doctor", "unknown-zone": "cardea doctor", "group-gone": "cardea doctor",
	"group-withheld":  "cardea doctor",
	"unit-permission": "cardea doctor", "unit-number-twice": "cardea doctor", "no-zone": "cardea doctor",
	"integration-refused": "cardea doctor",
	// People and accounts.
	"shared-account": "cardea conflicts", "two-accounts": "cardea conflicts",
	"account-gone": "cardea sync {integration}", "account-shut": "cardea explain --person {person} --group {group}",
	"name-differs": "cardea issues drop {id}", "email-differs": "cardea conflicts", "not-invited": "cardea issues drop {id}",
	"cannot-be-given": "cardea explain --person {person} --group {group}",
	"left-but-named":  "cardea explain --person {person} --group {group}",
	"no-email":        "cardea explain --person {person} --group {group}",
	"account-renamed": "cardea drift", "phone-differs": "cardea issues drop {id}",
	// Sides that are silent, leave, or write beside us.
	"space-stale": "cardea doctor", "connection-closed": "cardea doctor", "integration-left": "cardea doctor",
	"still-observed": "cardea preview {integration}", "second-writer": "cardea release --code contested",
	"too-many-groups": "cardea mappings {integration}", "pass-not-issued": "cardea doctor",
	// What is in a group and is not ours.
	"unknown-account": "cardea preview {integration}", "staff-in-group": "cardea issues drop {id}",
	"foreign-member": "cardea issues drop {id}", "edge-not-ours": "cardea issues drop {id}",
	// Records.
	"bad-recurrence": "cardea sync {integration}", "no-holder": "cardea sync {integration}", "dangling": "cardea sync {integration}",
	"hooks-silent": "cardea hooks check {connection}", "hooks-off": "cardea hooks install {connection}",
	"hook-off": "cardea hooks install {connection}", "unreadable": "cardea doctor", "plan-without-passes": "cardea issues drop {id}",
	"push-unresolved": "cardea mappings {integration}", "push-differs": "cardea explain --person {person} --group {group}",
	"no-valid-pass": "cardea issues drop {id}", "webhook-failing": "cardea webhooks test {connection}",
	"webhook-off": "cardea webhooks test {connection}",
	"no-location": "cardea issues drop {id}", "computed-differs": "cardea issues drop {id}",
}

// atVendor are the codes of what doctor finds at vendors; it is mended there, and doctor tells when it is.
var atVendor = []string{
	"not-examined", "door-locked-down", "door-not-set-up", "door-offline", "group-has-links", "directory-beside-us",
	"group-own-times", "group-opens-nothing", "group-app-off", "group-restricted", "members-not-shown", "account-without-email",
	"no-provider-config", "no-patch", "no-filter", "no-etag", "no-single-removal", "duplicate-unit-number", "no-smart-locks",
	"unit-without-lock", "rented-by-nobody", "unknown-default", "facility-status", "emergency", "lockdown",
	"passes-used-up", "seats-used-up", "site-lapsed", "site-not-released", "accounts-suspended", "accounts-uninvited",
	"assumed-contract", "units-without-permissions", "bookings-without-unit", "locations-without-zone",
	"shares-without-customer",
}

// Mend says what to type about an issue; empty for a code that nobody gave a mend.
func Mend(i cardea.Issue, id, connection, integration string) string {
	text, known := mends[i.Code]
	if !known && slices.Contains(atVendor, i.Code) {
		text = "cardea doctor"
	}
	person, group := word(string(i.Person)), "id:"+word(string(i.Group))
	if i.Person == "" {
		person = word(string(i.Account))
	}
	if strings.Contains(text, "{person}") && (i.Person == "" || i.Group == "") {
		text = "cardea sync {integration}" // it cannot be asked by name
	}
	if id == "" && strings.Contains(text, "{id}") {
		text = "cardea issues"
	}
	return strings.TrimSpace(strings.NewReplacer(
		"{id}", id, "{connection}", word(connection), "{integration}", word(integration), "{person}", person, "{group}", group,
	).Replace(text))
}

// word is a text as one word of a command line.
func word(s string) string {
	plain := func(r rune) bool {
		return r < 128 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@+,=", r))
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
