package door

import "github.com/cardea-access/cardea"

// Batches parts edges by what they have in common, in the order of the first of each: a batch holds places in es. One that check
// refuses is in no batch, and its error stands at its place.
func Batches[K comparable](
	es []cardea.Edge, by func(cardea.Edge) K, check func(cardea.Edge) error,
) (batches [][]int, errs []error) {
	errs = make([]error, len(es))
	at := map[K]int{}
	for i, e := range es {
		if errs[i] = check(e); errs[i] != nil {
			continue
		}
		k := by(e)
		n, known := at[k]
		if !known {
			n = len(batches)
			at[k], batches = n, append(batches, nil)
		}
		batches[n] = append(batches[n], i)
	}
	return batches, errs
}

// Undated says why an edge cannot be put (add) or taken at a vendor whose memberships have no dates; nil = it can.
func Undated(vendor string, e cardea.Edge, add bool) error {
	switch {
	case e.Foreign != "":
		return cardea.Errorf(cardea.Rejected, "the entry of account %s in group %s is %s and is not ours to change",
			e.Account, e.Group, e.Foreign)
	case add && e.Window != cardea.Forever:
		return cardea.Errorf(cardea.Rejected, "%s's memberships have no dates: account %s in group %s cannot be given a window",
			vendor, e.Account, e.Group)
	}
	return nil
}
