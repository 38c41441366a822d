//go:build !race

package main

// underRace is true when the race detector slows everything down.
const underRace = false
