package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/cardea-access/cardea"
)

// Cluster is a throw-away PostgreSQL cluster. It listens on a socket in its own directory only, which nobody but its
// owner may enter, and keeps nothing: no sync, no log of writes worth the name.
type Cluster struct {
	dir    string
	keeper *exec.Cmd
	hold   io.Closer // the keeper ends the server when this is closed, be it by our death
}

// patience is how long a cluster may take to come up.
const patience = time.Minute

// keep runs the server until standard input ends, then removes the directory. $1 = the server, $2 = its directory.
const keep = `
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
	-c max_connections=400 -c shared_buffers=128MB -c autovacuum=off -c unix_socket_permissions=0700 >"$2/log" 2>&1 &
server=$!
trap '' INT TERM HUP
while read -r _; do :; done
kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$2"
`

// Start makes and starts a cluster. It ends when Stop is called or this process does.
func Start(ctx context.Context) (*Cluster, error) {
	initdb, err := program("initdb")
	if err != nil {
		return nil, err
	}
	server, err := program("postgres")
	if err != nil {
		return nil, err
	}
	as, owner, err := runner()
	if err != nil {
		return nil, err
	}
	dir, err := home(owner)
	if err != nil {
		return nil, err
	}
	if err := initialise(ctx, initdb, dir, as); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	c := &Cluster{dir: dir}
	// The keeper must outlive the context: it is what cleans up.
	c.keeper = exec.Command("/bin/sh", "-c", keep, "sh", server, dir) //nolint:noctx // see above
	c.keeper.Dir, c.keeper.SysProcAttr = dir, as
	if c.hold, err = c.keeper.StdinPipe(); err != nil {
		return nil, errors.Join(cardea.Errorf(cardea.Retry, "starting PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	if err := c.keeper.Start(); err != nil {
		return nil, errors.Join(cardea.Errorf(cardea.Retry, "starting PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	if err := c.ready(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// DSN is the cluster's data source name.
func (c *Cluster) DSN() string {
	return "postgres://postgres@/postgres?" + url.Values{"host": {c.dir}, "sslmode": {"disable"}}.Encode()
}

// Stop ends the server and removes everything.
func (c *Cluster) Stop() error {
	if err := c.hold.Close(); err != nil {
		return cardea.Errorf(cardea.Unknown, "stopping PostgreSQL: %w", err)
	}
	if err := c.keeper.Wait(); err != nil {
		return cardea.Errorf(cardea.Unknown, "stopping PostgreSQL: %w", err)
	}
	return nil
}

func (c *Cluster) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.DSN())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, unread := os.ReadFile(filepath.Join(c.dir, "log"))
			return cardea.Errorf(cardea.Retry, "PostgreSQL does not come up: %w; it says: %s", errors.Join(err, unread), log)
		case <-tick.C:
		}
	}
}

// program finds a program of PostgreSQL: the newest of Debian's packages, else what the path has.
func program(name string) (string, error) {
	all, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", cardea.Errorf(cardea.Rejected, "looking for PostgreSQL: %w", err)
	}
	slices.SortFunc(all, func(a, b string) int { return version(b) - version(a) })
	if len(all) > 0 {
		return all[0], nil
	}
	p, err := exec.LookPath(name)
	if err != nil {
		return "", cardea.Errorf(cardea.Rejected,
			"tests need PostgreSQL, and %s is not installed: apt-get install postgresql, or set %s to a cluster's data source name",
			name, Env)
	}
	return p, nil
}

// version is the number in /usr/lib/postgresql/NUMBER/bin/NAME.
func version(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}

// runner says as whom the server runs: PostgreSQL refuses to run as root, so that root lends it to the user that Debian's
// package makes.
func runner() (*syscall.SysProcAttr, *syscall.Credential, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for us, not for the keeper
	if os.Geteuid() != 0 {
		return attr, nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, nil, cardea.Errorf(cardea.Rejected,
			"PostgreSQL does not run as root, and there is no user postgres: apt-get install postgresql, or run as another user")
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, cardea.Errorf(cardea.Rejected, "the user postgres has no numbers: %w", err)
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, attr.Credential, nil
}

// home makes the cluster's directory. It lies in /tmp: a socket's path must be short, and open to the server's user.
func home(owner *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp("/tmp", "cardea-pg-")
	if err == nil && owner != nil {
		err = os.Chown(dir, int(owner.Uid), int(owner.Gid))
	}
	if err != nil {
		return "", cardea.Errorf(cardea.Rejected, "no directory for PostgreSQL: %w", err)
	}
	return dir, nil
}

// initialise makes the data directory, with an order of texts unlike Go's where PostgreSQL can: who leans on the database's
// order is to fail here.
func initialise(ctx context.Context, initdb, dir string, as *syscall.SysProcAttr) error {
	base := []string{"-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"}
	var out []byte
	var err error
	for _, locale := range [][]string{
		{"--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"}, {"--locale=C"},
	} {
		cmd := exec.CommandContext(ctx, initdb, append(slices.Clone(base), locale...)...)
		cmd.Dir, cmd.SysProcAttr = dir, as
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
	}
	return cardea.Errorf(cardea.Rejected, "making a PostgreSQL cluster: %w: %s", err, bytes.TrimSpace(out))
}

// String names the cluster's directory.
func (c *Cluster) String() string { return fmt.Sprintf("PostgreSQL in %s", c.dir) }
