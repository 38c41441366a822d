// Package secret holds values that must never be shown: tokens, keys, passwords.
package secret

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// mask is what every attempt to print a Secret shows.
const mask = "***"

// Secret is a value that prints as *** however it is printed, logged or encoded. Reveal gives the value itself.
type Secret string

// Reveal is the value. Hand it to the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

// Set reports whether there is a value.
func (s Secret) Set() bool { return s != "" }

// String implements fmt.Stringer: *** or nothing.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString implements fmt.GoStringer, so that %#v is safe as well.
func (s Secret) GoString() string { return `secret.Secret("` + s.String() + `")` }

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler for JSON, TOML and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}

// OrFile is the secret itself or, when it is empty and file is not, the content of that file without the newline at its
// end. It is the twin "token_file" of a setting "token".
func OrFile(s Secret, file string) (Secret, error) {
	if s != "" || file == "" {
		return s, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	value := strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return "", fmt.Errorf("secret: %s is empty: write the secret into it", file)
	}
	return Secret(value), nil
}
