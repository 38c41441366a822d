package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/internal/identity"
)

// recipes are the programs of docs/identity.md: how to run each, with its function put in place of RECIPE. The customer's e-mail
// address is verified, her phone number is not.
var recipes = []struct{ lang, tool, file, program string }{
	{"go", "go", "main.go", "package main\n\nimport (\n\t\"crypto/hmac\"\n\t\"crypto/sha256\"\n\t\"encoding/base64\"\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n)\n\ntype User struct {\n\tID, Name, Email, Phone string\n\tEmailVerified, PhoneVerified bool\n}\n\nRECIPE\n" +
		"func main() { fmt.Print(identity(User{\"42\", \"林 <b>~~??>>\", \"lin@shop.example\", \"+86 138 1234 5678\", true, false})) }\n"},
	{"js", "node", "main.js", "RECIPE\nprocess.stdout.write(identity({ id: 42, name: '林 <b>~~??>>', email: 'lin@shop.example', emailVerified: true, phone: '+86 138 1234 5678' }));\n"},
	{"php", "php", "main.php", "<?php\nRECIPE\necho identity(['id' => 42, 'name' => '林 <b>~~??>>', 'email' => 'lin@shop.example', 'email_verified' => true, 'phone' => '+86 138 1234 5678']);\n"},
	{"python", "python3", "main.py", "RECIPE\nprint(identity({'id': 42, 'name': '林 <b>~~??>>', 'email': 'lin@shop.example', 'email_verified': True, 'phone': '+86 138 1234 5678'}), end='')\n"},
}

// TestIdentityRecipes runs what shops copy, wherever its language is on this machine, and reads what comes out.
func TestIdentityRecipes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "identity.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recipes {
		t.Run(r.lang, func(t *testing.T) {
			found := regexp.MustCompile("(?s)```" + r.lang + "\n(.*?)```").FindSubmatch(page)
			if found == nil {
				t.Fatal("the page has no such recipe")
			}
			if n := bytes.Count(found[1], []byte("\n")); n > 10 {
				t.Errorf("it has %d lines", n)
			}
			tool, err := exec.LookPath(r.tool)
			if err != nil {
				t.Skip(r.tool, "is not on this machine")
			}
			file := filepath.Join(t.TempDir(), r.file)
			if err := os.WriteFile(file, []byte(strings.Replace(r.program, "RECIPE", string(found[1]), 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{file}
			if r.tool == "go" {
				args = []string{"run", file}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, tool, args...)
			cmd.Env = append(os.Environ(), "HUIYIN_IDENTITY_SECRET="+identitySecret)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got, err := identity.NewVerifier("web", time.Now, identitySecret).Verify(string(out))
			if err != nil || got.Account != "42" || got.Name != "林 <b>~~??>>" || got.Email != "lin@shop.example" || got.Phone != "" {
				t.Errorf("%v: %+v\n%s", err, got, out)
			}
		})
	}
}

// TestWebchatToken: the command prints a token that the inbox takes, and says what is missing.
func TestWebchatToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "huiyin.toml")
	text := "[[inbox]]\nid = \"shop\"\nchannel = \"webchat\"\n[inbox.settings]\nidentity_secret = \"" + identitySecret + "\"\n[[inbox]]\nid = \"bare\"\nchannel = \"webchat\"\n[[inbox]]\nid = \"weak\"\nchannel = \"webchat\"\n[inbox.settings]\nidentity_secret = \"hunter2\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a token", []string{"--inbox", "shop", "--id", "42", "--name", "Ada", "--email", "ada@shop.example", "--for", "2h"}, 0, "Valid until"},
		{"no such inbox", []string{"--id", "42"}, 2, "no web chat has the id web"},
		{"no secret", []string{"--inbox", "bare", "--id", "42"}, 2, "HUIYIN_INBOX_BARE_IDENTITY_SECRET"},
		{"a weak secret", []string{"--inbox", "weak", "--id", "42"}, 2, "at least 32 characters"},
		{"too long", []string{"--inbox", "shop", "--id", "42", "--for", "48h"}, 2, "more than 24 hours away"},
		{"no id", []string{"--inbox", "shop"}, 2, "--id"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := runAt(t.Context(), clockOf(t).now, append([]string{"--config", file, "--lang", "en", "webchat", "token"}, tc.args...), reader(""), &out, &errs, func(string) (string, bool) { return "", false })
			if code != tc.code || !strings.Contains(errs.String(), tc.want) || strings.Contains(errs.String(), "hunter2") {
				t.Fatalf("%d %s", code, &errs)
			}
			if code != 0 {
				return
			}
			got, err := identity.NewVerifier("shop", clockOf(t).now, identitySecret).Verify(strings.TrimSpace(out.String()))
			if err != nil || got.Account != "42" || got.Email != "ada@shop.example" || got.Expires.Sub(clockOf(t).now()) < time.Hour {
				t.Errorf("%v: %+v", err, got)
			}
		})
	}
}
