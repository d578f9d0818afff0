package store_test

import (
	"testing"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store"
)

func TestAnIssueIsOpenOnceUntilItsSourceNamesItNoMore(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		team := cardea.Key{Kind: cardea.KindTeam, ID: "acme"}
		a := cardea.Issue{Code: "no-email", Person: "p", Text: "first words"}
		b := cardea.Issue{Code: "dangling", Record: &team, Text: "b"}
		must(t, w.SaveIssues(ctx, "read rnd", []cardea.Issue{a, b, a}, noon))
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon+1))
		a.Text = "other words"
		must(t, w.SaveIssues(ctx, "read rnd", []cardea.Issue{a}, noon+2))
		list := func() []store.IssueRow {
			rows := ok(w.Issues(ctx))
			for i := range rows {
				rows[i].Cause = ""
			}
			return rows
		}
		first := cardea.Issue{Code: "no-email", Person: "p", Text: "first words"}
		same(t, "open", list(), []store.IssueRow{
			{Source: "read rnd", Issue: a, Opened: noon, Seen: noon + 2},
			{Source: "keep kisi", Issue: first, Opened: noon + 1, Seen: noon + 1},
		})
		must(t, w.SaveIssues(ctx, "read rnd", nil, noon+3))
		must(t, w.SaveIssues(ctx, "keep kisi", nil, noon+3))
		same(t, "open", list(), []store.IssueRow{})
		must(t, w.SaveIssues(ctx, "read rnd", []cardea.Issue{b}, noon+4)) // again: a new one
		same(t, "open", list(), []store.IssueRow{{Source: "read rnd", Issue: b, Opened: noon + 4, Seen: noon + 4}})
	})
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		r1 := store.Run{ID: "1", Unit: space, Kind: store.WakeRead, Started: noon}
		r2 := store.Run{ID: "2", Unit: doors, Kind: store.WakeKeep, Started: noon + 1}
		must(t, w.SaveRun(ctx, r1))
		must(t, w.SaveRun(ctx, r2))
		r1.Ended, r1.Outcome, r1.Detail = noon+9, "in-step", "all well"
		r1.Counts, r1.Changeset = map[string]int{"people": 3}, "h"
		must(t, w.SaveRun(ctx, r1))
		same(t, "runs", ok(w.Runs(ctx, 9)), []store.Run{r2, r1})
		same(t, "the newest", ok(w.Runs(ctx, 1)), []store.Run{r2})
		same(t, "by id", ok(w.RunByID(ctx, "1")), r1)
		_, err := w.RunByID(ctx, "3")
		wantClass(t, err, cardea.NotFound)
	})
}
