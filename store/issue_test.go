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
			{Source: "read rnd", Issue: a, Opened: noon, Seen: noon + 2, Times: 2},
			{Source: "keep kisi", Issue: first, Opened: noon + 1, Seen: noon + 1, Times: 1},
		})
		must(t, w.SaveIssues(ctx, "read rnd", nil, noon+3))
		must(t, w.SaveIssues(ctx, "keep kisi", nil, noon+3))
		same(t, "open", list(), []store.IssueRow{})
		must(t, w.SaveIssues(ctx, "read rnd", []cardea.Issue{b}, noon+4)) // again: the same one
		back := store.IssueRow{
			Source: "read rnd", Issue: b, Opened: noon, Seen: noon + 4, Times: 2, Reopened: 1, ReopenedAt: noon + 4,
		}
		same(t, "open", list(), []store.IssueRow{back})
		must(t, w.SaveIssues(ctx, "read rnd", nil, noon+5))
		late := noon + 5 + 14*24*60*cardea.Minute + 1 // nobody remembers: a new one
		must(t, w.SaveIssues(ctx, "read rnd", []cardea.Issue{b}, late))
		same(t, "open", list(), []store.IssueRow{{Source: "read rnd", Issue: b, Opened: late, Seen: late, Times: 1}})
		if all := ok(w.Inbox(ctx, noon)); len(all) != 3 {
			t.Errorf("%d causes: %+v", len(all), all)
		}
	})
}

func TestALookAtAPartClosesNoIssue(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		a, b := cardea.Issue{Code: "op-failed", Person: "p"}, cardea.Issue{Code: "op-failed", Person: "q"}
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon))
		must(t, w.AddIssues(ctx, "keep kisi", []cardea.Issue{b}, noon+1))
		must(t, w.AddIssues(ctx, "keep kisi", nil, noon+2))
		if open := ok(w.Issues(ctx)); len(open) != 2 {
			t.Errorf("open: %+v", open)
		}
	})
}

func TestAPersonTakesAndDropsAnIssue(t *testing.T) {
	each(t, func(t *testing.T, _ *store.Store, w *store.Workspace) {
		ctx := t.Context()
		a := cardea.Issue{Code: "name-differs", Person: "p", Text: "Ana and Anna"}
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon))
		cause := ok(w.Issues(ctx))[0].Cause
		owner, note, yes, no := "ana", "asked", true, false
		must(t, w.MarkIssue(ctx, cause, store.IssueMark{Owner: &owner, Note: &note}, "ana", noon+1))
		must(t, w.SaveIssues(ctx, "keep kisi", nil, noon+2))
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon+3))
		one := ok(w.Issues(ctx))[0]
		if one.Owner != owner || one.Note != note || one.Reopened != 1 {
			t.Errorf("it came back as another: %+v", one)
		}
		must(t, w.MarkIssue(ctx, cause, store.IssueMark{Drop: &yes}, "ana", noon+4))
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon+5))
		must(t, w.SaveIssues(ctx, "keep kisi", nil, noon+6))
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon+7))
		if open := ok(w.Issues(ctx)); len(open) != 0 {
			t.Errorf("it was dropped and is told: %+v", open)
		}
		if all := ok(w.Inbox(ctx, cardea.Never)); len(all) != 1 || !all[0].Dropped {
			t.Errorf("inbox: %+v", all)
		}
		a.Text = "Ana and Anne"
		must(t, w.SaveIssues(ctx, "keep kisi", []cardea.Issue{a}, noon+8))
		if open := ok(w.Issues(ctx)); len(open) != 1 || open[0].Dropped {
			t.Errorf("it says something else, and is quiet: %+v", open)
		}
		must(t, w.MarkIssue(ctx, cause, store.IssueMark{Drop: &yes}, "ana", noon+9))
		must(t, w.MarkIssue(ctx, cause, store.IssueMark{Drop: &no}, "ana", noon+10))
		if open := ok(w.Issues(ctx)); len(open) != 1 {
			t.Errorf("the drop was taken back: %+v", open)
		}
		must(t, w.SaveIssues(ctx, "keep kisi", nil, noon+11))
		wantClass(t, w.MarkIssue(ctx, cause, store.IssueMark{Drop: &yes}, "ana", noon+12), cardea.NotFound)
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
