package opentech_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (f *fake) addUnit(in row) *http.Response {
	number, _ := in["unitNumber"].(string)
	if len(number) > 9 {
		return said(400, row{"UnitNumber": []string{"must be at most 9 characters"}})
	}
	for _, u := range f.units {
		if strings.EqualFold(u["unitNumber"].(string), number) {
			return said(400, row{"UnitNumber": []string{"already exists"}})
		}
	}
	f.lastID++
	return said(200, f.unit(f.lastID, number, "Vacant"))
}

func (f *fake) addVisitor(in row) *http.Response {
	f.sent = append(f.sent, in)
	for _, v := range f.visitors {
		if v["code"] == in["accessCode"] && v["isEnabled"] == true {
			return said(400, row{"AccessCode": []string{fmt.Sprintf("the access code %v is a duplicate", in["accessCode"])}})
		}
	}
	unit, _ := in["unitId"].(float64)
	if in["isTenant"] == true && unit == 0 {
		return said(400, row{"": []string{"A visitor cannot be marked as tenant unless assigned to a unit"}})
	}
	f.lastID++
	v := f.visitor(f.lastID, int(unit), "", row{
		"name": fmt.Sprint(in["firstName"], " ", in["lastName"]), "isTenant": in["isTenant"], "isPortalVisitor": in["isPortalVisitor"],
		"code": in["accessCode"], "email": in["email"], "extendedData": in["extendedData"],
	})
	f.attribute(v, in)
	u := f.find(f.units, strconv.Itoa(int(unit)))
	if in["isTenant"] == true {
		u["status"] = "Rented"
	}
	return said(200, row{"visitor": v, "unit": u})
}

func (f *fake) attribute(v, in row) {
	for field, list := range map[string]string{"timeGroup": "timegroups", "accessProfile": "accessprofiles"} {
		id, ok := in[field+"Id"].(float64)
		if !ok {
			continue
		}
		v[field+"Id"] = int(id)
		if x := f.find(f.lists[list], strconv.Itoa(int(id))); x != nil {
			v[field+"Name"] = x["name"]
		}
	}
}

func (f *fake) already() *http.Response {
	if f.says400 {
		return said(400, row{"": []string{"It is already in that state"}})
	}
	return said(409, nil)
}

func (f *fake) onUnit(parts []string) *http.Response {
	u := f.find(f.units, parts[1])
	if u == nil {
		return said(404, nil)
	}
	on := func(v row) bool { return v["unitId"] == u["id"] }
	switch strings.Join(parts[2:], "/") {
	case "vacate":
		if u["status"] == "Vacant" {
			return said(500, nil) // nobody knows what it does: it must not be sent
		}
		u["status"] = "Vacant"
		for _, v := range f.visitors {
			if on(v) {
				v["isEnabled"], v["isLockedOut"] = false, true
			}
		}
		if !f.keepsVacated {
			f.visitors = slices.DeleteFunc(f.visitors, on)
		}
	case "disable":
		if u["status"] == "Delinquent" {
			return f.already()
		}
		u["status"] = "Delinquent"
	case "enable":
		if u["status"] == "Rented" {
			return f.already()
		}
		u["status"] = "Rented"
		for _, v := range f.visitors {
			if f.unitShutsAll && on(v) {
				v["isEnabled"], v["isLockedOut"] = true, false
			}
		}
	case "delete/vacant":
		if u["status"] != "Vacant" {
			return said(200, false)
		}
		f.units = slices.DeleteFunc(f.units, func(o row) bool { return o["id"] == u["id"] })
		return said(200, true)
	}
	return said(200, u)
}

func (f *fake) onVisitor(parts []string, r *http.Request) *http.Response {
	v := f.find(f.visitors, parts[1])
	if v == nil {
		return said(404, nil)
	}
	switch parts[2] {
	case "disable", "enable":
		on := parts[2] == "enable"
		if v["isEnabled"] == on {
			return f.already()
		}
		v["isEnabled"], v["isLockedOut"] = on, !on
	case "remove":
		f.visitors = slices.DeleteFunc(f.visitors, func(o row) bool { return o["id"] == v["id"] })
	case "update":
		in := bodyOf(r)
		f.sent = append(f.sent, in)
		if c, ok := in["accessCode"]; ok {
			v["code"] = c
		}
		if u, ok := in["unitId"].(float64); ok && !f.moveKeepsUnit {
			f.place(v, int(u))
		}
		f.attribute(v, in)
	}
	return said(200, v)
}

func bodyOf(r *http.Request) row {
	var in row
	_ = json.NewDecoder(r.Body).Decode(&in)
	return in
}

func list(rows []row) []row { return append([]row{}, rows...) }

func said(status int, body any) *http.Response {
	var b []byte
	if body != nil {
		b, _ = json.Marshal(body)
	}
	return raw(status, string(b))
}

func raw(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(body)))}
}
