package read

import (
	"maps"
	"slices"

	"github.com/cardea-access/cardea"
)

// Answer is what the vendor said of one record that was asked for by id. The zero Answer is no answer.
type Answer struct {
	Record  cardea.Record // the whole record
	Missing bool          // "no such id"
}

// Answers collects what a read by id brought, of the records that were asked for and no others.
func Answers(in *cardea.Intake) map[cardea.Key]Answer {
	asked := map[cardea.Key]bool{}
	for _, k := range in.Scope().Keys {
		asked[k] = true
	}
	out := map[cardea.Key]Answer{}
	for _, p := range in.Collections() {
		for _, k := range p.MissingOnes() {
			if asked[k] {
				out[k] = Answer{Missing: true}
			}
		}
		for _, rec := range p.Records() {
			if asked[rec.Key()] {
				out[rec.Key()] = Answer{Record: rec}
			}
		}
	}
	return out
}

// Settle decides what Merge left open with the answers to its questions. A record that lessens access is stored as it
// was read by id, and stays as it was when it could not be read. A record that is not listed any more is deleted when
// the vendor does not know its id, stays when the vendor still shows it, and otherwise is missing at first and gone
// when a second complete reading lacks it too.
func (res *Result) Settle(kind cardea.Kind, answers map[cardea.Key]Answer, hash func(cardea.Record) string) {
	for _, id := range slices.Sorted(maps.Keys(res.changing)) {
		k := cardea.Key{Kind: kind, ID: id}
		if a := answers[k]; a.Record != nil {
			res.found(id, a.Record, hash)
			continue
		}
		res.Unsure = append(res.Unsure, k)
	}
	for _, id := range res.absent {
		k := cardea.Key{Kind: kind, ID: id}
		a := answers[k]
		switch {
		case a.Record != nil:
			res.found(id, a.Record, hash)
		case a.Missing, res.lost[id]:
			res.Gone = append(res.Gone, cardea.Gone{Key: k, Cause: cardea.CauseDeleted, Since: res.now})
		case res.first[id]:
			res.Missing = append(res.Missing, id)
		default:
			res.Gone = append(res.Gone, cardea.Gone{Key: k, Cause: cardea.CauseVanished, Since: res.old[id].MissingSince})
		}
	}
	res.changing, res.absent = nil, nil
	slices.SortFunc(res.Upsert, byID)
	slices.Sort(res.Seen)
	res.Unsure = sortedKeys(res.Unsure)
}

// found files a record that the vendor showed by id.
func (res *Result) found(id string, rec cardea.Record, hash func(cardea.Record) string) {
	old := res.old[id]
	rec = Remembered(old.Body, rec, res.now)
	switch {
	case old.Hash != hash(rec):
		res.Upsert = append(res.Upsert, rec)
	case old.MissingSince != 0 || old.Unsure:
		res.Seen = append(res.Seen, id)
	}
}
