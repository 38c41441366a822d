package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// envNames remembers which environment variables were looked for: those are the ones that mean something.
type envNames struct {
	from func(string) (string, bool)

	mu    sync.Mutex
	names map[string]bool
}

// newEnvNames knows from the start what the command line is read from.
func newEnvNames(from func(string) (string, bool)) *envNames {
	a := &envNames{from: from, names: map[string]bool{}}
	for line, i := reflect.TypeFor[cli](), 0; i < line.NumField(); i++ {
		if name := line.Field(i).Tag.Get("env"); name != "" {
			a.names[name] = true
		}
	}
	return a
}

// lookup is os.LookupEnv, remembered.
func (a *envNames) lookup(name string) (string, bool) {
	a.mu.Lock()
	a.names[name] = true
	a.mu.Unlock()
	if a.from == nil {
		return "", false
	}
	return a.from(name)
}

// stranger is an environment variable of ours by its name that nothing has looked for.
type stranger struct {
	Name    string
	Nearest string // the one that is looked for and has the most similar name
}

// strangers are those among the lines of an environment (NAME=value), in order of their names. It is complete when everything
// has been read that is configured.
func (a *envNames) strangers(environ []string) []stranger {
	a.mu.Lock()
	defer a.mu.Unlock()
	var known []string
	for name := range a.names {
		if strings.HasPrefix(name, "HUIYIN_") {
			known = append(known, name)
		}
	}
	slices.Sort(known)
	var all []stranger
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, "HUIYIN_") && !a.names[name] && len(known) > 0 {
			all = append(all, stranger{name, slices.MinFunc(known, func(x, y string) int { return letters(name, x) - letters(name, y) })})
		}
	}
	slices.SortFunc(all, func(x, y stranger) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// strangers are the variables of the process that mean nothing, which are mostly misspelt.
func (e *env) strangers() []stranger {
	if e.asked == nil {
		return nil
	}
	return e.asked.strangers(os.Environ())
}

// letters is how many letters must be put in, left out or changed to make b of a (Levenshtein's distance).
func letters(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
