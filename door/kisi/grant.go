package kisi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire"
)

type newAssignment struct {
	AppliesToType string  `json:"applies_to_type"`
	AppliesToID   int64   `json:"applies_to_id"`
	AssigneeType  string  `json:"assignee_type"`
	AssigneeID    int64   `json:"assignee_id"`
	RoleID        string  `json:"role_id"`
	Notify        *bool   `json:"notify,omitempty"`
	ValidFrom     *string `json:"valid_from,omitempty"`
	ValidUntil    *string `json:"valid_until,omitempty"`
}

// seconds is the window in whole seconds, as it is written: never earlier and never longer than was said.
func seconds(w cardea.Window) cardea.Window {
	if w.From.Bounded() {
		if r := mod(w.From); r > 0 {
			w.From += cardea.Second - r
		}
	}
	if w.Until.Bounded() {
		w.Until -= mod(w.Until)
	}
	return w
}

func mod(i cardea.Instant) cardea.Instant {
	return ((i % cardea.Second) + cardea.Second) % cardea.Second
}

func written(i cardea.Instant) *string {
	if !i.Bounded() {
		return nil
	}
	s := i.Time().Format(time.RFC3339)
	return &s
}

// Grant implements door.System: POST /role_assignments with role group_basic. An edge that is there already with the same
// window is a success. Errors by position: Conflict when another window or another right is there, Rejected for an edge
// that Kisi cannot hold, Unknown when Kisi kept another window than it was told.
func (s *System) Grant(ctx context.Context, es []cardea.Edge) ([]string, []error) {
	refs, errs := make([]string, len(es)), make([]error, len(es))
	for i, e := range es {
		refs[i], errs[i] = s.put(ctx, e, flagOf(e.Mails))
	}
	return refs, errs
}

func (s *System) put(ctx context.Context, e cardea.Edge, notify *bool) (string, error) {
	body, err := bodyOf(e, notify)
	if err != nil {
		return "", err
	}
	var raw json.RawMessage
	_, err = s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodPost, Path: "/role_assignments",
		Body: map[string]newAssignment{"role_assignment": body}, Out: &raw,
	})
	if cardea.ClassOf(err) == cardea.Conflict {
		return s.already(ctx, e, err)
	}
	if err != nil {
		return "", s.forbidden(ctx, e, err)
	}
	made, bad := assignmentOf(raw)
	switch {
	case bad != nil:
		return "", cardea.Errorf(cardea.Unknown, "%s: the right was given, but %s", s.client.Name(), bad.Why)
	case made.edge.Key() != e.Key() || made.edge.Foreign != "":
		return "", cardea.Errorf(cardea.Unknown, "%s: another right was given than was asked for", s.client.Name())
	case seconds(made.edge.Window) != seconds(e.Window):
		return "", cardea.Errorf(cardea.Unknown, "%s: the right was given from %s until %s instead of from %s until %s",
			s.client.Name(), made.edge.Window.From, made.edge.Window.Until, e.Window.From, e.Window.Until)
	}
	return made.edge.Ref, nil
}

func bodyOf(e cardea.Edge, notify *bool) (newAssignment, error) {
	group, err := vendorID(string(e.Group))
	if err != nil {
		return newAssignment{}, err
	}
	account, err := vendorID(string(e.Account))
	if err != nil {
		return newAssignment{}, err
	}
	w := seconds(e.Window)
	if e.Foreign != "" || w.Empty() || w.From == cardea.Never || w.Until == cardea.Always {
		return newAssignment{}, cardea.Errorf(cardea.Rejected,
			"the entry of account %s in group %s from %s until %s cannot be given", e.Account, e.Group, e.Window.From, e.Window.Until)
	}
	return newAssignment{
		AppliesToType: onGroup, AppliesToID: group, AssigneeType: ofUser, AssigneeID: account, RoleID: roleBasic,
		Notify: notify, ValidFrom: written(w.From), ValidUntil: written(w.Until),
	}, nil
}

// already settles a right that Kisi says is there: it is what was wanted, or something else is.
func (s *System) already(ctx context.Context, e cardea.Edge, conflict error) (string, error) {
	found, err := s.between(ctx, e)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		if f.Foreign == "" && seconds(f.Window) == seconds(e.Window) {
			return f.Ref, nil
		}
	}
	if len(found) == 0 {
		return "", cardea.Errorf(cardea.Conflict, "Kisi says that the right is there but does not show it: %w", conflict)
	}
	what := found[0].Foreign
	if what == "" {
		what = "from " + found[0].Window.From.String() + " until " + found[0].Window.Until.String()
	}
	return "", cardea.Errorf(cardea.Conflict, "another right is there (%s): %w", what, conflict)
}

// Revoke implements door.System: DELETE /role_assignments/{id}; one that is not there is a success. An edge without a Ref
// is looked up first; one with a Ref is looked at: a right keeps its id when somebody makes a manager of its user
// (vendors/kisi.md 2.3). Foreign ones are refused (Rejected, or Conflict when only the look shows it).
func (s *System) Revoke(ctx context.Context, es []cardea.Edge) []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = s.take(ctx, e)
	}
	return errs
}

func (s *System) take(ctx context.Context, e cardea.Edge) error {
	if e.Foreign != "" {
		return cardea.Errorf(cardea.Rejected, "the entry of account %s in group %s is %s and is never taken away",
			e.Account, e.Group, e.Foreign)
	}
	if e.Ref != "" {
		if err := s.plain(ctx, e); err != nil {
			return err
		}
		return s.forbidden(ctx, e, s.remove(ctx, e.Ref))
	}
	found, err := s.between(ctx, e)
	if err != nil {
		return err
	}
	if err := onlyPlain(found); err != nil {
		return err
	}
	for _, f := range found {
		if err := s.remove(ctx, f.Ref); err != nil {
			return s.forbidden(ctx, e, err)
		}
	}
	return nil
}

// plain says whether what the Ref of an edge names is still that edge, and nobody's else. One that does not show is left to the
// removal itself.
func (s *System) plain(ctx context.Context, e cardea.Edge) error {
	id, err := vendorID(e.Ref)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if err := s.get(ctx, "/role_assignments/"+number(id), &raw); err != nil {
		if cardea.ClassOf(err) == cardea.NotFound {
			return nil
		}
		return err
	}
	a, bad := assignmentOf(raw)
	switch {
	case bad != nil:
		return cardea.Errorf(cardea.Retry, "%s: role assignment %s cannot be read: %s", s.client.Name(), e.Ref, bad.Why)
	case a.on != onGroup || a.edge.Key() != e.Key():
		return cardea.Errorf(cardea.Conflict, "role assignment %s is not that of account %s in group %s any more", e.Ref, e.Account, e.Group)
	}
	return onlyPlain([]cardea.Edge{a.edge})
}

func onlyPlain(es []cardea.Edge) error {
	for _, e := range es {
		if e.Foreign != "" {
			return cardea.Errorf(cardea.Conflict, "account %s holds %s in group %s, which is not ours to change",
				e.Account, e.Foreign, e.Group)
		}
	}
	return nil
}

func (s *System) remove(ctx context.Context, ref string) error {
	id, err := vendorID(ref)
	if err != nil {
		return err
	}
	_, err = s.client.Do(ctx, wire.Call{
		Class: wire.Write, Method: http.MethodDelete, Path: "/role_assignments/" + number(id),
	})
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil
	}
	return err
}
