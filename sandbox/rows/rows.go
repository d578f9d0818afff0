// Package rows keeps the rows of a table by their ids, in the order of the ids.
package rows

import (
	"cmp"
	"slices"
)

// Put puts a row of a table under its id, and returns the table's ids in their order.
func Put[K cmp.Ordered](rows map[K]map[string]any, order []K, id K, row map[string]any) []K {
	if _, there := rows[id]; !there {
		at, _ := slices.BinarySearch(order, id)
		order = slices.Insert(order, at, id)
	}
	rows[id] = row
	return order
}

// Drop takes a row out of a table, and returns the ids that are left.
func Drop[K cmp.Ordered](rows map[K]map[string]any, order []K, id K) []K {
	if at, found := slices.BinarySearch(order, id); found {
		order = slices.Delete(order, at, at+1)
		delete(rows, id)
	}
	return order
}
