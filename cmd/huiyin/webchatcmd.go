package main

import (
	"fmt"
	"slices"
	"time"

	"huiyin/internal/config"
	"huiyin/internal/identity"
	"huiyin/internal/secret"
)

// webchatCmd helps to set a web chat up.
type webchatCmd struct {
	Token webchatToken `cmd:"" help:"Print an identity token as the shop's server would sign it, to try the web chat as a customer who is signed in."`
}

type webchatToken struct {
	ID    string        `name:"id" required:"" help:"The customer's id at the shop." placeholder:"ID"`
	Inbox string        `default:"web" help:"Id of the web chat's inbox." placeholder:"ID"`
	Name  string        `help:"Her name." placeholder:"NAME"`
	Email string        `help:"Her e-mail address." placeholder:"ADDRESS"`
	Phone string        `help:"Her phone number." placeholder:"NUMBER"`
	For   time.Duration `default:"1h" help:"How long it is valid, at most 24h."`
}

// identitySettings are those settings of a web chat that this command needs.
type identitySettings struct {
	Secret secret.Secret `toml:"identity_secret"`
	File   string        `toml:"identity_secret_file"`
}

// Run signs with the secret of the inbox, and reads the token back, so that it prints none that would be refused.
func (c *webchatToken) Run(e *env) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cfg.Inboxes, func(in InboxConfig) bool { return in.ID == c.Inbox && in.Channel == "webchat" })
	if i < 0 {
		return wrong(errUsage, "cli.webchat.none", "inbox", c.Inbox)
	}
	var s identitySettings
	if err := file.Decode(cfg.Inboxes[i].Settings, &s); err != nil {
		return err
	}
	variable := "HUIYIN_INBOX_" + config.EnvName(c.Inbox)
	if err := config.OverrideTable(&s, variable, e.lookup); err != nil {
		return err
	}
	if s.Secret, err = secret.OrFile(s.Secret, s.File); err != nil {
		return fmt.Errorf("%w: %w", config.ErrInvalid, err)
	}
	if !s.Secret.Set() {
		return wrong(errUsage, "cli.webchat.no_secret", "inbox", c.Inbox, "variable", variable+"_IDENTITY_SECRET")
	}
	if err := identity.CheckSecret(s.Secret); err != nil {
		return fmt.Errorf("%w: inbox %q: identity_secret: %w", config.ErrInvalid, c.Inbox, err)
	}
	now := e.now()
	token, err := identity.Sign(s.Secret, c.Inbox, identity.Claims{Account: c.ID, Name: c.Name, Email: c.Email, Phone: c.Phone, Issued: now, Expires: now.Add(c.For)})
	if err != nil {
		return err
	}
	if _, err := identity.NewVerifier(c.Inbox, func() time.Time { return now }, s.Secret).Verify(token); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	fmt.Fprintln(e.out, token)
	fmt.Fprintln(e.err, e.say("cli.webchat.token", "until", now.Add(c.For).In(cfg.location()).Format("2006-01-02 15:04:05")))
	return nil
}
