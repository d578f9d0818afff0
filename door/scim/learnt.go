package scim

import "time"

// learnt is what was found out about the server's habits. It lives as long as the System; a new one finds out again, but for what
// it could not see any more (habit.go).
type learnt struct {
	noLessGroups bool // excludedAttributes=members is refused
	noAttributes bool // attributes=members is refused, or answered without members that are there
	listsHide    bool // lists leave out members that a group read by its id shows
	shows        bool // a group read by its id was seen with members
	kept         bool // and later processes will know
	blind        bool // it took a member in and shows none
	provedAt     time.Time
	counts       bool // totalResults was more than the rows of a page: it counts the list

	noFilter map[string]bool // attributes by which users cannot be searched

	plainType bool // application/scim+json is refused as a body
	capital   bool // wants "Add" and "Remove"
	patched   bool // a PATCH went through
	noPatch   bool // PATCH is refused
	ways      [wayPut]trust
}

// trust is what is known of one way of taking a member out by PATCH.
type trust struct {
	missed int  // how often it was answered well and the member was still there
	broken bool // it does not work, or takes others out as well
	proven bool // it took one member out and left the others
	many   bool // several members went out at once, and nobody else
	single bool // several at once went wrong: one at a time
}

// way is how members are taken out of a group.
type way int

const (
	wayFilter way = iota // {"op":"remove","path":"members[value eq \"id\"]"} (RFC 7644 3.5.2.2)
	wayValue             // {"op":"remove","path":"members","value":[{"value":"id"}]}: servers made for Entra
	wayPut               // the whole group, guarded by its version (RFC 7644 3.5.1, 3.14)
	wayNone
)

// knows returns what was learnt so far.
func (s *System) knows() learnt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.learnt
}

// learn notes a habit.
func (s *System) learn(note func(*learnt)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	note(&s.learnt)
}

// way chooses how to take members out: the first that is not known to fail.
func (k learnt) way(p provider) way {
	for w := wayFilter; w < wayPut && p.patch && !k.noPatch; w++ {
		if !k.ways[w].broken {
			return w
		}
	}
	if p.etag {
		return wayPut
	}
	return wayNone
}
