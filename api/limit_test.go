package api

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"
)

func digest(text string) [32]byte { return sha256.Sum256([]byte(text)) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// failing tries so often in vain, as long as it is let.
func failing(l *limit, remote string, n int, now time.Time) (let int) {
	for i := range n {
		d := digest(fmt.Sprint(remote, i))
		if l.wait(remote, d, now) > 0 {
			continue
		}
		let++
		l.fail(remote, d, now)
	}
	return let
}

func TestTriesThatFailAreSlowed(t *testing.T) {
	t.Parallel()
	l, now := newLimit(), noon
	if n := failing(l, "192.0.2.1:1000", 100, now); n != tries {
		t.Errorf("%d tries at once", n)
	}
	if w := l.wait("192.0.2.1:2000", digest("x"), now); w != each {
		t.Errorf("then %s until the next", w)
	}
	if w := l.wait("192.0.2.2:1000", digest("x"), now); w != 0 {
		t.Errorf("another address waits %s", w)
	}
	n := 0
	for range 3600 {
		now = now.Add(time.Second)
		n += failing(l, "192.0.2.1:1000", 5, now)
	}
	if want := int(time.Hour / each); n != want {
		t.Errorf("%d tries within an hour, want %d", n, want)
	}
	now = now.Add(tries * each)
	if n := failing(l, "192.0.2.1:1000", 100, now); n != tries {
		t.Errorf("after a rest %d tries at once", n)
	}
	if w := l.wait("192.0.2.9:1000", digest("x"), time.Time{}); w != 0 {
		t.Errorf("who never failed waits %s", w)
	}
}

func TestATokenThatWasGoodIsLookedAtThoughOthersGuess(t *testing.T) {
	t.Parallel()
	l := newLimit()
	failing(l, "127.0.0.1:1", 50, noon)
	l.pass(digest("app"))
	if w := l.wait("127.0.0.1:2", digest("app"), noon); w != 0 {
		t.Errorf("it waits %s", w)
	}
	l.fail("127.0.0.1:2", digest("app"), noon) // it was revoked
	if w := l.wait("127.0.0.1:2", digest("app"), noon); w == 0 {
		t.Error("it is still looked at after it was refused")
	}
}

func TestNeighboursAreOneAddress(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"192.0.2.1:1", "192.0.2.1:2"}, {"[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::9]:2"}, {"192.0.2.1:1", "[::ffff:192.0.2.1]:2"},
		{"[fe80::1%eth0]:1", "[fe80::1%eth1]:1"}, {"pipe", "pipe"},
	} {
		if a, b := neighbours(same[0]), neighbours(same[1]); a != b {
			t.Errorf("%s is %s, %s is %s", same[0], a, same[1], b)
		}
	}
	for _, apart := range [][2]string{{"192.0.2.1:1", "192.0.2.2:1"}, {"[2001:db8:1:2::1]:1", "[2001:db8:1:3::1]:1"}} {
		if a, b := neighbours(apart[0]), neighbours(apart[1]); a == b {
			t.Errorf("%s and %s are both %s", apart[0], apart[1], a)
		}
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	l := newLimit()
	address := func(i int) string { return fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255) }
	for i := range 3 * addresses {
		l.fail(address(i), digest(fmt.Sprint(i)), noon)
		l.pass(digest(fmt.Sprint("good", i)))
	}
	if len(l.failed) > addresses+1 || len(l.good) > familiar {
		t.Errorf("%d addresses and %d tokens are remembered", len(l.failed), len(l.good))
	}
	// Those for whom there was no room are slowed together, and those that were there as ever.
	if l.wait(address(3*addresses), digest("x"), noon) == 0 || l.wait(address(0), digest("x"), noon) != 0 {
		t.Error("a flood of addresses is not slowed, or slows those that were there before")
	}
	later := noon.Add(addresses * 3 * each)
	if w := l.wait(address(3*addresses), digest("x"), later); w != 0 {
		t.Errorf("when all is forgiven a new address waits %s", w)
	}
	l.fail(address(3*addresses), digest("x"), later)
	if len(l.failed) > 2 {
		t.Errorf("%d addresses are remembered when all but one is forgiven", len(l.failed))
	}
}

// TestManyAskAtOnce is for the race detector, and for what they left behind.
func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	l := newLimit()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 100 {
				good := digest(fmt.Sprint("good", i, n))
				l.pass(good)
				failing(l, fmt.Sprintf("10.0.%d.1:1", i), 1, noon)
				if l.wait(fmt.Sprintf("10.0.%d.1:1", i), good, noon) != 0 {
					t.Error("a good token waits")
				}
			}
		})
	}
	all.Wait()
	if len(l.good) != 800 || len(l.failed) != 8 {
		t.Errorf("%d tokens and %d addresses are remembered", len(l.good), len(l.failed))
	}
}
