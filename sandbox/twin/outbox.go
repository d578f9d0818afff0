package twin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Hook delivers one webhook: nil when the receiver answered 2xx.
type Hook func(ctx context.Context, url string, h http.Header, body []byte) error

// deliverTimeout is how long a receiver may take. Neither vendor documents its own.
const deliverTimeout = 10 * time.Second

// PostHook delivers by HTTP POST.
func PostHook(ctx context.Context, url string, h http.Header, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, deliverTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook to %s: %w", url, err)
	}
	req.Header = h.Clone()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("webhook to %s: %w", url, err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("webhook to %s: %w", url, err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("webhook to %s: status %d", url, res.StatusCode)
	}
	return nil
}

// Delivery is one webhook on its way out.
type Delivery struct {
	URL    string
	Header http.Header
	Body   []byte
	Done   func(error) // may be nil; called once, outside every lock of the sandbox
}

// Outbox sends deliveries one after the other, once each, in the order they were put in. It holds no goroutine while empty.
type Outbox struct {
	hook Hook

	mu      sync.Mutex
	queue   []Delivery
	running bool
	idle    chan struct{} // closed when the running drain ends
}

// NewOutbox sends through hook, or by HTTP POST when hook is nil.
func NewOutbox(hook Hook) *Outbox {
	if hook == nil {
		hook = PostHook
	}
	return &Outbox{hook: hook}
}

// Send queues deliveries and returns at once.
func (o *Outbox) Send(ds ...Delivery) {
	if len(ds) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = append(o.queue, ds...)
	if !o.running {
		o.running = true
		o.idle = make(chan struct{})
		go o.drain()
	}
}

func (o *Outbox) drain() {
	for {
		o.mu.Lock()
		if len(o.queue) == 0 {
			o.running = false
			close(o.idle)
			o.mu.Unlock()
			return
		}
		d := o.queue[0]
		o.queue = o.queue[1:]
		o.mu.Unlock()
		err := o.hook(context.Background(), d.URL, d.Header, d.Body)
		if d.Done != nil {
			d.Done(err)
		}
	}
}

// Wait returns when nothing is queued or under way, or when ctx ends.
func (o *Outbox) Wait(ctx context.Context) error {
	o.mu.Lock()
	running, idle := o.running, o.idle
	o.mu.Unlock()
	if !running {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("webhooks are still under way: %w", ctx.Err())
	}
}
