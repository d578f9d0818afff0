package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func (g *game) askAudit() error {
	if _, works := asks()[g.kind]; !works {
		return nil
	}
	if err := g.ws().VerifyAudit(context.Background()); err != nil {
		return err
	}
	lines, err := g.ws().Audit(context.Background(), 100_000)
	if err != nil {
		return err
	}
	slices.Reverse(lines)
	if len(lines) < len(g.chain) {
		return fmt.Errorf("%d lines were written, and %d are there", len(g.chain), len(lines))
	}
	prev := ""
	for i, l := range lines {
		if l.N != int64(i+1) || l.Prev != prev || i < len(g.chain) && g.chain[i] != l.Hash {
			return fmt.Errorf("line %d is not what was written", i+1)
		}
		if i >= len(g.chain) {
			g.chain = append(g.chain, l.Hash)
		}
		prev = l.Hash
	}
	return nil
}

func (g *game) askWrites() error {
	for _, w := range g.fresh() {
		if w.Status >= 400 {
			continue
		}
		var body struct {
			Edge struct {
				Group   int64 `json:"applies_to_id"`
				Account int64 `json:"assignee_id"`
			} `json:"role_assignment"`
			User struct {
				Email string `json:"email"`
			} `json:"user"`
		}
		if len(w.Body) > 0 {
			if err := json.Unmarshal(w.Body, &body); err != nil {
				return err
			}
		}
		id, isEdge := strings.CutPrefix(w.Path, "/role_assignments/")
		found := false
		switch {
		case w.Method == http.MethodDelete && isEdge:
			found = len(g.opsOn(g.ever[id], takes...)) > 0
		case w.Method == http.MethodPost && w.Path == "/role_assignments":
			group, account := fmt.Sprint(body.Edge.Group), fmt.Sprint(body.Edge.Account)
			_, by, _, err := g.accounts()
			if err != nil {
				return err
			}
			found = slices.ContainsFunc(g.ops, func(o store.OpRow) bool {
				verb := o.Op.Verb == cardea.VerbAdd || o.Op.Verb == cardea.VerbRetime
				mine := string(o.Op.Account) == account
				for who, a := range by {
					mine = mine || a == account && o.Op.Person == g.w.personID(who, g.w.people[who].visitor)
				}
				return verb && mine && o.Op.Cause != "" && string(o.Op.Group) == group
			})
		case w.Method == http.MethodPost && w.Path == "/users":
			found = slices.ContainsFunc(g.ops, func(o store.OpRow) bool {
				return o.Op.Verb == cardea.VerbCreate && o.Op.New != nil && strings.EqualFold(o.Op.New.Email, body.User.Email)
			})
		}
		if !found {
			return fmt.Errorf("%s %s %s belongs to no operation", w.Method, w.Path, w.Body)
		}
	}
	return nil
}

func (g *game) askSecrets() error {
	secrets := append([]string{townClientSecret, townKey, matrixKey}, g.tokens...)
	texts := map[string][]byte{"what was said": []byte(strings.Join(g.texts, "\n"))}
	if b, ok := g.r.term.err.(*bytes.Buffer); ok {
		texts["the log"] = b.Bytes()
	}
	_, works := asks()[g.kind]
	switch {
	case !works: // nothing is stored
	case g.file != "":
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(g.file + end)
			if err != nil && !os.IsNotExist(err) {
				return err
			}
			texts["the database"+end] = b
		}
	default:
		b, err := g.dump()
		if err != nil {
			return err
		}
		texts["the database"] = b
	}
	for where, text := range texts {
		for _, s := range secrets {
			if bytes.Contains(text, []byte(s)) {
				return fmt.Errorf("%s holds the secret %s", where, s)
			}
		}
	}
	return nil
}

// dump is every row of a PostgreSQL database, as text.
func (g *game) dump() ([]byte, error) {
	db, err := sql.Open("pgx", g.r.set.file.Database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var out []byte
	row := db.QueryRowContext(context.Background(), "SELECT CAST(schema_to_xml(CAST($1 AS name), false, true, '') AS text)", g.r.set.schema)
	if err := row.Scan(&out); err != nil {
		return nil, err
	}
	for _, table := range []string{"audit", "secret", "connection", "operation"} {
		if !bytes.Contains(out, []byte("<"+table)) {
			return nil, cardea.Errorf(cardea.Unknown, "the schema shows no %s", table)
		}
	}
	return out, nil
}
