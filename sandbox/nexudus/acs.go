package nexudus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-access/cardea/sandbox/answer"
	"github.com/cardea-access/cardea/sandbox/twin"
)

// Fetch asks for a document: its body when the answer was 200.
type Fetch func(ctx context.Context, url string, h http.Header) ([]byte, error)

// Group is one group as our groups route answered it (4.3).
type Group struct {
	Business string `json:"business"` // the name of the business that asked
	ID       string `json:"id"`
	Name     string `json:"name"`
}

// integration is the Custom ACS page of one business, with the groups that were fetched for it.
type integration struct {
	ACS

	business int64
	groups   []Group
}

// getTimeout is how long our groups route may take.
const getTimeout = 10 * time.Second

// getGroups fetches by HTTP GET.
func getGroups(ctx context.Context, url string, h http.Header) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	req.Header = h.Clone()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	if err != nil {
		return nil, fmt.Errorf("groups of %s: %w", url, err)
	}
	return body, nil
}

// integrations checks the pages of Custom ACS. The webhook URL is HTTPS only (4.3).
func (v *Vendor) integrations(s state, list []ACS) ([]integration, error) {
	var out []integration
	for _, a := range list {
		id, known := s.t["businesses"].words[a.Business]
		if n, err := strconv.ParseInt(a.Business, 10, 64); err == nil {
			id, known = n, true
		}
		if !known || s.t["businesses"].rows[id] == nil {
			return nil, fmt.Errorf("nexudus.acs: there is no business %q", a.Business)
		}
		if !strings.HasPrefix(a.WebhookURL, "https://") && v.switches.Is("acs_https", "required") {
			return nil, fmt.Errorf("nexudus.acs: the webhook URL of %q must begin with https://", a.Business)
		}
		out = append(out, integration{ACS: a, business: id})
	}
	return out, nil
}

// AccessGroups is what somebody does who opens the mapping page: it asks our groups route of every business and keeps the answer.
// From then on an item may be mapped to a group by its name too.
func (v *Vendor) AccessGroups(ctx context.Context) ([]Group, error) {
	v.mu.Lock()
	pages := slices.Clone(v.acs)
	who := worldUser
	if len(v.users) > 0 {
		who = v.users[0].Email
	}
	names := map[int64]row{}
	for _, p := range pages {
		names[p.business] = v.state.t["businesses"].rows[p.business]
	}
	v.mu.Unlock()
	if len(pages) == 0 {
		return nil, errors.New("this world has no acs")
	}
	all := []Group{}
	for i, p := range pages {
		h := http.Header{"Accept": {"application/json"}}
		h.Set("X-Nexudus-Business-Uniqueid", text(names[p.business], "UniqueId"))
		h.Set("X-Nexudus-User-Uniqueid", guid("user", who))
		if p.GroupsToken != "" {
			h.Set("Authorization", "Bearer "+p.GroupsToken)
		}
		body, err := v.fetch(ctx, p.GroupsURL, h)
		if err != nil {
			return nil, err
		}
		if pages[i].groups, err = readGroups(body, text(names[p.business], "Name")); err != nil {
			return nil, err
		}
		all = append(all, pages[i].groups...)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.acs = pages
	return all, nil
}

// readGroups reads a JSON array of groups, each with an id of its own; the exact keys were not captured, id and name are taken.
func readGroups(body []byte, business string) ([]Group, error) {
	var list []map[string]any
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("the groups are not a JSON array of objects: %w", err)
	}
	out, seen := []Group{}, map[string]bool{}
	for _, one := range list {
		g := Group{Business: business}
		for k, value := range one {
			s := twin.As[string](value)
			if n, ok := value.(float64); ok {
				s = strconv.FormatFloat(n, 'f', -1, 64)
			}
			switch strings.ToLower(k) {
			case "id":
				g.ID = s
			case "name":
				g.Name = s
			default:
			}
		}
		if g.ID == "" || seen[g.ID] {
			return nil, fmt.Errorf("group %q has no id of its own", g.Name)
		}
		seen[g.ID] = true
		out = append(out, g)
	}
	return out, nil
}

// PushAccess pushes every coworker, as the bulk action "Update access control" does.
func (v *Vendor) PushAccess() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tick()
	all := map[int64]bool{}
	for _, id := range v.state.t["coworkers"].order {
		all[id] = true
	}
	v.outbox.Send(v.pushes(v.view(), all)...)
}

// pushes are the POSTs to our push route for coworkers whose access may have changed, and for those in the teams that they
// pay for.
func (v *Vendor) pushes(w *view, access map[int64]bool) []twin.Delivery {
	if len(v.acs) == 0 || len(access) == 0 {
		return nil
	}
	wanted := maps.Clone(access)
	for id := range access {
		for _, team := range w.by("teams", "PayingMemberId", id) {
			for _, m := range twin.As[[]any](team["TeamMembers"]) {
				wanted[idOf(m)] = true
			}
		}
	}
	var out []twin.Delivery
	for _, p := range v.acs {
		for _, id := range slices.Sorted(maps.Keys(wanted)) {
			who := v.state.t["coworkers"].rows[id]
			if who == nil {
				continue
			}
			rights := v.entitled(w, who, p.business)
			at := w.full(v.state.cs.by["coworkers"], who)
			if len(rights) == 0 && !listed(at, "Businesses", p.business) {
				continue
			}
			body, err := answer.Encode(v.push(w, p, who, rights))
			if err != nil {
				continue // plain JSON values: this cannot happen
			}
			h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
			if p.WebhookBearer != "" {
				h.Set("Authorization", "Bearer "+p.WebhookBearer)
			}
			out = append(out, twin.Delivery{URL: p.WebhookURL, Header: h, Body: body, Done: func(err error) { v.pushed(id, err) }})
		}
	}
	return out
}

// push is the body: the whole of what the person has now (4.3).
func (v *Vendor) push(w *view, p integration, who row, rights entitlement) row {
	b := v.state.t["businesses"].rows[p.business]
	person := row{"id": who["Id"], "email": who["Email"], "uniqueId": who["UniqueId"], "accessPincode": who["AccessPincode"]}
	switch {
	case v.switches.Is("acs_names", "snake"):
		person["full_name"] = who["FullName"]
		person["access_card_id"], person["key_fob_number"] = who["AccessCardId"], who["KeyFobNumber"]
	case v.switches.Is("acs_names", "camel"):
		person["fullName"] = who["FullName"]
		person["accessCardId"], person["keyFobNumber"] = who["AccessCardId"], who["KeyFobNumber"]
	}
	groups, schedule := []string{}, []row{}
	for _, name := range slices.Sorted(maps.Keys(rights)) {
		id := p.group(name)
		groups = append(groups, id)
		switch until := rights[name]; {
		case !until.IsZero():
			schedule = append(schedule, row{"group": id, "expires_on": stamp(until)})
		case v.switches.Is("acs_open_end", "null"):
			schedule = append(schedule, row{"group": id, "expires_on": nil})
		}
	}
	return row{
		"time": stamp(w.now), "business": row{"id": b["Id"], "name": b["Name"], "uniqueId": b["UniqueId"]}, "coworker": person,
		"groups": groups, "schedule": schedule,
	}
}

// group is the id of a mapped group; a name counts once the groups were fetched.
func (p integration) group(name string) string {
	for _, g := range p.groups {
		if g.Name == name {
			return g.ID
		}
	}
	return name
}

// pushed notes a push that failed in Nexudus' own log; it is not sent again: no retry is documented (4.3).
func (v *Vendor) pushed(coworker int64, failed error) {
	if failed == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	x := v.state.edit(worldUser, v.now())
	x.put(v.state.cs.by["coworkeraccesscontrolaudits"], row{
		"CoworkerId": float64(coworker), "Description": "Access could not be updated: " + failed.Error(), "IsProblem": true,
	})
}
