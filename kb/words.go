package kb

import (
	"encoding/json"
	"strings"
)

// FormatSynonyms writes groups so that ReadSynonyms gives back the same ones: a group a line.
func FormatSynonyms(groups [][]string) []byte {
	var b strings.Builder
	for _, g := range groups {
		line, err := json.Marshal(g) // a list in JSON is one in YAML
		if err != nil {
			continue // strings can be marshalled
		}
		b.WriteString("- " + string(line) + "\n")
	}
	return []byte(b.String())
}
