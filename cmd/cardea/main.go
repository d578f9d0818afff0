// Command cardea keeps doors in step with bookings: it works out who may pass which door, when and why, from what a space
// system has sold, and keeps the access-control system in exactly that state.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/alecthomas/kong"

	"github.com/cardea-access/cardea"
)

// version is set at link time.
var version = ""

// Exit codes of sync, preview, apply and undo, and of doctor, to which exitPending means that something should be mended, and
// of import and house, to which it means that changes wait for a yes; every other command uses exitInStep and exitUsage.
const (
	exitInStep     = 0
	exitUsage      = 1 // usage or configuration
	exitPending    = 2 // changes pending
	exitHeld       = 3 // something held
	exitIncomplete = 4 // a read was incomplete or a connection failed
)

type cli struct {
	Demo      demoCmd      `cmd:"" group:"run" help:"Run everything at once: faked vendors, a seeded world, a database and the console."`
	Serve     serveCmd     `cmd:"" group:"run" help:"Keep all integrations in step until stopped, with the console."`
	Sync      syncCmd      `cmd:"" group:"run" help:"One full run now: read, decide, change, confirm."`
	Preview   previewCmd   `cmd:"" group:"run" help:"Show the changeset of a run without writing anything."`
	Apply     applyCmd     `cmd:"" group:"run" help:"Approve and apply a changeset that preview showed, by its hash."`
	Undo      undoCmd      `cmd:"" group:"run" help:"Show what restores the doors as they were before a run, and do it by its hash."`
	Sandbox   sandboxCmd   `cmd:"" group:"run" help:"Serve faked vendors from a world file."`
	Explain   explainCmd   `cmd:"" group:"ask" help:"Say whether a person may pass, since when or until when, and why."`
	Due       dueCmd       `cmd:"" group:"ask" help:"List what must be true soon at the doors: confirmed, pending or at risk."`
	Drift     driftCmd     `cmd:"" group:"ask" help:"Show what is not in step at the doors: since when, and the mend."`
	Times     timesCmd     `cmd:"" group:"ask" help:"Say how long it took from a fact to a confirmed change at the doors."`
	Observe   observeCmd   `cmd:"" group:"ask" help:"Show, group by group, what would differ if an integration took over now."`
	Audit     auditCmd     `cmd:"" group:"ask" help:"List who did what and when, and check that nothing of it was changed or taken out."`
	Doctor    doctorCmd    `cmd:"" group:"ask" help:"Look at every connection: whose it is, what it can do, what should be mended."`
	Holds     holdsCmd     `cmd:"" group:"decide" help:"Show what waits: which guard holds it, since when, what releases it."`
	Release   releaseCmd   `cmd:"" group:"decide" help:"Release what waits, all of it or some, after showing exactly what."`
	Issues    issuesCmd    `cmd:"" group:"decide" help:"List what is the matter and what to type about it; take, note and drop issues."`
	Conflicts conflictsCmd `cmd:"" group:"decide" help:"List who is who is not settled, and settle it: merge, keep apart, undo."`
	Block     blockCmd     `cmd:"" group:"decide" help:"Keep a person out of every door, at once and whatever records give them."`
	Unblock   unblockCmd   `cmd:"" group:"decide" help:"Let a blocked person in again where records give it."`
	Blocks    blocksCmd    `cmd:"" group:"decide" help:"List who is blocked, since when and why."`
	Freeze    freezeCmd    `cmd:"" group:"decide" help:"Stop all writes of an integration, or of all, but for blocks and locks."`
	Unfreeze  unfreezeCmd  `cmd:"" group:"decide" help:"Let a frozen integration be written again."`
	Connect   connectCmd   `cmd:"" group:"set up" help:"Consent at a vendor to a connection that rests on it, or consent again."`
	Hooks     hooksCmd     `cmd:"" group:"set up" help:"Have vendors announce changes, and see whether they do."`
	Webhooks  webhooksCmd  `cmd:"" group:"set up" help:"Show who is told of events and how that stands; test it."`
	Adopt     adoptCmd     `cmd:"" group:"set up" help:"Take groups over for an integration, or give one back."`
	Leave     leaveCmd     `cmd:"" group:"set up" help:"Take an integration away: remove what is ours, hand it over, or stop."`
	Mappings  mappingsCmd  `cmd:"" group:"set up" help:"List what opens what, and change it after seeing by person what that would do."`
	Export    exportCmd    `cmd:"" group:"set up" help:"Print the whole configuration in force as YAML, without secrets."`
	Import    importCmd    `cmd:"" group:"set up" help:"Take a workbook or CSV lists into a house connection, after showing the change."`
	House     houseCmd     `cmd:"" group:"set up" help:"List, show, change and remove records of a house connection."`
	Token     tokenCmd     `cmd:"" group:"set up" help:"Make, list and revoke tokens with which programs ask the API."`
	Codes     codesCmd     `cmd:"" group:"hand out" help:"List access codes, show one once, make a new one."`
	Passes    passesCmd    `cmd:"" group:"hand out" help:"List mobile passes and invitations to them, print the code of one."`
	Backup    backupCmd    `cmd:"" group:"set up" help:"Write a copy of the database to a file, while a server may be at work."`
	Version   versionCmd   `cmd:"" group:"other" help:"Print the version."`
}

// helpGroups are the headings under which the help lists the commands.
var helpGroups = []kong.Group{
	{Key: "run", Title: "Keep doors in step:"},
	{Key: "ask", Title: "Ask; nothing is changed:"},
	{Key: "decide", Title: "What only a person can decide:"},
	{Key: "set up", Title: "Set up, and take away:"},
	{Key: "hand out", Title: "Hand out codes and passes:"},
	{Key: "other", Title: "Other:"},
}

// terminal is what commands print to and take time from: the process's own, or a test's.
type terminal struct {
	out, err io.Writer
	now      func() time.Time
	getenv   func(string) string
	color    bool
	tty      bool      // progress lines may be overwritten
	in       io.Reader // who answers questions; nil = nobody can be asked
	network  network
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c := &terminal{
		out: os.Stdout, err: os.Stderr, now: time.Now, getenv: os.Getenv,
		color: isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == "", tty: isTerminal(os.Stderr),
	}
	if isTerminal(os.Stdin) {
		c.in = os.Stdin
	}
	code := run(ctx, os.Args[1:], c)
	stop()
	os.Exit(code)
}

// codeError ends a command with an exit code after everything has been said.
type codeError int

func (c codeError) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func run(ctx context.Context, args []string, c *terminal) int {
	var commands cli
	leave := -1
	shown := *c
	c = &shown
	c.out, c.err = c.plainly(c.out), c.plainly(c.err)
	helpTo, bare := c.out, len(args) == 0
	if bare { // what there is, and still no success for a script that forgot the command
		helpTo, args = c.err, []string{"--help"}
	}
	parser, err := kong.New(&commands,
		kong.Name("cardea"),
		kong.Description("Keeps doors in step with bookings."),
		kong.UsageOnError(),
		kong.Writers(helpTo, c.err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.ExplicitGroups(helpGroups),
		kong.Exit(func(code int) { leave = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		fmt.Fprintln(c.err, "cardea:", err)
		return exitUsage
	}
	chosen, err := parser.Parse(args)
	if leave >= 0 { // help was asked for and given
		if bare {
			return exitUsage
		}
		return leave
	}
	if err != nil {
		fmt.Fprintf(c.err, "cardea: %s\n%s\n", wrongLine(err), helpFor(err))
		return exitUsage
	}
	err = chosen.Run()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(c.err, "cardea: stopped before it was done. What was written stands and is noted; "+
			"the same command goes on from there.")
		return exitIncomplete
	}
	var code codeError
	switch {
	case err == nil:
		return exitInStep
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(c.err, "cardea:", err)
	switch cardea.ClassOf(err) {
	case cardea.Retry, cardea.Throttled, cardea.Auth:
		return exitIncomplete
	case cardea.Rejected, cardea.NotFound, cardea.Conflict, cardea.Unknown:
	}
	return exitUsage
}

// helpFor says which help is about what could not be parsed.
func helpFor(err error) string {
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok && wrong.Context != nil {
		if command := wrong.Context.Selected(); command != nil {
			return "Run `" + command.FullPath() + " --help` for how it is used."
		}
	}
	return "Run `cardea --help` for what there is."
}

type versionCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run prints the version.
func (v *versionCmd) Run(c *terminal) error {
	if v.JSON {
		return printJSON(c.out, map[string]string{"version": currentVersion()})
	}
	_, err := fmt.Fprintln(c.out, "cardea", currentVersion())
	return err
}

func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}
