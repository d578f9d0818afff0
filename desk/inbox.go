package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/desk/say"
	"github.com/cardea-access/cardea/store"
)

// The states of an issue in the inbox.
const (
	IssueOpen     = "open"
	IssueTaken    = "taken"    // somebody said that they see to it
	IssueReopened = "reopened" // it came back after it was closed
	IssueDropped  = "dropped"  // somebody said that it is fine: quiet while it says the same
	IssueClosed   = "closed"   // nothing finds it any more
)

// InboxIssue is one cause with all that is known of it.
type InboxIssue struct {
	Note

	ID         string         `json:"id"` // what to name it by; any beginning that fits no other will do
	State      string         `json:"state"`
	Connection string         `json:"connection"`
	Opened     cardea.Instant `json:"opened"` // the first time
	Seen       cardea.Instant `json:"seen"`   // the last time
	Closed     cardea.Instant `json:"closed,omitempty"`
	Times      int            `json:"times"` // how many looks found it
	Reopened   int            `json:"reopened,omitempty"`
	ReopenedAt cardea.Instant `json:"reopened_at,omitempty"`
	Owner      string         `json:"owner,omitempty"`
	Remark     string         `json:"remark,omitempty"`

	cause string
}

const (
	// shortID is how much of a cause's key is shown, leastID how much of it somebody has to type.
	shortID, leastID = 8, 4
	// closedFor is for how long a closed issue can be listed, and comes back as itself.
	closedFor = 14 * 24 * 60 * cardea.Minute
)

// Inbox lists the issues of an integration, or all: the open ones, and with all also what was dropped and what was closed in
// the last two weeks. What matters comes first, the oldest first, minor ones last. NotFound when there is no such integration.
func (d *Desk) Inbox(ctx context.Context, integration string, all bool) ([]InboxIssue, error) {
	if err := d.known(integration); err != nil {
		return nil, err
	}
	since := cardea.Never
	if all {
		since = d.now() - closedFor
	}
	rows, err := d.ws.Inbox(ctx, since)
	if err != nil {
		return nil, err
	}
	out := []InboxIssue{}
	at := map[string][]int{}
	for _, r := range rows {
		_, connection, _ := strings.Cut(r.Source, ":")
		if r.Dropped && !all || integration != "" && !slices.Contains(d.integrationsOf(connection), integration) {
			continue
		}
		at[connection] = append(at[connection], len(out))
		out = append(out, inboxIssue(r, connection))
	}
	for connection, which := range at {
		issues := make([]cardea.Issue, len(which))
		for n, i := range which {
			issues[n] = out[i].Issue
		}
		notes, err := d.notes(ctx, connection, issues)
		if err != nil {
			return nil, err
		}
		for n, i := range which {
			one := &out[i]
			one.Note = notes[n]
			one.Mend = Mend(one.Issue, one.ID, connection, d.oneIntegration(connection))
		}
	}
	slices.SortStableFunc(out, func(a, b InboxIssue) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// rank puts incidents first, then what is open, then minor ones, then what is dropped, then what is closed.
func (i InboxIssue) rank() int {
	switch {
	case i.State == IssueClosed:
		return 4
	case i.State == IssueDropped:
		return 3
	case i.Minor:
		return 2
	case strings.HasPrefix(i.Text, "INCIDENT"):
		return 0
	}
	return 1
}

func inboxIssue(r store.IssueRow, connection string) InboxIssue {
	out := InboxIssue{
		Note: Note{Issue: r.Issue}, ID: shortCause(r.Cause), State: IssueOpen, Connection: connection, Opened: r.Opened,
		Seen: r.Seen, Closed: r.Closed, Times: r.Times, Reopened: r.Reopened, ReopenedAt: r.ReopenedAt, Owner: r.Owner,
		Remark: r.Note, cause: r.Cause,
	}
	switch {
	case r.Closed != 0:
		out.State = IssueClosed
	case r.Dropped:
		out.State = IssueDropped
	case r.Owner != "":
		out.State = IssueTaken
	case r.Reopened > 0:
		out.State = IssueReopened
	}
	return out
}

func shortCause(cause string) string { return cause[:min(len(cause), shortID)] }

// integrationsOf are the integrations that a connection is a side of.
func (d *Desk) integrationsOf(connection string) []string {
	var out []string
	for _, in := range d.c.Integrations {
		if in.Space == connection || in.Door == connection {
			out = append(out, in.Name)
		}
	}
	return out
}

// oneIntegration is the integration that a connection is a side of, when it is one.
func (d *Desk) oneIntegration(connection string) string {
	if names := d.integrationsOf(connection); len(names) == 1 {
		return names[0]
	}
	return ""
}

// TakeIssue says who sees to an issue; nobody gives it back. The id may be any beginning of it that fits one issue alone.
// Errors: NotFound when it fits none that is open, Rejected when it fits several or is too short.
func (d *Desk) TakeIssue(ctx context.Context, id, owner, who string) (InboxIssue, error) {
	owner = strings.TrimSpace(say.Clean(owner))
	return d.markIssue(ctx, id, store.IssueMark{Owner: &owner}, who)
}

// NoteIssue writes a note on an issue, in place of the one before; an empty one takes it away. Errors as TakeIssue.
func (d *Desk) NoteIssue(ctx context.Context, id, text, who string) (InboxIssue, error) {
	text = strings.TrimSpace(say.Clean(text))
	return d.markIssue(ctx, id, store.IssueMark{Note: &text}, who)
}

// DropIssue says that an issue is fine as it is: it is not told again until it says something else. With undo it is told
// again. Errors as TakeIssue.
func (d *Desk) DropIssue(ctx context.Context, id string, undo bool, who string) (InboxIssue, error) {
	drop := !undo
	return d.markIssue(ctx, id, store.IssueMark{Drop: &drop}, who)
}

func (d *Desk) markIssue(ctx context.Context, id string, m store.IssueMark, who string) (InboxIssue, error) {
	one, err := d.issueOf(ctx, id)
	if err != nil {
		return one, err
	}
	if err := d.ws.MarkIssue(ctx, one.cause, m, who, d.now()); err != nil {
		return one, err
	}
	return d.issueOf(ctx, one.cause)
}

// issueOf finds an open issue by a beginning of its id.
func (d *Desk) issueOf(ctx context.Context, id string) (InboxIssue, error) {
	id = strings.ToLower(strings.TrimSpace(id))
	if len(id) < leastID {
		return InboxIssue{}, cardea.Errorf(cardea.Rejected, "%q is too short for the id of an issue: write at least %d signs of one that "+
			"`cardea issues` shows", id, leastID)
	}
	all, err := d.Inbox(ctx, "", true)
	if err != nil {
		return InboxIssue{}, err
	}
	var fits []InboxIssue
	closed := false
	for _, i := range all {
		if !strings.HasPrefix(i.cause, id) {
			continue
		}
		if i.State == IssueClosed {
			closed = true
			continue
		}
		fits = append(fits, i)
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		var names []string
		for _, i := range fits {
			names = append(names, i.cause[:min(len(i.cause), max(shortID, len(id)+leastID))]+" ("+i.Code+")")
		}
		return InboxIssue{}, cardea.Errorf(cardea.Rejected, "%q fits %d issues: %s; write more of the one that is meant",
			id, len(fits), strings.Join(names, ", "))
	case closed:
		return InboxIssue{}, cardea.Errorf(cardea.NotFound, "issue %s is closed: nothing finds it any more", id)
	}
	return InboxIssue{}, cardea.Errorf(cardea.NotFound, "no open issue has an id that begins with %q: `cardea issues` lists them", id)
}
