//go:build race

package main

// underRace is true when the race detector slows everything down: loads are smaller then, and `make test` runs them whole
// without it.
const underRace = true
