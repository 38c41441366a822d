package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"huiyin/bot"
	"huiyin/internal/clientip"
	"huiyin/nlp"
)

const (
	sessionIdle = 12 * time.Hour
	sessionMost = 7 * 24 * time.Hour
	// onceLife is how long a one-time link works.
	onceLife = 24 * time.Hour
	// minPassword and maxPassword are in characters (OWASP ASVS 5.0, 6.2.1 and 6.2.9).
	minPassword, maxPassword = 10, 128
)

// argon2id parameters: t=2, m=19 MiB, p=1 (OWASP Password Storage Cheat Sheet).
const (
	argonTime, argonMemory, argonThreads, argonKey = 2, 19 << 10, 1, 32
)

// ErrPassword means that a password is too short or too long.
var ErrPassword = fmt.Errorf("console: a password has %d to %d characters", minPassword, maxPassword)

// HashPassword makes a PHC string with argon2id.
func HashPassword(password string, random io.Reader) (string, error) {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return "", ErrPassword
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("console: random bytes: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads, b64(salt), b64(key)), nil
}

// checkPassword compares in constant time; an empty or damaged hash takes as long and is never right.
func checkPassword(phc, password string) bool {
	var memory, times uint32
	var threads uint8
	salt, want := make([]byte, 16), make([]byte, argonKey)
	valid := false
	if parts := strings.Split(phc, "$"); len(parts) == 6 && parts[1] == "argon2id" {
		_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &times, &threads)
		s, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
		k, errKey := base64.RawStdEncoding.DecodeString(parts[5])
		if err == nil && errSalt == nil && errKey == nil && len(k) > 0 && memory <= 1<<20 && times > 0 && times < 64 && threads > 0 {
			salt, want, valid = s, k, true
		}
	}
	if !valid {
		memory, times, threads = argonMemory, argonTime, argonThreads
	}
	got := argon2.IDKey([]byte(password), salt, times, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && valid
}

// NewLink makes a one-time link's token for an agent: the path to open is /console/login?once=<token>.
func NewLink(ctx context.Context, store bot.StaffStore, agent bot.AgentID, now time.Time, random io.Reader) (string, error) {
	token, err := newToken(random)
	if err != nil {
		return "", err
	}
	err = store.SaveSession(ctx, bot.Session{Hash: hash(token), Agent: agent, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(onceLife), Once: true})
	return token, err
}

func newToken(random io.Reader) (string, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("console: random bytes: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s *Console) cookieName() string {
	if s.Secure {
		return "__Host-huiyin"
	}
	return "huiyin"
}

// whoIs is the agent behind a request.
func (s *Console) whoIs(r *http.Request) (bot.Agent, bot.Session, bool) {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		return bot.Agent{}, bot.Session{}, false
	}
	now := s.Now()
	session, err := s.Store.Session(r.Context(), hash(cookie.Value))
	if err != nil || session.Once || now.After(session.ExpiresAt) || now.Sub(session.SeenAt) > sessionIdle {
		return bot.Agent{}, bot.Session{}, false
	}
	agent, err := s.Store.Agent(r.Context(), session.Agent)
	if err != nil || agent.Disabled {
		return bot.Agent{}, bot.Session{}, false
	}
	if now.Sub(session.SeenAt) > time.Hour { // often enough for the idle limit, seldom enough for the disk
		seen, err := s.Store.EditSession(r.Context(), session.Hash, func(session *bot.Session) { session.SeenAt = now })
		switch {
		case errors.Is(err, bot.ErrNotFound): // it has ended since
			return bot.Agent{}, bot.Session{}, false
		case err != nil:
			s.Log.Warn("console: session", "error", err)
		default:
			session = seen
		}
	}
	return agent, session, true
}

// begin logs an agent in with a new session.
func (s *Console) begin(w http.ResponseWriter, r *http.Request, agent bot.Agent) error {
	token, err := newToken(s.Random)
	if err != nil {
		return err
	}
	now := s.Now()
	session := bot.Session{Hash: hash(token), Agent: agent.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(sessionMost)}
	if err := s.Store.SaveSession(r.Context(), session); err != nil {
		return err
	}
	s.setCookie(w, token, int(sessionMost/time.Second))
	return s.Store.Record(r.Context(), bot.Event{At: now, Actor: string(agent.ID), Action: "login"})
}

func (s *Console) setCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *Console) toLogin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Fragment") != "" || r.Method != http.MethodGet {
		http.Error(w, "login", http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, "/console/login", http.StatusSeeOther)
}

func (s *Console) loginPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.show(w, v, http.StatusOK, "login", map[string]any{"Once": r.URL.Query().Get("once")})
}

// login takes a one-time token, or an e-mail address with its password.
func (s *Console) login(w http.ResponseWriter, r *http.Request, v visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	email, once := strings.TrimSpace(r.FormValue("email")), r.FormValue("once")
	if !s.throttle.allow("ip "+clientip.Of(r, s.Proxied)) || !s.throttle.allow("account "+strings.ToLower(email)) {
		return s.show(w, v, http.StatusTooManyRequests, "login", map[string]any{"Error": "console.login.throttled", "Email": email})
	}
	agent, err := s.authenticate(r, email, once)
	if err != nil {
		s.Log.Info("console: login refused", "reason", err)
		key := "console.login.wrong"
		if once != "" {
			key = "console.login.used"
		}
		return s.show(w, v, http.StatusUnauthorized, "login", map[string]any{"Error": key, "Email": email})
	}
	if err := s.begin(w, r, agent); err != nil {
		return err
	}
	next := "/console/"
	if agent.PasswordHash == "" {
		next = "/console/account"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

var errRefused = errors.New("console: unknown agent, wrong password or used link")

func (s *Console) authenticate(r *http.Request, email, once string) (bot.Agent, error) {
	if once != "" {
		session, err := s.Store.Session(r.Context(), hash(once))
		if err != nil || !session.Once || s.Now().After(session.ExpiresAt) {
			return bot.Agent{}, errRefused
		}
		if err := s.Store.DeleteSessions(r.Context(), session.Agent, session.Hash); err != nil {
			return bot.Agent{}, err
		}
		return s.Store.Agent(r.Context(), session.Agent)
	}
	agent, err := s.Store.AgentByEmail(r.Context(), email)
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-r.Context().Done():
		return bot.Agent{}, r.Context().Err()
	}
	// An unknown agent takes as long as a wrong password.
	if !checkPassword(agent.PasswordHash, r.FormValue("password")) || err != nil || agent.Disabled {
		return bot.Agent{}, errRefused
	}
	return agent, nil
}

func (s *Console) logout(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := s.Store.DeleteSessions(r.Context(), v.agent.ID, v.session.Hash); err != nil {
		return err
	}
	if v.agent.State == bot.Online {
		if _, err := s.Desk.SetState(r.Context(), v.agent.ID, bot.Offline); err != nil {
			return err
		}
	}
	s.setCookie(w, "", -1)
	http.Redirect(w, r, "/console/login", http.StatusSeeOther)
	return nil
}

func (s *Console) accountPage(w http.ResponseWriter, _ *http.Request, v visit) error {
	return s.show(w, v, http.StatusOK, "account", map[string]any{})
}

// saveAccount changes one's own name, e-mail, language and password. A new password ends all other sessions.
func (s *Console) saveAccount(w http.ResponseWriter, r *http.Request, v visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	agent := v.agent
	agent.Name, agent.Email = strings.TrimSpace(r.FormValue("name")), strings.TrimSpace(r.FormValue("email"))
	if l := r.FormValue("lang"); l == "zh" || l == "en" {
		agent.Lang = nlp.Lang(l)
	}
	v.lang = s.langOf(r, string(agent.Lang))
	again := func(key string) error {
		v.agent = agent
		return s.show(w, v, http.StatusUnprocessableEntity, "account", map[string]any{"Error": key})
	}
	if _, err := mail.ParseAddress(agent.Email); err != nil || agent.Name == "" {
		return again("console.account.incomplete")
	}
	password := r.FormValue("password")
	if password != "" || agent.PasswordHash == "" {
		if agent.PasswordHash != "" && !checkPassword(agent.PasswordHash, r.FormValue("current")) {
			return again("console.account.current")
		}
		h, err := HashPassword(password, s.Random)
		if errors.Is(err, ErrPassword) {
			return again("console.account.password")
		} else if err != nil {
			return err
		}
		agent.PasswordHash = h
	}
	err := s.Store.SaveAgent(r.Context(), agent, bot.Event{At: s.Now(), Actor: string(agent.ID), Action: "account.save", Object: string(agent.ID)})
	if errors.Is(err, bot.ErrConflict) {
		return again("console.account.taken")
	} else if err != nil {
		return err
	}
	if agent.PasswordHash != v.agent.PasswordHash {
		if err := s.Store.DeleteSessions(r.Context(), agent.ID, ""); err != nil {
			return err
		}
		if err := s.begin(w, r, agent); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/console/", http.StatusSeeOther)
	return nil
}

// throttle allows each key ten logins a minute.
type throttle struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[string][]time.Time
}

const throttleMost, throttleKeys = 10, 10_000

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, seen: map[string][]time.Time{}}
}

// full reports whether allow would refuse a key, and counts nothing.
func (t *throttle) full(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	times := t.seen[key]
	return len(times) >= throttleMost && t.now().Sub(times[len(times)-throttleMost]) <= time.Minute
}

func (t *throttle) allow(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.seen) > throttleKeys {
		for k, times := range t.seen {
			if now.Sub(times[len(times)-1]) > time.Minute {
				delete(t.seen, k)
			}
		}
	}
	recent := t.seen[key]
	for len(recent) > 0 && now.Sub(recent[0]) > time.Minute {
		recent = recent[1:]
	}
	if len(recent) >= throttleMost || len(t.seen) > 2*throttleKeys {
		return false
	}
	t.seen[key] = append(recent, now)
	return true
}
