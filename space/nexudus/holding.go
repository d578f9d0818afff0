package nexudus

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/wire/object"
)

type contract struct {
	own

	Coworker    ref    `json:"CoworkerId"`
	Tariff      ref    `json:"TariffId"`
	Name        text   `json:"TariffName"`
	Business    ref    `json:"IssuedById"`
	Start       moment `json:"StartDate"`
	StartLocal  moment `json:"StartDateLocal"`
	Cancel      moment `json:"CancellationDate"`
	CancelLocal moment `json:"CancellationDateLocal"`
	Active      flag   `json:"Active"`
	Cancelled   flag   `json:"Cancelled"`
	Paused      flag   `json:"InPausedPeriod"`
	PausedFrom  moment `json:"InPausedPeriodFrom"`
	PausedUntil moment `json:"InPausedPeriodUntil"`
}

// The words in which a contract's own flags are kept beside its dates.
const (
	saysInactive  = "inactive"
	saysCancelled = "cancelled"
)

// record takes CancellationDate as the last day; whether it counts is the operator's (cancellation_day). Active and Cancelled
// are computed by the vendor; see closed.
func (v contract) record() (cardea.Record, error) {
	switch {
	case v.Coworker == "":
		return nil, errors.New("the contract names no coworker")
	case v.Start.IsZero():
		return nil, errors.New("the contract has no StartDate")
	}
	a := cardea.Agreement{
		ID: v.id(), Name: string(v.Name), Person: string(v.Coworker), Plan: string(v.Tariff), Location: string(v.Business),
		Approved: true, Start: day(v.Start, v.StartLocal), End: day(v.Cancel, v.CancelLocal),
	}
	switch {
	case v.Cancelled.yes:
		a.Computed = saysCancelled
	case v.Active.known && !v.Active.yes:
		a.Computed = saysInactive
	}
	if v.Paused.yes || !v.PausedFrom.IsZero() {
		a.PausedFrom, a.PausedUntil = day(v.PausedFrom, moment{}), day(v.PausedUntil, moment{})
		if !a.PausedFrom.Set { // it is paused, and since when is not said
			a.PausedFrom = a.Start
		}
	}
	return a, nil
}

// settling is how long after its first day a contract that is not active may still be waiting for the vendor's own night work
// (vendors/nexudus.md 2.6: access appears overnight on the start day).
const settling = 48 * time.Hour

// closed says that a contract which is not active and has no date is over (RULES.md 3: Active=false without a date ends at
// once). One that has not begun, or began just now, is not active yet.
func closed(a cardea.Agreement, now time.Time) bool {
	switch {
	case a.End.Set:
		return false // the date decides
	case a.Computed == saysCancelled:
		return true
	}
	return a.Computed == saysInactive && a.Start.At.Add(settling) < cardea.At(now)
}

// desksOf returns the floor-plan items that a whole contract is about. Errors when it does not say.
func desksOf(raw []byte) ([]string, error) {
	var v struct {
		Desks refs   `json:"Desks"`
		IDs   joined `json:"FloorPlanDeskIds"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, object.Plain(err)
	}
	switch {
	case len(v.Desks.ids) > 0, v.Desks.known && !v.IDs.known:
		return v.Desks.ids, nil
	case v.IDs.known:
		return v.IDs.ids, nil
	}
	return nil, errors.New("the contract does not say which floor-plan items it is about")
}

// assigned makes the assignments of a contract. They have no dates of their own: they run as long as it does.
func assigned(contract string, desks []string) []cardea.Record {
	var out []cardea.Record
	for _, d := range desks {
		out = append(out, cardea.Assignment{ID: contract + "-" + d, Agreement: contract, Resource: deskPrefix + d})
	}
	return out
}

// booking of the vendor is one occurrence: a series is many rows (vendors/nexudus.md 2.11).
type booking struct {
	own

	Resource  ref    `json:"ResourceId"`
	Title     text   `json:"ResourceName"`
	Coworker  ref    `json:"CoworkerId"`
	From      moment `json:"FromTime"`
	To        moment `json:"ToTime"`
	Tentative flag   `json:"Tentative"`
	Created   moment `json:"CreatedOn"`
}

// record has no host for an administrator's block.
func (v booking) record() (cardea.Record, error) {
	switch {
	case v.Resource == "":
		return nil, errors.New("the booking names no resource")
	case v.From.IsZero() || v.To.IsZero():
		return nil, errors.New("the booking has no FromTime or no ToTime")
	case v.To.Before(v.From.Time):
		return nil, errors.New("the booking ends before it starts")
	}
	return cardea.Booking{
		ID: v.id(), Title: string(v.Title), Resource: string(v.Resource), Person: string(v.Coworker),
		Start: v.From.instant(), End: v.To.instant(), Tentative: v.Tentative.yes, Made: v.Created.instant(),
	}, nil
}

// cancelledBooking is the row that takes a booking's place when it is cancelled (vendors/nexudus.md 0.7).
type cancelledBooking struct {
	booking

	Original ref `json:"OriginalBookingId"`
}

func (v cancelledBooking) record() (cardea.Record, error) {
	rec, err := v.booking.record()
	b, ok := rec.(cardea.Booking)
	if err != nil || !ok {
		return nil, err
	}
	if v.Original == "" {
		return nil, errors.New("the cancelled booking does not say which it was")
	}
	b.ID, b.Cancelled = string(v.Original), true
	return b, nil
}
