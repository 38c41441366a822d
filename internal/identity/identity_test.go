package identity_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"huiyin/internal/identity"
	"huiyin/internal/secret"
)

const (
	fresh = secret.Secret("3f1c9a7e5b2d8064f0e1d2c3b4a59687")
	older = secret.Secret("a0b1c2d3e4f5061728394a5b6c7d8e9f")
	wrong = secret.Secret("ffeeddccbbaa99887766554433221100")
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func verifier() *identity.Verifier {
	return identity.NewVerifier("web", func() time.Time { return noon }, fresh, older)
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// token signs whatever stands there, as somebody with the secret could.
func token(key secret.Secret, header, claims string) string {
	text := b64(header) + "." + b64(claims)
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

const header = `{"alg":"HS256","typ":"JWT"}`

// claims are good ones with more members.
func claims(more string) string {
	return fmt.Sprintf(`{"sub":"42","aud":"web","exp":%d%s}`, noon.Add(time.Hour).Unix(), more)
}

func at(d time.Duration) int64 { return noon.Add(d).Unix() }

func TestVerify(t *testing.T) {
	good := token(fresh, header, claims(""))
	parts := strings.Split(good, ".")
	for _, tc := range []struct {
		name, token string
		want        error
	}{
		{"good", good, nil},
		{"signed with the old secret", token(older, header, claims("")), nil},
		{"a key id and other claims", token(fresh, `{"typ":"jwt","kid":"1","alg":"HS256"}`, claims(`,"iss":"shop","jti":"x","roles":["a"],"SUB":"7"`)), nil},
		{"without a typ", token(fresh, `{"alg":"HS256"}`, claims("")), nil},
		{"times with fractions", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"web","exp":%d.75,"iat":%d.25}`, at(time.Minute), at(0))), nil},
		{"expired within the skew", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"web","exp":%d}`, at(-59*time.Second))), nil},
		{"issued a little ahead", token(fresh, header, claims(fmt.Sprintf(`,"iat":%d`, at(30*time.Second)))), nil},

		{"nothing", "", identity.ErrSize},
		{"huge", token(fresh, header, claims(`,"name":"`+strings.Repeat("x", identity.MaxToken)+`"`)), identity.ErrSize},
		{"two parts", parts[0] + "." + parts[1], identity.ErrForm},
		{"four parts", good + ".", identity.ErrForm},
		{"broken base64", parts[0] + "." + parts[1] + "!." + parts[2], identity.ErrForm},
		{"padded base64", parts[0] + "." + parts[1] + "=." + parts[2], identity.ErrForm},
		{"a line end within", parts[0] + "." + parts[1] + "\n." + parts[2], identity.ErrForm},
		{"ordinary base64", strings.NewReplacer("-", "+", "_", "/").Replace(token(fresh, header, claims(`,"name":"~~~???>>>"`))), identity.ErrForm},
		{"spare bits in the last letter", parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])-1] + next(parts[2]), identity.ErrForm},

		{"alg none", b64(`{"alg":"none"}`) + "." + parts[1] + ".", identity.ErrAlgorithm},
		{"alg none, signed", token(fresh, `{"alg":"none"}`, claims("")), identity.ErrAlgorithm},
		{"alg HS512", token(fresh, `{"alg":"HS512"}`, claims("")), identity.ErrAlgorithm},
		{"alg in other letters", token(fresh, `{"alg":"hs256"}`, claims("")), identity.ErrAlgorithm},
		{"alg under another name", token(fresh, `{"Alg":"HS256"}`, claims("")), identity.ErrAlgorithm},
		{"alg twice", token(fresh, `{"alg":"none","alg":"HS256"}`, claims("")), identity.ErrHeader},
		{"critical extensions", token(fresh, `{"alg":"HS256","crit":["b64"],"b64":false}`, claims("")), identity.ErrHeader},
		{"a key of the sender's own", token(fresh, `{"alg":"HS256","jwk":{}}`, claims("")), identity.ErrHeader},
		{"a header that is a list", token(fresh, `["HS256"]`, claims("")), identity.ErrHeader},

		{"wrong secret", token(wrong, header, claims("")), identity.ErrSignature},
		{"no secret", token("", header, claims("")), identity.ErrSignature},
		{"no signature", parts[0] + "." + parts[1] + ".", identity.ErrSignature},
		{"short signature", parts[0] + "." + parts[1] + "." + b64("short"), identity.ErrSignature},
		{"claims of another token", parts[0] + "." + b64(claims(`,"name":"Eve"`)) + "." + parts[2], identity.ErrSignature},

		{"no id", token(fresh, header, fmt.Sprintf(`{"aud":"web","exp":%d}`, at(time.Hour))), identity.ErrAccount},
		{"an empty id", token(fresh, header, fmt.Sprintf(`{"sub":"","aud":"web","exp":%d}`, at(time.Hour))), identity.ErrAccount},
		{"an id of spaces", token(fresh, header, fmt.Sprintf(`{"sub":" ","aud":"web","exp":%d}`, at(time.Hour))), identity.ErrAccount},
		{"an id that is a number", token(fresh, header, fmt.Sprintf(`{"sub":42,"aud":"web","exp":%d}`, at(time.Hour))), identity.ErrAccount},
		{"an id with a line end", token(fresh, header, fmt.Sprintf(`{"sub":"4\n2","aud":"web","exp":%d}`, at(time.Hour))), identity.ErrAccount},
		{"a long id", token(fresh, header, fmt.Sprintf(`{"sub":%q,"aud":"web","exp":%d}`, strings.Repeat("9", identity.MaxAccount+1), at(time.Hour))), identity.ErrAccount},
		{"two ids", token(fresh, header, claims(`,"sub":"43"`)), identity.ErrClaims},
		{"two ids, one in escapes", token(fresh, header, claims(`,"\u0073ub":"43"`)), identity.ErrClaims},
		{"another inbox", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"telegram","exp":%d}`, at(time.Hour))), identity.ErrAudience},
		{"no inbox", token(fresh, header, fmt.Sprintf(`{"sub":"42","exp":%d}`, at(time.Hour))), identity.ErrAudience},
		{"several inboxes", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":["web"],"exp":%d}`, at(time.Hour))), identity.ErrAudience},

		{"no expiry", token(fresh, header, `{"sub":"42","aud":"web"}`), identity.ErrExpires},
		{"an expiry of null", token(fresh, header, `{"sub":"42","aud":"web","exp":null}`), identity.ErrExpires},
		{"expired", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"web","exp":%d}`, at(-time.Minute))), identity.ErrExpired},
		{"expires too late", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"web","exp":%d}`, at(25*time.Hour))), identity.ErrLife},
		{"an expiry in milliseconds", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"web","exp":%d000}`, at(time.Hour))), identity.ErrClaims},
		{"an expiry that is a text", token(fresh, header, fmt.Sprintf(`{"sub":"42","aud":"web","exp":"%d"}`, at(time.Hour))), identity.ErrClaims},
		{"a negative expiry", token(fresh, header, `{"sub":"42","aud":"web","exp":-1}`), identity.ErrClaims},
		{"issued in the future", token(fresh, header, claims(fmt.Sprintf(`,"iat":%d`, at(2*time.Minute)))), identity.ErrEarly},
		{"not yet in force", token(fresh, header, claims(fmt.Sprintf(`,"nbf":%d`, at(2*time.Minute)))), identity.ErrEarly},

		{"a name that is a list", token(fresh, header, claims(`,"name":["a"]`)), identity.ErrClaims},
		{"verified that is a text", token(fresh, header, claims(`,"email_verified":"true"`)), identity.ErrClaims},
		{"claims that are no object", token(fresh, header, `"42"`), identity.ErrClaims},
		{"more after the claims", token(fresh, header, claims("")+`{}`), identity.ErrClaims},
		{"cut claims", token(fresh, header, `{"sub":"42"`), identity.ErrClaims},
		{"bytes that are no text", token(fresh, header, claims(",\"name\":\"\xff\"")), identity.ErrClaims},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := verifier().Verify(tc.token)
			if !errors.Is(err, tc.want) {
				t.Fatalf("%v, want %v", err, tc.want)
			}
			if tc.want == nil && got.Account != "42" {
				t.Errorf("got %+v", got)
			}
			if tc.want != nil && !errors.Is(err, identity.ErrToken) {
				t.Errorf("%v is no ErrToken", err)
			}
		})
	}
}

// next is the letter of base64url after the last one of a text: of a signature, it differs in bits that count for nothing.
func next(s string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, s[len(s)-1])+1])
}

func TestClaims(t *testing.T) {
	for _, tc := range []struct {
		name, more string
		want       identity.Claims
	}{
		{"all", `,"name":"林 <b>小雨</b>","email":"lin@shop.example","email_verified":true,"phone_number":"+86 138 1234 5678","phone_number_verified":true`,
			identity.Claims{Name: "林 <b>小雨</b>", Email: "lin@shop.example", Phone: "+86 138 1234 5678"}},
		{"an address that the shop has not verified", `,"email":"lin@shop.example","email_verified":false,"phone_number":"13812345678","phone_number_verified":false`, identity.Claims{}},
		{"an address of which the shop does not say that it has verified it", `,"email":"lin@shop.example","phone_number":"13812345678"`, identity.Claims{}},
		{"one of which it does not know", `,"email":"lin@shop.example","email_verified":null,"phone_number":"13812345678","phone_number_verified":null`, identity.Claims{}},
		{"one of the two", `,"email":"lin@shop.example","email_verified":true,"phone_number":"13812345678"`, identity.Claims{Email: "lin@shop.example"}},
		{"what is not known is null", `,"name":null,"email":null,"phone_number":null,"email_verified":null`, identity.Claims{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := verifier().Verify(token(fresh, header, claims(tc.more)))
			tc.want.Account, tc.want.Expires = "42", noon.Add(time.Hour)
			if err != nil || got != tc.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestSignedTokensAreTaken(t *testing.T) {
	want := identity.Claims{Account: "u-7", Name: "Ada \"A\" <i>", Email: "ada@shop.example", Phone: "+441234567890", Issued: noon, Expires: noon.Add(time.Hour)}
	signed, err := identity.Sign(fresh, "web", want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := verifier().Verify(signed); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := identity.NewVerifier("shop", func() time.Time { return noon }, fresh).Verify(signed); !errors.Is(err, identity.ErrAudience) {
		t.Errorf("in another inbox: %v", err)
	}
	if _, err := identity.NewVerifier("web", func() time.Time { return noon }).Verify(signed); !errors.Is(err, identity.ErrSignature) {
		t.Errorf("without a secret: %v", err)
	}
}

func TestCheckSecret(t *testing.T) {
	for _, tc := range []struct {
		secret secret.Secret
		weak   bool
	}{
		{"", true}, {"changeme", true}, {fresh[:identity.MinSecret-1], true}, {secret.Secret(strings.Repeat("ab", 40)), true},
		{fresh, false}, {"5c0e1d2f-8a7b-4c6d-9e0f-112233445566-and-more", false},
	} {
		err := identity.CheckSecret(tc.secret)
		if (err != nil) != tc.weak || tc.weak && !errors.Is(err, identity.ErrSecret) {
			t.Errorf("a secret of %d: %v", len(tc.secret), err)
		}
		if err != nil && tc.secret != "" && strings.Contains(err.Error(), tc.secret.Reveal()) {
			t.Errorf("the secret shows: %v", err)
		}
	}
}

// FuzzVerify: nothing that was not signed is taken, nothing panics, and a refusal says nothing of the token.
func FuzzVerify(f *testing.F) {
	good := token(fresh, header, claims(`,"name":"Ada"`))
	for _, seed := range []string{good, good[1:], strings.Replace(good, ".", "..", 1), "a.b.c", b64(`{"alg":"none"}`) + "." + b64(claims("")) + ".", strings.Repeat(".", 9)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := verifier().Verify(s)
		if s != good && err == nil {
			t.Fatalf("taken: %q as %+v", s, got)
		}
		if err != nil && !errors.Is(err, identity.ErrToken) {
			t.Fatalf("an error of another kind: %v", err)
		}
	})
}

// FuzzClaims: whatever is signed is read to the end or refused, and what is taken is within the bounds.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{claims(""), claims(`,"name":"Ada","email":"a@b.c"`), `{"sub":"42","aud":"web","exp":1e999}`, `{"a":{"a":[1,{}]},"sub":"4"}`, `{`, `[]`, `{"exp":1.7e9,"sub":"\ud800"}`} {
		f.Add(header, seed)
	}
	f.Fuzz(func(t *testing.T, header, claims string) {
		got, err := verifier().Verify(token(fresh, header, claims))
		if err != nil {
			if !errors.Is(err, identity.ErrToken) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if n := len(got.Account); n == 0 || n > identity.MaxAccount || got.Expires.Before(noon.Add(-identity.Skew)) || got.Expires.After(noon.Add(identity.MaxLife+identity.Skew)) {
			t.Fatalf("out of bounds: %+v", got)
		}
	})
}
