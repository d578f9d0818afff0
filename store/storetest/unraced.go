//go:build !race

package storetest

// Raced says that the race detector watches: what is long is played short then, and whole without it.
const Raced = false
