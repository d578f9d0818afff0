package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-access/cardea/desk"
)

// TestTheAuditLogIsListedAndChecked asks the log who did what, and then changes, takes out and writes anew what it says.
func TestTheAuditLogIsListedAndChecked(t *testing.T) {
	t.Parallel()
	db := kept(t)
	bubble(t, morning, func(t *testing.T) {
		r := tiny(t, db)
		defer func() { r.shut() }()
		r.sync(desk.InStep)
		ask := func(l auditCmd) (out, log string) {
			_, out, log = r.command(nil, l.do)
			return out, log
		}
		read := func(l auditCmd) []desk.AuditEntry {
			l.JSON = true
			out, log := ask(l)
			var lines []desk.AuditEntry
			if err := json.Unmarshal([]byte(out), &lines); err != nil {
				t.Fatal(err, out, log)
			}
			return lines
		}
		all := read(auditCmd{Most: 100000})
		if len(all) == 0 || all[0].N != 1 || all[len(all)-1].N != int64(len(all)) || all[1].Prev != all[0].Hash {
			t.Fatalf("%d lines, not from the first to the newest", len(all))
		}
		added := 0
		for _, l := range all {
			if l.What == "add" {
				added++
			}
		}
		if got := read(auditCmd{Most: 100000, What: "add"}); added == 0 || len(got) != added {
			t.Errorf("%d of %d lines that say add", len(got), added)
		}
		if got := read(auditCmd{Most: 2}); len(got) != 2 || got[1].Hash != all[len(all)-1].Hash {
			t.Errorf("the newest two are %+v", got)
		}
		if got := read(auditCmd{Most: 9, Who: "nobody"}); len(got) != 0 {
			t.Errorf("nobody did %+v", got)
		}
		if out, _ := ask(auditCmd{Most: 9, What: "no such thing"}); !strings.Contains(out, "No such line") {
			t.Errorf("of nothing it says %q", out)
		}
		if out, _ := ask(auditCmd{Most: 5}); strings.Count(out, "\n") != 6 {
			t.Errorf("five lines and their zone are %q", out)
		}
		if _, log := ask(auditCmd{Most: 5, Knows: "x"}); !strings.Contains(log, "--check") {
			t.Errorf("what was noted without --check: %q", log)
		}
		noted := all[3].Hash
		check := func(knows, want string) {
			t.Helper()
			out, log := ask(auditCmd{Most: 1, Check: true, Knows: knows})
			if !strings.Contains(out+log, want) {
				t.Errorf("checked with %q it says %q, %q, not %q", knows, out, log, want)
			}
		}
		check("", all[len(all)-1].Hash)
		check(noted, "The audit log is whole")
		check("5eb63bbbe01eeda4", "no line with the hash 5eb63bbbe01eeda4")
		r.shut()
		emptied(t, db, `UPDATE audit SET who = 'somebody else' WHERE n = 4`)
		r.open()
		check("", "line 4 was changed")
		r.shut()
		emptied(t, db, `DELETE FROM audit`)
		r.open()
		check("", "ends at line 0")
		r.shut()
		emptied(t, db, `UPDATE workspace SET audit_n = 0, audit_hash = ''`)
		r.open()
		check("", "The audit log is empty")
		check(noted, "no line with the hash")
	})
}
