package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var filterForm = regexp.MustCompile(`^members\[value eq (".*")\]$`)

func (f *fake) patch(id string, body []byte) *http.Response {
	var in struct {
		Operations []struct {
			Op, Path string
			Value    []row
		}
	}
	if err := json.Unmarshal(body, &in); err != nil || len(in.Operations) == 0 {
		return said(400, row{"scimType": "invalidSyntax", "detail": "cannot be read"})
	}
	was := slices.Clone(f.members[id])
	for n, o := range in.Operations {
		if f.capital == (o.Op == strings.ToLower(o.Op)) {
			return said(400, row{"scimType": "invalidSyntax", "detail": "unknown op " + o.Op})
		}
		remove := strings.EqualFold(o.Op, "remove")
		if remove && o.Path == "members" && o.Value == nil {
			f.t.Errorf("a bare remove of all members was sent: %s", body)
		}
		var gone []string
		switch m := filterForm.FindStringSubmatch(o.Path); {
		case !remove && o.Path == "members":
			for _, v := range o.Value {
				who := fmt.Sprint(v["value"])
				if byID(f.users, who) == nil && byID(f.groups, who) == nil {
					f.members[id] = was
					return said(404, row{"detail": "no user " + who})
				}
				if slices.ContainsFunc(f.members[id], func(m row) bool { return m["value"] == who }) {
					if f.conflictWhenIn {
						return said(409, row{"detail": "is in"})
					}
					continue
				}
				f.members[id] = append(f.members[id], v)
			}
		case remove && m != nil && f.remove == "value", remove && m == nil && f.remove == "":
			return said(400, row{"scimType": "invalidPath", "detail": "no such path"})
		case remove && m != nil && f.remove == "deaf", remove && m != nil && f.remove == "wipe":
		case remove && m == nil && f.remove == "wipe":
			f.members[id] = nil
		case remove && m != nil:
			who, _ := strconv.Unquote(m[1])
			at := slices.IndexFunc(was, func(m row) bool { return m["value"] == who })
			if f.remove == "shift" && at >= 0 { // by the index it had before the others went
				if at < len(f.members[id]) {
					f.members[id] = slices.Delete(slices.Clone(f.members[id]), at, at+1)
				}
				continue
			}
			gone = append(gone, who)
		case remove:
			for _, v := range o.Value {
				gone = append(gone, fmt.Sprint(v["value"]))
			}
		default:
			f.t.Errorf("operation %d of %s", n, body)
		}
		f.members[id] = slices.DeleteFunc(slices.Clone(f.members[id]), func(m row) bool {
			return slices.Contains(gone, fmt.Sprint(m["value"]))
		})
	}
	return said(204, nil)
}
