package scim

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

const schemaPatch = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// operation is one step of a PATCH (RFC 7644 3.5.2). A "remove" of path "members" without a value would empty the group:
// change.operations is the only maker of removals, and makes none without one.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// change is what is to become of a group's members: rows that come, and ids that go by one way.
type change struct {
	add    []json.RawMessage
	remove []string
	by     way
}

func adding(ids []string) change {
	c := change{}
	for _, id := range ids {
		if row, err := json.Marshal(map[string]string{"value": id}); err == nil {
			c.add = append(c.add, row)
		}
	}
	return c
}

// operations writes the change as a PATCH.
func (c change) operations(capital bool) []operation {
	var ops []operation
	if len(c.add) > 0 {
		ops = append(ops, operation{Op: "add", Path: "members", Value: c.add})
	}
	switch {
	case len(c.remove) == 0:
	case c.by == wayFilter:
		for _, id := range c.remove {
			ops = append(ops, operation{Op: "remove", Path: "members[value eq " + quoted(id) + "]"})
		}
	case c.by == wayValue:
		ops = append(ops, operation{Op: "remove", Path: "members", Value: adding(c.remove).add})
	}
	if capital {
		for i, o := range ops {
			ops[i].Op = strings.ToUpper(o.Op[:1]) + o.Op[1:]
		}
	}
	return ops
}

// write changes a group from how it was seen, and returns the status of the answer. Errors: as of wire; Conflict with 412
// when it moved meanwhile; Rejected when the server can neither PATCH nor guard a PUT.
func (s *System) write(ctx context.Context, v view, c change) (int, error) {
	p, err := s.features(ctx)
	if err != nil {
		return 0, err
	}
	if c.by == wayPut || !p.patch || s.knows().noPatch {
		return s.put(ctx, v, c, p)
	}
	version := ""
	if p.etag {
		version = v.version
	}
	status, err := s.patch(ctx, v.group, c, version)
	if status == http.StatusMethodNotAllowed || (status == http.StatusNotImplemented && len(c.remove) == 0) {
		s.learn(func(k *learnt) { k.noPatch = true })
		return s.put(ctx, v, c, p)
	}
	return status, err
}

// patch sends the change. Until a PATCH has gone through, one that is refused for its operations is sent once more with
// them capitalised, as older servers want them: a refused PATCH changed nothing.
func (s *System) patch(ctx context.Context, group string, c change, version string) (int, error) {
	k := s.knows()
	ans, err := s.patchAs(ctx, group, c, version, k.capital)
	if err != nil && ans.Status == http.StatusBadRequest && aboutOp(ans.Body) && !k.capital && !k.patched {
		again, err2 := s.patchAs(ctx, group, c, version, true)
		if err2 == nil {
			s.learn(func(k *learnt) { k.capital = true })
			ans, err = again, nil
		} else if cardea.ClassOf(err2) != cardea.Rejected {
			return again.Status, err2
		}
	}
	if err == nil {
		s.learn(func(k *learnt) { k.patched = true })
	}
	return ans.Status, err
}

func (s *System) patchAs(ctx context.Context, group string, c change, version string, capital bool) (answered, error) {
	body := map[string]any{"schemas": []string{schemaPatch}, "Operations": c.operations(capital)}
	ans, err := s.send(ctx, http.MethodPatch, "/Groups/"+url.PathEscape(group), body, version)
	return answered{ans.Status, ans.Body}, err
}

var opWord = regexp.MustCompile(`(?i)\bop(eration)?s?\b`)

// aboutOp says whether a refusal is about the syntax, or speaks of the operation.
func aboutOp(body []byte) bool {
	return strings.EqualFold(scimType(body), typeInvalidSyntax) || opWord.MatchString(wire.Said(body))
}

// answered is what a write was answered with.
type answered struct {
	Status int
	Body   []byte
}

// put writes the whole group as it was just read, with the change made, on the condition that nobody changed it meanwhile.
// Without versions it is refused: it would undo what others did. Errors: as of wire; Rejected; Conflict with 412.
func (s *System) put(ctx context.Context, v view, c change, p provider) (int, error) {
	if !p.etag {
		return 0, cardea.Errorf(cardea.Rejected, "%s: the server takes no PATCH and gives no ETags; writing group %s whole would "+
			"overwrite what others change, so nothing was written. Switch one of the two on", s.client.Name(), v.group)
	}
	v, err := s.groupBy(ctx, v.group, false) // with everything that must be written back
	switch {
	case err != nil:
		return 0, err
	case !v.there:
		return http.StatusNotFound, cardea.Errorf(cardea.NotFound, "%s: there is no group %s", s.client.Name(), v.group)
	case v.version == "":
		return 0, cardea.Errorf(cardea.Rejected, "%s: group %s came without an ETag, so that it cannot be written whole without "+
			"overwriting what others change", s.client.Name(), v.group)
	case v.says != some && !s.knows().shows, len(v.broken) > 0: // an empty list that is not true would become true
		return 0, s.hides([]string{v.group})
	}
	members := append([]json.RawMessage{}, c.add...)
	gone := map[string]bool{}
	for _, id := range c.remove {
		gone[id] = true
	}
	for _, m := range v.members {
		if m.foreign != "" || !gone[m.id] {
			members = append(members, m.raw)
		}
	}
	body := map[string]any{}
	for k, raw := range maps.All(v.whole) {
		if !strings.EqualFold(k, "members") && !strings.EqualFold(k, "meta") { // meta is the server's own
			body[k] = raw
		}
	}
	body["members"] = members
	ans, err := s.send(ctx, http.MethodPut, "/Groups/"+url.PathEscape(v.group), body, v.version)
	return ans.Status, err
}
