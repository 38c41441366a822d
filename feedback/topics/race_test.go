//go:build race

package topics_test

// underRace is true when the race detector makes training take minutes: the model is compared without it.
const underRace = true
