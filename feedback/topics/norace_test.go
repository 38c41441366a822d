//go:build !race

package topics_test

// underRace is true when the race detector slows everything down.
const underRace = false
