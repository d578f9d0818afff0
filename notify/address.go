package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"net/url"

	"github.com/cardea-access/cardea"
)

// Address reads where an endpoint is. Errors: Rejected for what is no absolute https address, or http to another machine; for one
// with a name and password, or a fragment, in it.
func Address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, cardea.Errorf(cardea.Rejected, "the url is no address: write one as https://app.example.com/cardea")
	case u.User != nil:
		return nil, cardea.Errorf(cardea.Rejected, "the url has a name or password in it: "+
			"whoever is told checks the signature, and needs none")
	case u.Fragment != "":
		return nil, cardea.Errorf(cardea.Rejected, "the url has a fragment (#...) in it, which is never sent: leave it out")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return u, nil
	}
	return nil, cardea.Errorf(cardea.Rejected, "the url must begin with https://: what is told are names, and codes that "+
		"let people in. "+
		"Only to this machine itself (127.0.0.1, localhost) may it be http://")
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// dialled is the host and port that an address leads to.
func dialled(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Digest tells addresses apart without telling what they are: the path of one may be as good as a password.
func Digest(u *url.URL) string {
	sum := sha256.Sum256([]byte("cardea endpoint\x00" + u.String()))
	return hex.EncodeToString(sum[:12])
}
