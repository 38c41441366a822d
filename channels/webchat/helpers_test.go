package webchat_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// assign writes a decoded table into a struct by its toml tags, as the configuration does: unknown keys are an error.
func assign(into any, raw map[string]any) error {
	v := reflect.ValueOf(into).Elem()
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		fields[v.Type().Field(i).Tag.Get("toml")] = v.Field(i)
	}
	for key, value := range raw {
		field, ok := fields[key]
		if !ok {
			return fmt.Errorf("unknown key %q", key)
		}
		data, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, field.Addr().Interface()); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// TestWords holds the page's words together: both languages have the same keys, and every key that page or script uses
// exists.
func TestWords(t *testing.T) {
	var words map[string]map[string]string
	data, err := os.ReadFile("assets/words.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &words); err != nil {
		t.Fatal(err)
	}
	for key := range words["en"] {
		if words["zh"][key] == "" {
			t.Errorf("%q is missing in Chinese", key)
		}
	}
	for key := range words["zh"] {
		if words["en"][key] == "" {
			t.Errorf("%q is missing in English", key)
		}
	}
	used := regexp.MustCompile(`(?:\.Words\.|words\.)(\w+)|state\(\w+, '(\w+)'`)
	for _, name := range []string{"assets/page.html", "assets/chat.js"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := used.FindAllStringSubmatch(string(source), -1)
		if len(found) < 3 {
			t.Errorf("%s uses only %d words: the pattern is wrong", name, len(found))
		}
		for _, m := range found {
			if key := m[1] + m[2]; words["en"][key] == "" {
				t.Errorf("%s uses %q, which words.json does not have", name, key)
			}
		}
	}
}

// TestSizes keeps the page light: it is loaded on phones, and beside other sites' own pages.
func TestSizes(t *testing.T) {
	entries, err := os.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s does not belong here", e.Name())
		}
	}
	if total > 40<<10 {
		t.Errorf("the page weighs %d bytes, more than 40 KiB", total)
	}
}
