package twin

import "time"

// Options are what the sandbox gives a faked vendor.
type Options struct {
	Now    func() time.Time
	Days   int       // every date of the world is moved by so many days
	Speed  int       // limits by the second and minute are so many times higher; 0 = 1
	Anchor time.Time // the world's Monday, already moved; records that do not say when are made 60 days before it
	Outbox *Outbox   // delivers webhooks
}
