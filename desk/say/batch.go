package say

import "github.com/cardea-access/cardea"

// Batch is the operations of a run that share a cause.
type Batch struct {
	Cause      cardea.Cause
	Held       bool
	Title      string // "Ended"
	Text       string // "because the time was over"
	Operations []Operation
}

// ByCause groups operations by cause, held ones apart and first, in the order in which the causes appear.
func ByCause(ops []Operation) []Batch {
	type key struct {
		cause cardea.Cause
		held  bool
	}
	var held, rest []Batch
	at := map[key]int{}
	for _, o := range ops {
		list := &rest
		k := key{o.Cause, o.Held != nil}
		if k.held {
			list = &held
		}
		i, ok := at[k]
		if !ok {
			w := Cause(o.Cause)
			i = len(*list)
			at[k] = i
			*list = append(*list, Batch{Cause: o.Cause, Held: k.held, Title: w.Short, Text: w.Text})
		}
		(*list)[i].Operations = append((*list)[i].Operations, o)
	}
	return append(held, rest...)
}
