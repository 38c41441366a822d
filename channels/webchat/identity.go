package webchat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"slices"

	"huiyin/bot"
	"huiyin/internal/identity"
	"huiyin/internal/secret"
)

const (
	// maxIdentify is the largest body of a request to sign in.
	maxIdentify = 1 << 10
	// maxPhone is the longest phone number that is taken, in bytes.
	maxPhone = 40
	// refusalsLogged is how many refused tokens are logged in a minute, for each reason.
	refusalsLogged = 6
)

// secrets reads the secrets with which the shop may sign, the new one first; none: it vouches for nobody.
func (s settings) secrets() ([]secret.Secret, error) {
	var all []secret.Secret
	for _, one := range []struct {
		key, file string
		value     secret.Secret
	}{{"identity_secret", s.IdentityFile, s.IdentitySecret}, {"identity_old_secret", s.IdentityOldFile, s.IdentityOldSecret}} {
		value, err := secret.OrFile(one.value, one.file)
		if err == nil && value.Set() {
			err = identity.CheckSecret(value)
		}
		if err != nil {
			return nil, fmt.Errorf("webchat: %s: %w", one.key, err)
		}
		all = append(all, value)
	}
	switch {
	case all[1].Set() && !all[0].Set():
		return nil, errors.New("webchat: identity_old_secret stands without identity_secret: write the only secret there is into identity_secret")
	case all[1].Set() && all[0] == all[1]:
		return nil, errors.New("webchat: identity_old_secret is the same as identity_secret: make a new one, or remove the old one")
	}
	return slices.DeleteFunc(all, func(s secret.Secret) bool { return !s.Set() }), nil
}

// accountThread is the thread in which a person begins, on whatever device. It cannot be that of a token, which is hexadecimal.
func accountThread(account string) string {
	sum := sha256.Sum256([]byte("huiyin webchat account " + account))
	return "v" + hex.EncodeToString(sum[:threadBytes])
}

// person lets somebody in for whom the shop vouches. What is wrong with a token is said in the log, and only a little of it to the
// page, which goes on without.
func (c *chat) person(w http.ResponseWriter, r *http.Request, token string, v *visit) bool {
	claims, err := c.verify(token)
	if err != nil {
		if ok, _ := c.refusals.allow(err.Error()); ok {
			c.deps.Log.Warn("webchat: who is signed in at the shop is not known, her chat stays anonymous", "reason", err)
		}
		code := "identity"
		if errors.Is(err, identity.ErrExpired) {
			code = "expired"
		}
		refuse(w, http.StatusUnauthorized, code, "The identity token is not valid here. The log of the server says why.")
		return false
	}
	v.who, v.thread, v.until = c.vouched(claims), accountThread(claims.Account), claims.Expires.Add(identity.Skew)
	if v.threads, err = c.deps.Accounts.ThreadsOf(r.Context(), c.deps.Inbox.ID, claims.Account); err != nil {
		c.deps.Log.Error("webchat: looking for the threads of a person", "error", err)
		busy(w)
		return false
	}
	if !slices.Contains(v.threads, v.thread) {
		v.threads = append(v.threads, v.thread)
	}
	return true
}

// errNoIdentity means that the inbox has no secret.
var errNoIdentity = fmt.Errorf("%w: this inbox has no identity_secret; the shop signs for another inbox, or the setting is missing", identity.ErrToken)

func (c *chat) verify(token string) (identity.Claims, error) {
	if c.identities == nil || c.deps.Accounts == nil {
		return identity.Claims{}, errNoIdentity
	}
	return c.identities.Verify(token)
}

// vouched is what the shop says of somebody. An address or number that is none is left out: contacts are joined by them.
func (c *chat) vouched(claims identity.Claims) bot.Person {
	p := bot.Person{SourceID: bot.AccountSource(claims.Account), Account: claims.Account, Name: claims.Name, Email: claims.Email, Phone: claims.Phone}
	if a, err := mail.ParseAddress(p.Email); p.Email != "" && (err != nil || a.Address != p.Email) {
		p.Email = ""
		c.leftOut("email")
	}
	if p.Phone != "" && (len(p.Phone) > maxPhone || bot.BuyerPhone(p.Phone) == "") {
		p.Phone = ""
		c.leftOut("phone_number")
	}
	return p
}

func (c *chat) leftOut(claim string) {
	if ok, _ := c.refusals.allow(claim); ok {
		c.deps.Log.Warn("webchat: a claim of an identity token is left out: it is no address or number", "claim", claim)
	}
}

// identify begins a page for a person. Its body may name the visitor's token that the browser had so far: what was written
// with it goes with her.
func (c *chat) identify(w http.ResponseWriter, r *http.Request, v visit) {
	if !v.known() {
		refuse(w, http.StatusBadRequest, "identity", "There is no identity token.")
		return
	}
	var in struct {
		Visitor string `json:"visitor"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxIdentify)).Decode(&in)
	if err != nil && !errors.Is(err, io.EOF) || in.Visitor != "" && !isToken(in.Visitor) {
		refuse(w, http.StatusBadRequest, "body", "the body is not the JSON of a request to sign in")
		return
	}
	begun := ""
	if in.Visitor != "" {
		thread := threadOf(in.Visitor)
		hers, err := c.deps.Accounts.SignIn(r.Context(), c.deps.Inbox.ID, v.who, thread)
		if err != nil {
			c.deps.Log.Error("webchat: giving a conversation to who signs in", "error", err)
			busy(w)
			return
		}
		if hers {
			begun = thread
		}
	}
	where := v.threads[0]
	if begun != "" && !slices.Contains(v.threads, begun) {
		where = begun
		c.hub.cut(begun)
		c.hub.cut(v.thread) // her pages elsewhere come back, and find it
	}
	answer(w, http.StatusOK, map[string]string{"thread": v.thread, "in": where, "begun": begun})
}
