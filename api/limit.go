package api

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// tries is how many tries may fail at once, each is how often another one may after that.
	tries = 10
	each  = 6 * time.Second
	// addresses is how many are told apart; the rest share one place.
	addresses = 4096
	// familiar is how many tokens are remembered that were good.
	familiar = 1024
)

// limit slows tries that fail, by remote address. Behind a proxy everybody has one address: so that somebody who guesses does not
// shut out a program that knows, a token that was good before is looked at all the same.
type limit struct {
	mu     sync.Mutex
	failed map[string]time.Time // by address: when all that failed is forgiven
	swept  time.Time            // when what is forgiven was last forgotten
	good   map[[32]byte]bool    // digests of tokens
}

func newLimit() *limit { return &limit{failed: map[string]time.Time{}, good: map[[32]byte]bool{}} }

// wait is how long a token from an address is not looked at; 0 = it is.
func (l *limit) wait(remote string, digest [32]byte, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.good[digest] {
		return 0
	}
	until := l.failed[l.place(remote, now)]
	if !until.After(now) {
		return 0
	}
	return max(0, until.Sub(now)-(tries-1)*each)
}

// fail counts a try that failed.
func (l *limit) fail(remote string, digest [32]byte, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.good, digest)
	at := l.place(remote, now)
	from := l.failed[at]
	if from.Before(now) {
		from = now
	}
	l.failed[at] = from.Add(each)
}

// pass remembers a token that was good.
func (l *limit) pass(digest [32]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.good) >= familiar {
		clear(l.good)
	}
	l.good[digest] = true
}

// place is where an address is counted: its own, as long as there is room.
func (l *limit) place(remote string, now time.Time) string {
	at := neighbours(remote)
	if _, known := l.failed[at]; known || len(l.failed) < addresses {
		return at
	}
	if since := now.Sub(l.swept); since < 0 || since >= each { // not at each of a flood
		l.swept = now
		for a, until := range l.failed {
			if !until.After(now) {
				delete(l.failed, a)
			}
		}
	}
	if len(l.failed) < addresses {
		return at
	}
	return ""
}

// neighbours is an address without its port, of IPv6 the network of one customer.
func neighbours(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	a = a.Unmap().WithZone("")
	if p, err := a.Prefix(64); a.Is6() && err == nil {
		return p.String()
	}
	return a.String()
}
