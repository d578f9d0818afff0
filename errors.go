package cardea

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Class says what a caller may do about an error. Nobody matches on text.
type Class string

// The classes. Unknown is for a write whose outcome nobody can tell: look before doing it again.
const (
	Retry     Class = "retry"     // passing trouble: the same call may go through later
	Throttled Class = "throttled" // the vendor's limit: see After
	Auth      Class = "auth"      // credentials are missing, wrong, expired or not allowed to do this
	Rejected  Class = "rejected"  // the request or configuration is wrong and stays wrong
	NotFound  Class = "notfound"
	Conflict  Class = "conflict" // it is there already, or moved meanwhile
	Unknown   Class = "unknown"
)

// Error is an error with a class, a plain sentence that says what a person can do, and its cause.
type Error struct {
	Class Class
	Text  string
	After time.Duration // Throttled: how long the vendor asks to wait; 0 = it did not say
	Cause error
}

// Error prints the sentence and its cause.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Text
	}
	if e.Text == "" {
		return e.Cause.Error()
	}
	return e.Text + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error. A %w in the format becomes its cause as well as part of the sentence.
func Errorf(class Class, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	if cause := errors.Unwrap(wrapped); cause != nil {
		return &Error{Class: class, Cause: wrapped}
	}
	return &Error{Class: class, Text: wrapped.Error()}
}

// ClassOf returns the class of the outermost Error in the chain: Retry for a deadline that passed, Unknown for anything
// without a class, and "" for nil.
func ClassOf(err error) Class {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Class
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Retry
	}
	return Unknown
}
