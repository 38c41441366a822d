package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/internal/secret"
)

func TestNeverPrinted(t *testing.T) {
	const value = "hunter2-and-more"
	s := secret.Secret(value)
	holder := struct{ Token secret.Secret }{s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", s, holder, &holder)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("start", "token", s, "config", holder)
	slog.New(slog.NewTextHandler(&out, nil)).Info("start", "token", s, "config", holder)
	if err := json.NewEncoder(&out).Encode(holder); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the secret shows as %q in:\n%s", leak, &out)
		}
	}
	if s.Reveal() != value {
		t.Errorf("Reveal() = %q", s.Reveal())
	}
}

func TestOrFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, empty := write("good", "from-file\r\n"), write("empty", "\n")
	for _, tc := range []struct {
		name    string
		value   secret.Secret
		file    string
		want    string
		wantErr string
	}{
		{"value wins", "direct", good, "direct", ""},
		{"file", "", good, "from-file", ""},
		{"neither", "", "", "", ""},
		{"empty file", "", empty, "", "is empty"},
		{"missing file", "", filepath.Join(dir, "none"), "", "no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := secret.OrFile(tc.value, tc.file)
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tc.wantErr)) {
				t.Fatalf("error %v, want %q", err, tc.wantErr)
			}
			if got.Reveal() != tc.want {
				t.Errorf("got %q, want %q", got.Reveal(), tc.want)
			}
		})
	}
}
