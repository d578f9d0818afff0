// Package worlds makes worlds for the sandbox by code from a seed: london, an operator with three sites, twelve floors,
// sixty rooms, 140 companies and 900 people, and a week of bookings across the end of daylight saving; and the
// configuration that fits it. The same seed makes the same bytes.
//
//	London(seed)        -> the world file (testdata/worlds/london.yaml)
//	LondonConfig(...)   -> the cardea.yaml beside it
package worlds
