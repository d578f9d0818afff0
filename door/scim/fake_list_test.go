package scim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func (f *fake) create(body []byte) *http.Response {
	var in row
	if err := json.Unmarshal(body, &in); err != nil {
		return said(400, row{"scimType": "invalidSyntax"})
	}
	for _, u := range f.users {
		if strings.EqualFold(fmt.Sprint(u["userName"]), fmt.Sprint(in["userName"])) {
			return said(409, row{"scimType": "uniqueness", "detail": "userName is taken"})
		}
	}
	f.lastID++
	in["id"] = strconv.Itoa(f.lastID)
	f.users = append(f.users, in)
	return said(201, in)
}

var eqFilter = regexp.MustCompile(`^(\S+) eq (".*")$`)

func (f *fake) list(all []row, q url.Values, show func(row, url.Values) row) *http.Response {
	fit := all
	if filter := q.Get("filter"); filter != "" && !f.ignoreFilter {
		m := eqFilter.FindStringSubmatch(filter)
		if m == nil || m[1] == f.refuseFilter || f.noFilter {
			return said(400, row{"scimType": "invalidFilter", "detail": filter})
		}
		var want string
		if err := json.Unmarshal([]byte(m[2]), &want); err != nil {
			f.t.Errorf("filter %s: %v", filter, err)
		}
		fit = slices.DeleteFunc(slices.Clone(all), func(r row) bool { return !matches(r, m[1], want) })
	}
	count, err := strconv.Atoi(q.Get("count"))
	start, err2 := strconv.Atoi(q.Get("startIndex"))
	if err != nil || err2 != nil || start < 1 {
		f.t.Errorf("a page without bounds: %v", q)
	}
	if f.pageCap > 0 {
		count = min(count, f.pageCap)
	}
	if f.maxResults > 0 {
		count = min(count, f.maxResults)
	}
	if f.ignoreStart || f.ignoreCount {
		start = 1
	}
	if f.ignoreCount {
		count = len(fit)
	}
	page := []row{}
	for _, r := range fit[min(start-1, len(fit)):min(start-1+count, len(fit))] {
		page = append(page, show(r, q))
	}
	out := row{"totalResults": len(fit), "itemsPerPage": 7, "startIndex": 3, "Resources": page}
	if f.pageTotal {
		out["totalResults"] = len(page)
	}
	if f.noTotal {
		delete(out, "totalResults")
	}
	if len(page) == 0 {
		delete(out, "Resources")
	}
	return said(200, out)
}

func matches(r row, attribute, want string) bool {
	if attribute == "emails.value" {
		es, _ := json.Marshal(r["emails"])
		var rows []row
		if json.Unmarshal(es, &rows) != nil {
			return false
		}
		return slices.ContainsFunc(rows, func(e row) bool { return strings.EqualFold(fmt.Sprint(e["value"]), want) })
	}
	return strings.EqualFold(fmt.Sprint(r[attribute]), want)
}

func said(status int, body any) *http.Response {
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(b))}
}
