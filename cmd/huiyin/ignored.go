package main

import (
	"slices"
	"strings"

	"huiyin/internal/config"
)

// settingsKey is where the file has the settings of a channel, which only the channel knows.
const settingsKey = "inbox.settings"

// nearestKey is the key of the configuration with the most similar name; empty for the settings of a channel.
func nearestKey(key string) string {
	if strings.HasPrefix(key, settingsKey) {
		return ""
	}
	known := []string{"inbox.id", "inbox.channel", "inbox.name", "inbox.lang", "inbox.window", settingsKey}
	cfg := defaultConfig()
	config.Walk(&cfg, func(l config.Leaf) { known = append(known, l.Path) })
	return slices.MinFunc(known, func(x, y string) int { return letters(key, x) - letters(key, y) })
}
