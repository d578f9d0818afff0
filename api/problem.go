package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/cardea-access/cardea"
)

// problem is every error of the API.
type problem struct {
	status int
	header http.Header

	Code    cardea.Class `json:"code"    doc:"For programs." enum:"retry,throttled,auth,rejected,notfound,conflict,unknown"`
	Message string       `json:"message" doc:"For people: what is the matter and what to do."`
}

// Error is the sentence.
func (p *problem) Error() string { return p.Message }

// GetStatus is the status of the answer.
func (p *problem) GetStatus() int { return p.status }

// GetHeaders are headers of the answer.
func (p *problem) GetHeaders() http.Header { return p.header }

// statuses of the classes. Auth is the vendor's word where the desk says it: what is the matter with a token is told elsewhere.
var statuses = map[cardea.Class]int{
	cardea.Retry: http.StatusServiceUnavailable, cardea.Throttled: http.StatusTooManyRequests, cardea.Auth: http.StatusBadGateway,
	cardea.Rejected: http.StatusUnprocessableEntity, cardea.NotFound: http.StatusNotFound, cardea.Conflict: http.StatusConflict,
	cardea.Unknown: http.StatusInternalServerError,
}

// documented are the statuses that a route may answer with besides 200.
var documented = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
	http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable,
}

// problemOf turns an error of the desk into an answer. Its sentence is told where it is about what was asked; what is about this
// machine or its database stands in the log alone.
func (s *server) problemOf(ctx context.Context, where string, err error) *problem {
	p := &problem{Code: cardea.ClassOf(err), Message: err.Error()}
	p.status = statuses[p.Code]
	var ours *cardea.Error
	if errors.As(err, &ours) && ours.After > 0 {
		p.header = http.Header{"Retry-After": {seconds(ours.After)}}
	}
	switch p.Code {
	case cardea.Retry:
		p.Message = "Cardea cannot look at its records just now: ask again"
	case cardea.Unknown:
		p.Message = "something went wrong here: the log of the server says what"
	default:
		return p
	}
	if ctx.Err() == nil { // else whoever asked went away
		s.log.Error("a question to the API could not be answered", "route", where, "error", err)
	}
	return p
}

// seconds is a time in whole seconds, at least one.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int((d+time.Second-1)/time.Second)))
}

// ourErrors has every error take our shape, those that are found before a route is asked too: a parameter that does not fit is
// named by its place.
var ourErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := &problem{status: status, Code: cardea.Rejected, Message: message}
		if status >= http.StatusInternalServerError {
			p.Code, p.Message = cardea.Unknown, "something went wrong here: the log of the server says what"
			return p
		}
		var places []string
		for _, err := range errs {
			var one huma.ErrorDetailer
			switch {
			case errors.As(err, &one):
				// Not the value: somebody may have put a secret there.
				places = append(places, one.ErrorDetail().Location+": "+one.ErrorDetail().Message)
			case err != nil:
				places = append(places, err.Error())
			}
		}
		if len(places) > 0 {
			p.Message = strings.Join(places, "; ")
		}
		return p
	}
})
