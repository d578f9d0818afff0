package main

import (
	"syscall"
	"time"
)

// burnt is how much processor time this process has taken; the bubble's clock does not know.
func burnt() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
