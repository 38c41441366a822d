// Package identity reads and makes identity tokens: what a shop's own server signs to say which of its customers uses the
// chat. A token is a JSON Web Signature in its compact form (RFC 7515) with the claims of a JSON Web Token (RFC 7519), under
// HMAC-SHA256 and nothing else (RFC 7518, "HS256"), so that any JWT library of the shop's language can make one.
package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiyin/internal/secret"
)

// Bounds of tokens and secrets.
const (
	MaxToken    = 4096           // bytes
	MaxLife     = 24 * time.Hour // from now to "exp"
	Skew        = time.Minute    // by how much the shop's clock may differ from ours
	MinSecret   = 32             // bytes: as many as the hash has (RFC 7518, 3.2)
	MaxAccount  = 255            // bytes of "sub", as in OpenID Connect Core 1.0, 2
	minDistinct = 8              // different bytes of a secret: fewer are a placeholder
)

// Reasons why a token is refused. All are ErrToken. Their sentences are for the operator's log: they say what to do, and hold
// nothing of the token.
var (
	ErrToken     = errors.New("identity token refused")
	ErrSize      = fmt.Errorf("%w: it is empty or has more than %d bytes; sign id, name, e-mail and phone only", ErrToken, MaxToken)
	ErrForm      = fmt.Errorf("%w: it is no compact JWS: three parts of unpadded base64url, joined by dots", ErrToken)
	ErrHeader    = fmt.Errorf("%w: its header is not that of a plain JWT; make it with typ JWT and without crit", ErrToken)
	ErrAlgorithm = fmt.Errorf("%w: it is not signed with HS256, the only algorithm that is taken", ErrToken)
	ErrSignature = fmt.Errorf("%w: it is signed with another secret; compare the shop's secret with identity_secret of this inbox", ErrToken)
	ErrClaims    = fmt.Errorf("%w: its claims are no JSON object in which each name stands once with a value of its kind", ErrToken)
	ErrAccount   = fmt.Errorf("%w: sub must be the customer's id at the shop: a text of 1 to %d bytes without control characters", ErrToken, MaxAccount)
	ErrAudience  = fmt.Errorf("%w: it is made for another inbox; aud must be the id of this one", ErrToken)
	ErrExpires   = fmt.Errorf("%w: exp is missing; it must say when the token expires, in Unix seconds", ErrToken)
	ErrExpired   = fmt.Errorf("%w: it has expired; make one whenever a page is made, and check the shop's clock", ErrToken)
	ErrEarly     = fmt.Errorf("%w: iat or nbf is more than %d seconds ahead; check the shop's clock", ErrToken, int(Skew.Seconds()))
	ErrLife      = fmt.Errorf("%w: exp is more than %d hours away; choose an hour", ErrToken, int(MaxLife.Hours()))
)

// ErrSecret means that a secret is too weak to sign with.
var ErrSecret = fmt.Errorf("a secret has at least %d characters that nobody can guess, for example from `openssl rand -hex 32`", MinSecret)

// Claims are what a token says.
type Claims struct {
	Account string    // "sub": the customer's id at the shop
	Name    string    // "name"
	Email   string    // "email"; empty unless "email_verified" is true
	Phone   string    // "phone_number"; empty unless "phone_number_verified" is true
	Issued  time.Time // "iat"; zero: not said
	Expires time.Time // "exp"
}

// CheckSecret reports whether a secret is strong enough, as ErrSecret with what is wrong.
func CheckSecret(s secret.Secret) error {
	distinct := map[byte]bool{}
	for i := range len(s) {
		distinct[s[i]] = true
	}
	switch {
	case len(s) < MinSecret:
		return fmt.Errorf("%w: this one has %d", ErrSecret, len(s))
	case len(distinct) < minDistinct:
		return fmt.Errorf("%w: this one repeats the same few", ErrSecret)
	}
	return nil
}

// Verifier checks the tokens of one inbox.
type Verifier struct {
	audience string
	secrets  []secret.Secret
	now      func() time.Time
}

// NewVerifier makes one. Each of the secrets may have signed a token, so that a new one can be brought in while tokens of the
// old one are about. The audience is the id of the inbox.
func NewVerifier(audience string, now func() time.Time, secrets ...secret.Secret) *Verifier {
	return &Verifier{audience: audience, secrets: secrets, now: now}
}

// Verify returns what a token says when it is genuine, meant for this inbox, and in force; else an ErrToken. The signature is
// checked before a claim is looked at.
func (v *Verifier) Verify(token string) (Claims, error) {
	if token == "" || len(token) > MaxToken {
		return Claims{}, ErrSize
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claims{}, ErrForm
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = decode(part); err != nil {
			return Claims{}, err
		}
	}
	if err := checkHeader(raw[0]); err != nil {
		return Claims{}, err
	}
	if !v.signed(parts[0]+"."+parts[1], raw[2]) {
		return Claims{}, ErrSignature
	}
	p, err := readPayload(raw[1])
	if err != nil {
		return Claims{}, err
	}
	return p.Claims, v.inForce(p)
}

// decode reads unpadded base64url. The library's decoder skips line ends, and so would take one token in many spellings.
func decode(part string) ([]byte, error) {
	if strings.ContainsAny(part, "\r\n") {
		return nil, ErrForm
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, ErrForm
	}
	return raw, nil
}

// signed compares with every secret, in constant time for each.
func (v *Verifier) signed(text string, mac []byte) bool {
	found := false
	for _, s := range v.secrets {
		if s.Set() && hmac.Equal(sum(s, text), mac) {
			found = true
		}
	}
	return found
}

func sum(s secret.Secret, text string) []byte {
	h := hmac.New(sha256.New, []byte(s.Reveal()))
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum(nil)
}

// inForce looks at the clock and at whom the token is for.
func (v *Verifier) inForce(p payload) error {
	now := v.now()
	switch {
	case p.audience != v.audience:
		return ErrAudience
	case p.Expires.IsZero():
		return ErrExpires
	case !p.Expires.After(now.Add(-Skew)):
		return ErrExpired
	case p.Issued.After(now.Add(Skew)), p.notBefore.After(now.Add(Skew)):
		return ErrEarly
	case p.Expires.After(now.Add(MaxLife + Skew)):
		return ErrLife
	}
	return nil
}

// Sign makes a token for an inbox, with an address and a number as verified ones. It does not judge the claims: Verify does.
func Sign(s secret.Secret, audience string, c Claims) (string, error) {
	claims := struct {
		Account    string `json:"sub"`
		Audience   string `json:"aud"`
		Name       string `json:"name,omitempty"`
		Email      string `json:"email,omitempty"`
		EmailKnown bool   `json:"email_verified,omitempty"`
		Phone      string `json:"phone_number,omitempty"`
		PhoneKnown bool   `json:"phone_number_verified,omitempty"`
		Issued     int64  `json:"iat,omitempty"`
		Expires    int64  `json:"exp"`
	}{c.Account, audience, c.Name, c.Email, c.Email != "", c.Phone, c.Phone != "", seconds(c.Issued), seconds(c.Expires)}
	data, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	text := b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64(data)
	return text + "." + b64(sum(s, text)), nil
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
