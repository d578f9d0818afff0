package scim

import (
	"errors"
	"strings"
	"testing"
)

func ana() row {
	return row{
		"id": 7.0, "userName": "Ana@x.test", "active": true, "displayName": "Ana Alves", "title": "",
		"name": row{"familyName": "Alves"}, "meta": row{"lastModified": "2026-11-23T09:00:00Z"},
		"emails": []any{
			row{"value": "ana@x.test", "type": "work", "primary": true}, row{"value": "home@y.test", "type": "home"},
		},
		enterpriseURN: row{"department": "Tour", "manager": row{"value": "9"}},
	}
}

func TestFiltersMatch(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]bool{
		`userName eq "ana@x.test"`: true, `USERNAME EQ "ANA@X.TEST"`: true, `userName ne "ana@x.test"`: false,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ANA"`: true, `userName co "x.t"`: true, `userName ew "test"`: true,
		`id eq "7"`: true, `id eq 7`: true, `id eq "8"`: false,
		`active eq true`: true, `active eq "True"`: true, `active ne true`: false, `active eq false`: false,
		`title pr`: false, `name pr`: true, `name.familyName eq "alves"`: true, `name.givenName pr`: false,
		`nickName eq null`: true, `title eq null`: true, `displayName eq null`: false, `displayName ne null`: true,
		`emails eq "home@y.test"`: true, `emails.type eq "home"`: true, `emails.value co "z."`: false,
		`emails[type eq "work" and value ew "x.test"]`: true, `emails[type eq "work" and value ew "y.test"]`: false,
		`emails.type eq "work" and emails.value ew "y.test"`:                              true, // of different values
		`meta.lastModified ge "2026-11-23T10:00:00+01:00"`:                                true,
		`meta.lastModified gt "2026-11-23T09:00:00Z"`:                                     false,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tour"`: true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "9"`: true,
		`active eq false and title pr or displayName sw "a"`:                              true, // and binds first
		`active eq false and (title pr or displayName sw "a")`:                            false,
		`not (active eq true) or not (title pr)`:                                          true,
		`not (active eq true or title pr)`:                                                false,
		`displayName gt "aaa" and displayName lt "b" and displayName le "ana alves"`:      true,
		`displayName eq "Ana \"x\" Alves"`:                                                false,
		`emails[not (type eq "work")] and emails[primary eq true]`:                        true,
	} {
		e, err := parseFilter(filter, users.lookup, false)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got := e.match(ana()); got != want {
			t.Errorf("%s: %v", filter, got)
		}
		if back, err := parseFilter(e.String(), users.lookup, false); err != nil || back.String() != e.String() {
			t.Errorf("%s is written as %s: %v", filter, e, err)
		}
	}
	e, err := parseFilter(`userName eq "ana@x.test"`, users.lookup, true)
	if err != nil || e.match(ana()) {
		t.Errorf("by letter case: %v", err)
	}
}

func TestFiltersAreRefused(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{
		"", " ", "userName", "userName eq", `userName "x"`, `userName is "x"`, `userName eq x`, `userName eq 'x'`, `userName eq "x`,
		`(userName eq "x"`, `userName eq "x")`, `userName eq "x" and`, `userName eq "x" "y"`, `not userName eq "x"`, `nothing eq "x"`,
		`active gt true`, `active co "t"`, `active eq "yes"`, `active eq 1`, `userName eq true`, `userName gt null`, `userName eq 7`,
		`meta.lastModified gt "yesterday"`, `name eq "x"`, `meta eq "x"`, `emails[type eq "work"`, `emails[emails[type eq "w"]]`,
		`emails [type eq "work"]`, `userName[value eq "x"]`, `emails.type[value eq "x"]`, `emails[userName eq "x"]`,
		`foo:userName eq "x"`, `emails.type.x eq "y"`, `userName eq {}`, `"userName" eq "x"`, "]", strings.Repeat("(", 99) + "id pr",
		`id eq "` + strings.Repeat("x", maxFilter) + `"`,
	} {
		_, err := parseFilter(filter, users.lookup, false)
		var e *refusalError
		if !errors.As(err, &e) || e.status != 400 || e.scimType != "invalidFilter" {
			t.Errorf("%.60q: %v", filter, err)
		}
	}
}

func TestPathsAreRead(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		`members`: "members", `members[value eq "x"]`: `members[value eq "x"]`, `MEMBERS[VALUE EQ "x"]`: `MEMBERS[VALUE eq "x"]`,
		groupURN + `:members`:                           groupURN + ":members",
		`members[value eq "a" or value eq "b"].display`: `members[value eq "a" or value eq "b"].display`,
		`displayName`:                                   "displayName",
	} {
		p, err := parsePath(path, groups)
		if err != nil || p.String() != want {
			t.Errorf("%s: %s %v", path, p, err)
		}
	}
	for path, scimType := range map[string]string{
		"": "invalidPath", "nothing": "invalidPath", "members.": "invalidPath", "members x": "invalidPath",
		"members.nothing":        "invalidPath",
		`members [value eq "x"]`: "invalidPath", `members[value eq "x"] .type`: "invalidPath", `members[value eq "x"].`: "invalidPath",
		`members[value eq "x"].type.x`: "invalidPath", `displayName[value eq "x"]`: "invalidPath",
		`members.value[value eq "x"]`: "invalidPath",
		`members[value eq x]`:         "invalidFilter", `members[value eq "x"`: "invalidFilter", `members[]`: "invalidFilter",
		`members[nothing eq "x"]`: "invalidFilter",
	} {
		_, err := parsePath(path, groups)
		var e *refusalError
		if !errors.As(err, &e) || e.scimType != scimType {
			t.Errorf("%q: %v, want %s", path, err, scimType)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(`userName eq "a" and (emails[type eq "work"] or not (active eq true))`)
	f.Add(`id eq 7 or meta.created gt "2026-11-23T09:00:00Z"`)
	f.Add(`urn:ietf:params:scim:schemas:core:2.0:User:userName pr`)
	f.Fuzz(func(t *testing.T, s string) {
		e, err := parseFilter(s, users.lookup, false)
		if err != nil {
			var r *refusalError
			if !errors.As(err, &r) || r.status != 400 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		got := e.match(ana())
		if (negation{e}).match(ana()) == got {
			t.Fatalf("%q and its opposite agree", s)
		}
		written := e.String()
		if len(written) > maxFilter {
			return
		}
		back, err := parseFilter(written, users.lookup, false)
		if err != nil || back.String() != written || back.match(ana()) != got {
			t.Fatalf("%q is written as %q, which is read as %v: %v", s, written, back, err)
		}
	})
}

func FuzzPath(f *testing.F) {
	f.Add(`members[value eq "x"].display`)
	f.Add(`urn:ietf:params:scim:schemas:core:2.0:Group:displayName`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, k := range []*kind{users, groups} {
			p, err := parsePath(s, k)
			if err != nil {
				var r *refusalError
				if !errors.As(err, &r) || r.status != 400 {
					t.Fatalf("%q: %v", s, err)
				}
				continue
			}
			written := p.String()
			if back, err := parsePath(written, k); len(written) <= maxFilter && (err != nil || back.String() != written) {
				t.Fatalf("%q is written as %q: %v", s, written, err)
			}
		}
	})
}
