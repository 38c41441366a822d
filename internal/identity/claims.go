package identity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// payload is what the claims say, with those that only decide whether the token is in force.
type payload struct {
	Claims
	audience  string
	notBefore time.Time
}

// members reads a JSON object whose names are all different, to the letter: what two readers could understand differently
// is refused. encoding/json by itself takes the last of two, and "SUB" for "sub".
func members(data []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, ErrClaims
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, ErrClaims
	}
	all := map[string]json.RawMessage{}
	for dec.More() {
		name, err := dec.Token()
		key, ok := name.(string)
		if err != nil || !ok {
			return nil, ErrClaims
		}
		if _, twice := all[key]; twice {
			return nil, ErrClaims
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, ErrClaims
		}
		all[key] = value
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return nil, ErrClaims
	}
	if len(bytes.TrimSpace(data[dec.InputOffset():])) > 0 {
		return nil, ErrClaims
	}
	return all, nil
}

// checkHeader takes {"alg":"HS256"} with typ JWT or none, and a kid that is not looked at. "crit" names extensions that a
// reader must know (RFC 7515, 4.1.11): we know none.
func checkHeader(data []byte) error {
	all, err := members(data)
	if err != nil {
		return ErrHeader
	}
	var alg, typ string
	if err := text(all["alg"], &alg); err != nil || alg != "HS256" {
		return ErrAlgorithm
	}
	if err := text(all["typ"], &typ); err != nil || typ != "" && !strings.EqualFold(typ, "JWT") {
		return ErrHeader
	}
	for name := range all {
		if name != "alg" && name != "typ" && name != "kid" {
			return ErrHeader
		}
	}
	return nil
}

func readPayload(data []byte) (payload, error) {
	var p payload
	all, err := members(data)
	if err != nil {
		return p, err
	}
	if err := text(all["sub"], &p.Account); err != nil || !plain(p.Account) {
		return p, ErrAccount
	}
	if err := text(all["aud"], &p.audience); err != nil { // a list would say that others may use it too
		return p, ErrAudience
	}
	emailKnown, phoneKnown := false, false // what is not said to be verified is not: customers are joined by it
	for _, read := range []error{
		text(all["name"], &p.Name), text(all["email"], &p.Email), text(all["phone_number"], &p.Phone),
		truth(all["email_verified"], &emailKnown), truth(all["phone_number_verified"], &phoneKnown),
		instant(all["exp"], &p.Expires), instant(all["iat"], &p.Issued), instant(all["nbf"], &p.notBefore),
	} {
		if read != nil {
			return p, read
		}
	}
	if !emailKnown {
		p.Email = ""
	}
	if !phoneKnown {
		p.Phone = ""
	}
	return p, nil
}

func plain(account string) bool {
	return account != "" && len(account) <= MaxAccount && strings.TrimSpace(account) == account && !strings.ContainsFunc(account, unicode.IsControl)
}

// absent reports whether a claim is not there, or null, as libraries write what they do not know.
func absent(raw json.RawMessage) bool { return raw == nil || string(raw) == "null" }

func text(raw json.RawMessage, into *string) error {
	if absent(raw) {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return ErrClaims
	}
	return nil
}

func truth(raw json.RawMessage, into *bool) error {
	if absent(raw) {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return ErrClaims
	}
	return nil
}

// instant reads a NumericDate (RFC 7519, 2): seconds since 1970, which may have a fraction. Beyond the year 9999 is nonsense.
func instant(raw json.RawMessage, into *time.Time) error {
	if absent(raw) {
		return nil
	}
	var s float64
	if err := json.Unmarshal(raw, &s); err != nil || s < 0 || s > 253402300799 {
		return fmt.Errorf("%w: exp, iat and nbf are Unix seconds", ErrClaims)
	}
	*into = time.Unix(int64(s), 0).UTC()
	return nil
}
