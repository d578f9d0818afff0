package store

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
)

// chunk is how many rows travel in one parameter.
const chunk = 1000

// bulk turns rows into JSON objects of up to chunk rows, each the one parameter of a query that opens it with json_each.
// An engine refuses to meet one row twice in a statement: of rows with the same key the last counts.
func bulk[K comparable, T any](rows []T, key func(T) K) ([]string, error) {
	at := make(map[K]int, len(rows))
	once := make([]T, 0, len(rows))
	for _, r := range rows {
		k := key(r)
		if i, ok := at[k]; ok {
			once[i] = r
			continue
		}
		at[k] = len(once)
		once = append(once, r)
	}
	return objects(len(once), func(i int) (string, any) { return strconv.Itoa(i), once[i] })
}

// set turns ids into JSON objects of up to chunk keys.
func set[S ~string](ids []S) ([]string, error) {
	seen := make(map[string]bool, len(ids))
	once := make([]string, 0, len(ids))
	for _, id := range ids {
		if k := clean(string(id)); !seen[k] {
			seen[k] = true
			once = append(once, k)
		}
	}
	return objects(len(once), func(i int) (string, any) { return once[i], 1 })
}

func objects(n int, row func(i int) (string, any)) ([]string, error) {
	var out []string
	for from := 0; from < n; from += chunk {
		var b strings.Builder
		for i := from; i < min(n, from+chunk); i++ {
			k, v := row(i)
			kj, err := json.Marshal(k)
			if err != nil {
				return nil, cardea.Errorf(cardea.Rejected, "a key cannot be written as JSON: %w", err)
			}
			vj, err := json.Marshal(v)
			if err != nil {
				return nil, cardea.Errorf(cardea.Rejected, "a row cannot be written as JSON: %w", err)
			}
			sep := byte(',')
			if i == from {
				sep = '{'
			}
			b.WriteByte(sep)
			b.Write(kj)
			b.WriteByte(':')
			b.Write(vj)
		}
		b.WriteByte('}')
		out = append(out, b.String())
	}
	return out, nil
}

// each runs f on every chunk.
func each(chunks []string, err error, f func(bulk string) error) error {
	if err != nil {
		return err
	}
	for _, c := range chunks {
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}
