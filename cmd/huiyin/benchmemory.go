package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// heapMB is what is reachable.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// residentMB is the resident memory of this process by its kind, in MB: its own, and pages of files that are mapped, the
// database's above all, which the system takes back when it needs them. Both are 0 where the system does not tell (it does on
// Linux, see proc_pid_status(5)).
func residentMB() (anon, file float64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "RssAnon":
			anon = kb / 1024
		case "RssFile":
			file = kb / 1024
		}
	}
	return anon, file
}

// memoryPeaks keeps the most of what was sampled.
type memoryPeaks struct {
	mu         sync.Mutex
	anon, file float64
}

func (p *memoryPeaks) sample() (anon, file float64) {
	anon, file = residentMB()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.anon, p.file = max(p.anon, anon), max(p.file, file)
	return anon, file
}

func (p *memoryPeaks) peaks() (anon, file float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.anon, p.file
}
