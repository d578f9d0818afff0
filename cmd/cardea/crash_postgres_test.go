package main

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// commitsOf stands between a store and PostgreSQL, lets the cut act on every commit, and returns the name by which the database
// is reached through it. It must be called outside a bubble: it is no part of the process that dies.
func (c *cut) commitsOf(t *testing.T, dsn string) string {
	t.Helper()
	to, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	dir := quickDisk(t) // the path of a socket must be short
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			network, address := pgconn.NetworkAddress(to.Host, to.Port)
			server, err := net.Dial(network, address)
			if err != nil || c.dead.Load() {
				closed(client)
				if err == nil {
					closed(server)
				}
				continue
			}
			go c.between(client, server)
		}
	}()
	who := url.User(to.User)
	if to.Password != "" {
		who = url.UserPassword(to.User, to.Password)
	}
	name := url.URL{Scheme: "postgres", User: who, Path: "/" + to.Database,
		RawQuery: url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode()}
	return name.String()
}

func closed(c io.Closer) { // it may be closed already: the other side does that too
	c.Close()
}

// between hands on what client and server say to each other, until somebody dies.
func (c *cut) between(client, server net.Conn) {
	var last atomic.Bool // the server still does what it was told, and nobody hears of it
	go func() {
		defer closed(client)
		defer closed(server)
		b := make([]byte, 1<<16)
		for {
			n, err := server.Read(b)
			if err != nil || last.Load() || c.dead.Load() {
				return
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	defer func() {
		closed(client)
		if !last.Load() {
			closed(server)
		}
	}()
	head := make([]byte, 5)
	for greeted := false; ; greeted = true {
		h := head
		if !greeted { // the first message has no type
			h = head[1:]
		}
		if _, err := io.ReadFull(client, h); err != nil {
			return
		}
		body := make([]byte, max(4, binary.BigEndian.Uint32(head[1:]))-4)
		if _, err := io.ReadFull(client, body); err != nil || c.dead.Load() {
			return
		}
		if greeted && head[0] == 'Q' && strings.HasPrefix(strings.ToLower(string(body)), "commit") {
			does, lives := c.step()
			if !does {
				return
			}
			last.Store(!lives)
		}
		if _, err := server.Write(append(append([]byte{}, h...), body...)); err != nil || last.Load() {
			return
		}
	}
}
