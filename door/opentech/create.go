package opentech

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

// newVisitor is the body of a create (vendors/opentech-kinnovis.md 2.6).
type newVisitor struct {
	UnitID       int64             `json:"unitId,omitempty"`
	IsTenant     bool              `json:"isTenant"`
	IsPortal     bool              `json:"isPortalVisitor"`
	Code         string            `json:"accessCode"`
	First        string            `json:"firstName"`
	Last         string            `json:"lastName"`
	Email        string            `json:"email,omitempty"`
	Phone        string            `json:"mobilePhoneNumber,omitempty"`
	TimeGroup    *int64            `json:"timeGroupId,omitempty"`
	Profile      *int64            `json:"accessProfileId,omitempty"`
	ExtendedData map[string]string `json:"extendedData"`
}

// make makes a visitor. What is meant is remembered before it is sent, with the code, and what came of it afterwards.
func (s *System) make(ctx context.Context, e cardea.Edge, at spot, c crowd, vw *view) (string, error) {
	body, err := s.bodyOf(ctx, e, at, vw)
	if err != nil {
		return "", err
	}
	n := &note{Account: e.Account, Group: e.Group, Made: true}
	if old := vw.book.notes[n.id()]; old != nil {
		n.Past = slices.Clone(old.Past)
		if old.Visitor != 0 {
			n.Past = append(n.Past, old.Visitor)
		}
		if old.Made {
			n.Former = old.Visitor
		}
		n.Past = slices.DeleteFunc(n.Past, func(id int64) bool { // who is not listed any more needs no note
			return c.odd == 0 && !slices.ContainsFunc(c.visitors, func(v visitor) bool { return v.id == id })
		})
	}
	for _, v := range c.visitors {
		n.Before = append(n.Before, v.id)
		// Whoever is off on a vacant unit moved out, also when nobody told us: on the rented one they would look locked out.
		if at.isUnit() && at.unit.state == cardea.UnitVacant && !v.enabled && !slices.Contains(n.Past, v.id) {
			n.Past = append(n.Past, v.id)
		}
	}
	if n.code, err = s.freeCode(ctx, vw.book); err != nil {
		return "", err
	}
	if err := s.keep(ctx, vw.book, n); err != nil {
		return "", err
	}
	return s.send(ctx, body, n, at, c, vw.book)
}

// freeCode draws a code that nobody of the facility has, as far as anybody knows.
func (s *System) freeCode(ctx context.Context, b *book) (string, error) {
	shown, err := s.shownCodes(ctx)
	if err != nil {
		return "", err
	}
	ours := map[string]bool{}
	for _, n := range b.notes {
		ours[n.code], ours[n.next] = true, true
	}
	return drawCode(s.c.Rand, s.c.CodeLength, func(code string) bool { return !shown[code] && !ours[code] })
}

// bodyOf is what is sent of an edge, but for the code. Errors: Rejected.
func (s *System) bodyOf(ctx context.Context, e cardea.Edge, at spot, vw *view) (newVisitor, error) {
	who, known := vw.people.get(e.Account)
	if e.Who != nil {
		who, known = personOf(*e.Who), true
	}
	if !known {
		return newVisitor{}, cardea.Errorf(cardea.Rejected, "nobody says whom account %s on %s is for", e.Account, e.Group)
	}
	out := newVisitor{
		IsTenant: at.isUnit() && !e.Guest, IsPortal: !at.isUnit(), Email: who.Email,
		ExtendedData: map[string]string{extendedKey: string(e.Account)},
	}
	out.First, out.Last = namesOf(who)
	if phoneDigits(who.Phone) >= 10 { // the vendor refuses shorter ones, and nobody is kept out for a phone number
		out.Phone = who.Phone
	}
	if at.isUnit() {
		out.UnitID = at.unit.id
	}
	var err error
	out.Profile, out.TimeGroup, err = s.attributes(ctx, e, at)
	return out, err
}

// namesOf splits a name that is kept as one at its last space. Both are required: a missing one is "-".
func namesOf(p person) (first, last string) {
	first, last = p.First, p.Last
	if first == "" && last == "" {
		first = p.Name
		if i := strings.LastIndexByte(p.Name, ' '); i > 0 {
			first, last = trim(p.Name[:i]), trim(p.Name[i+1:])
		}
	}
	return cmp.Or(first, "-"), cmp.Or(last, "-")
}

func phoneDigits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// send makes the visitor of a note. It is never repeated blindly: only a refusal, which made nothing, is followed by one more
// call, with another code when the code was refused, and when a tenant was, with those out of the way who moved out.
func (s *System) send(ctx context.Context, body newVisitor, n *note, at spot, c crowd, b *book) (string, error) {
	path, err := s.under(ctx, "visitors")
	if err != nil {
		return "", err
	}
	recoded, cleared := false, false
	for {
		body.Code = n.code
		ans, err := s.post(ctx, path, body)
		switch {
		case err == nil:
			return s.made(ctx, ans.Body, n, at, b)
		case refusedCode(ans) && !recoded:
			recoded = true
			refused := n.code
			next := *n
			if next.code, err = s.freeCode(ctx, b); err != nil {
				return "", hide(err, refused)
			}
			n = &next
			if err := s.keep(ctx, b, n); err != nil {
				return "", err
			}
			continue
		case refuses(ans) && !refusedCode(ans) && body.IsTenant && !cleared:
			cleared = true
			still, e := s.removeTenants(ctx, at, c, n, b)
			if e != nil {
				return "", hide(e, n.code)
			}
			if still == nil {
				continue
			}
			if len(still) > 0 {
				err = cardea.Errorf(cardea.ClassOf(err), "%w; visitor %d moved out and may still count as the tenant of unit %q: remove "+
					"them at OpenTech", err, still[0], at.unit.number)
			}
		case ans.Status >= 500:
			// Even a 503 may stand before a visitor that was made.
			err = cardea.Errorf(cardea.Unknown, "it is not known whether the visitor was made: %w", err)
		}
		return "", hide(s.unmade(ctx, n, b, err), n.code)
	}
}

// removeTenants removes tenants of ours who are off and listed: the vendor may count them as the tenant that a unit has. A unit
// is vacated when its last one goes; this is for those who went before that, or from a unit that showed as vacant. nil = one was
// removed, and the unit may be let again; else who still stands there, if anybody.
func (s *System) removeTenants(ctx context.Context, at spot, c crowd, intent *note, b *book) ([]int64, error) {
	still := []int64{}
	removed := false
	for _, v := range c.visitors {
		n := b.of[v.id]
		if !v.tenant || stands(v, at, b) != taken {
			continue
		}
		if ours := n != nil && n.Made || v.id == intent.Former; !ours {
			still = append(still, v.id)
			continue
		}
		switch err := s.visitor(ctx, v.id, "remove"); cardea.ClassOf(err) {
		case "", cardea.NotFound:
			removed = true
			if n == nil {
				continue // the intent says that it is bygone
			}
			if err := s.bury(ctx, b, n, v.id); err != nil {
				return nil, err
			}
		case cardea.Rejected:
			still = append(still, v.id)
		case cardea.Auth, cardea.Retry, cardea.Throttled, cardea.Conflict, cardea.Unknown:
			return nil, err
		}
	}
	if removed {
		return nil, nil
	}
	return still, nil
}

// unmade strikes the intent out when it is certain that nothing was made.
func (s *System) unmade(ctx context.Context, n *note, b *book, err error) error {
	switch cardea.ClassOf(err) {
	case cardea.Rejected, cardea.NotFound, cardea.Auth:
	case cardea.Unknown, cardea.Retry, cardea.Throttled, cardea.Conflict:
		return err // the next Grant looks first
	}
	if len(n.Past) == 0 {
		if e := s.forget(ctx, b, n); e != nil {
			return e
		}
		return err
	}
	if e := s.keep(ctx, b, bygone(n)); e != nil {
		return e
	}
	return err
}

// bygone is a note of which only the visitors of earlier rentals are left.
func bygone(n *note) *note { return &note{Account: n.Account, Group: n.Group, Past: n.Past} }

// made reads the answer of a create, {visitor, unit}, and remembers the visitor.
func (s *System) made(ctx context.Context, answer []byte, n *note, at spot, b *book) (string, error) {
	var f object.Fields
	if json.Unmarshal(answer, &f) != nil {
		return "", cardea.Errorf(cardea.Unknown, "%s: the visitor was made, but the answer cannot be read", s.client.Name())
	}
	row := f.Object("visitor")
	if row == nil {
		row = f
	}
	id, ok := row.ID("id")
	if !ok {
		return "", cardea.Errorf(cardea.Unknown, "%s: the visitor was made, but the answer does not say which it is", s.client.Name())
	}
	if unit, ok := optional(row, "unitId"); at.isUnit() && ok && unit != 0 && unit != at.unit.id {
		return "", cardea.Errorf(cardea.Unknown, "%s: visitor %d was made on another unit than was asked for", s.client.Name(), id)
	}
	own := *n
	own.Visitor, own.Before = id, nil
	if shown, ok := row.Loose("code"); ok && isCode(shown) {
		own.code = shown // what the vendor made of it is what opens
	}
	if err := s.keep(ctx, b, &own); err != nil {
		return "", cardea.Errorf(cardea.Unknown, "visitor %d was made, but: %w", id, err)
	}
	return number(id), nil
}

func isCode(s string) bool {
	return s != "" && len(s) <= maxCode && strings.Trim(s, "0123456789") == ""
}

// settle finds out what became of a visitor that was meant to be made: it bears our mark or shows our code, or it is not
// there and is made with the code that was meant. A visitor that came meanwhile and shows neither is for a person to
// judge: it may be ours, and a second one would open as well.
func (s *System) settle(ctx context.Context, e cardea.Edge, at spot, c crowd, vw *view, n *note) (string, error) {
	for _, byMark := range []bool{true, false} {
		for _, v := range c.visitors {
			other := vw.book.of[v.id]
			if other != nil || byMark && v.key != string(e.Account) || !byMark && !n.knows(v.code) {
				continue
			}
			own := *n
			own.Visitor, own.Before = v.id, nil
			if err := s.keep(ctx, vw.book, &own); err != nil {
				return "", err
			}
			if !v.enabled && stands(v, at, vw.book) == lockedAtGate {
				return "", cardea.Errorf(cardea.Conflict,
					"visitor %d of %s was locked out at the gate; let them in there first", v.id, e.Group)
			}
			return v.ref(), nil
		}
	}
	for _, v := range c.visitors {
		if v.enabled && v.key == "" && vw.book.of[v.id] == nil && !slices.Contains(n.Before, v.id) {
			return "", cardea.Errorf(cardea.Conflict,
				"visitor %d appeared on %s while Cardea made one, and nobody can tell whether it is that one: look at OpenTech "+
					"and remove it there if it is; the next run makes it anew", v.id, e.Group)
		}
	}
	if err := s.otherTenant(e, at, c, vw); err != nil {
		return "", err
	}
	body, err := s.bodyOf(ctx, e, at, vw)
	if err != nil {
		return "", err
	}
	return s.send(ctx, body, n, at, c, vw.book)
}
