package decide

import "github.com/cardea-access/cardea"

// slab hands out slices of one array, so that many small lists cost one allocation.
type slab[T any] struct {
	free []T
	made int
}

// take returns n fresh values. The arrays grow with what was asked for before, so that few people cost little.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.made = min(max(2*s.made, 8), 8192)
		s.free = make([]T, max(n, s.made))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// put copies a list.
func (s *slab[T]) put(list []T) []T {
	out := s.take(len(list))
	copy(out, list)
	return out
}

// page is how many reasons stand in one array. It is small enough to be still at hand in a processor's cache, where it was
// cleared, when it is filled.
const page = 1024

// pages are reasons by number. What is handed out by of stays where it is only when nothing is added any more.
type pages struct {
	list [][]cardea.Reason
	n    int
	most int // about how many there will be, so that few people cost little
}

// add makes room for the next reason, to be filled before another is added.
func (p *pages) add() *cardea.Reason {
	if p.n%page == 0 {
		p.list = append(p.list, make([]cardea.Reason, 0, min(page, max(p.most-p.n, p.n, 4))))
	}
	last := &p.list[len(p.list)-1]
	if len(*last) < cap(*last) {
		*last = (*last)[:len(*last)+1]
	} else {
		*last = append(*last, cardea.Reason{})
	}
	p.n++
	return &(*last)[len(*last)-1]
}

// of returns a reason, alone in a list.
func (p *pages) of(i int32) []cardea.Reason {
	n := uint32(i)
	at := n % page
	return p.list[n/page][at : at+1 : at+1]
}
