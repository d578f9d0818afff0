package main

import (
	"context"
	"net"
	"net/http"
)

// network is how commands are reached and reach others: by its zero value over the machine's own.
type network struct {
	listener  func(address string) (net.Listener, error)
	transport http.RoundTripper // to the vendors
	webhooks  http.RoundTripper // to whom webhooks are sent that go out
	hook      func(ctx context.Context, url string, h http.Header, body []byte) error
}

// listen waits for callers at an address.
func (n network) listen(ctx context.Context, address string) (net.Listener, error) {
	if n.listener != nil {
		return n.listener(address)
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", address)
}
