package space

import (
	"errors"

	"github.com/cardea-access/cardea"
)

// Brought are the records that a read has handed on: each is handed on once, however often it is listed.
type Brought map[cardea.Key]bool

// Fresh says whether the record is brought for the first time, and has it brought.
func (b Brought) Fresh(k cardea.Key) bool {
	if b[k] {
		return false
	}
	b[k] = true
	return true
}

// UnreadableError is the error of an answer that came but does not fit.
type UnreadableError struct {
	Err error
	Raw []byte // as much of the answer as may be shown
}

// Error prints why it does not fit.
func (e UnreadableError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e UnreadableError) Unwrap() error { return e.Err }

// Take files what a read by id brought: a record, one that is missing, or one that cannot be read. Errors: any other, as it is.
func (b Brought) Take(p *cardea.Pages, k cardea.Key, rec cardea.Record, err error) error {
	odd, unreadable := errors.AsType[UnreadableError](err)
	switch {
	case err == nil && !b.Fresh(k):
		return nil
	case err == nil:
		p.Add([]cardea.Record{rec}, cardea.Mark{Ended: true})
		return nil
	case unreadable:
		p.Bad(odd.Raw, []cardea.Key{k}, odd.Error())
	case cardea.ClassOf(err) == cardea.NotFound:
		p.Missing(k)
	default:
		return err
	}
	p.Add(nil, cardea.Mark{Ended: true})
	return nil
}
