package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/store/open"
)

// adminCmd looks after staff accounts, on the machine itself.
type adminCmd struct {
	Create adminCreate `cmd:"" help:"Make a staff account, with a password or a one-time link."`
	Link   adminLink   `cmd:"" help:"Print a one-time link for an account, for somebody who lost her password."`
	List   adminList   `cmd:"" help:"List the accounts."`
}

type adminCreate struct {
	Email    string `required:"" help:"E-mail address to sign in with."`
	Name     string `required:"" help:"Name that colleagues and customers see."`
	Role     string `help:"agent, lead, editor or admin." enum:"agent,lead,editor,admin" default:"admin"`
	Password bool   `help:"Ask for a password (on a pipe: read a line). Else a one-time link is printed."`
}

// withData is withStore for commands that need what is stored: they make no database where there is none.
func (e *env) withData(do func(cfg Config, s open.Store) error) error {
	if err := e.hasData(); err != nil {
		return err
	}
	return e.withStore(do)
}

// hasData is an error that says so when there is no database.
func (e *env) hasData() error {
	cfg, _, err := e.readConfig()
	if err != nil {
		return err
	}
	path, inFile := strings.CutPrefix(cfg.dsn(e.flags.Data), "bolt:")
	if _, err := os.Stat(path); inFile && errors.Is(err, fs.ErrNotExist) {
		return wrong(errUsage, "cli.data.nothing", "file", path)
	}
	return nil
}

// withStore opens the store alone, for commands that need no more.
func (e *env) withStore(do func(cfg Config, s open.Store) error) error {
	cfg, _, err := e.config()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(e.flags.Data, 0o700); err != nil {
		return wrong(nil, "cli.data.none", "cause", err)
	}
	s, err := open.Open(cfg.dsn(e.flags.Data), open.Options{Now: e.now, Log: e.log()})
	if err != nil {
		return err
	}
	if err := do(cfg, s); err != nil {
		_ = s.Close()
		return err
	}
	return s.Close()
}

// Run adds the account; an address that is taken is an error.
func (c *adminCreate) Run(e *env) error {
	if _, err := mail.ParseAddress(c.Email); err != nil {
		return wrong(errUsage, "cli.admin.address", "value", strconv.Quote(c.Email))
	}
	name := strings.TrimSpace(c.Name)
	if name == "" {
		return wrong(errUsage, "cli.admin.name")
	}
	agent := bot.Agent{Email: c.Email, Name: name, Role: bot.Role(c.Role), CreatedAt: e.now()}
	if c.Password {
		password, err := e.askPassword()
		if err != nil {
			return err
		}
		agent.PasswordHash, err = console.HashPassword(password, random)
		if errors.Is(err, console.ErrPassword) {
			return wrong(errUsage, "console.account.password")
		}
		if err != nil {
			return err
		}
	}
	return e.withStore(func(cfg Config, s open.Store) error {
		if _, err := s.AgentByEmail(e.ctx, c.Email); err == nil {
			return wrong(errUsage, "cli.admin.has", "email", c.Email)
		}
		agent.ID = bot.AgentID("agent-" + strings.ToLower(rand.Text()))
		if err := s.SaveAgent(e.ctx, agent, bot.Event{At: e.now(), Actor: "system", Action: "agent.create", Object: string(agent.ID)}); err != nil {
			return err
		}
		e.tell("cli.admin.created", "email", c.Email, "role", inWords(e.voice(), "cli.role."+c.Role))
		if c.Password {
			return nil
		}
		return e.printLink(cfg, s, agent.ID)
	})
}

// askPassword reads a password without showing it, or a line of a pipe.
func (e *env) askPassword() (string, error) {
	if f, ok := e.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(e.err, inWords(e.voice(), "cli.admin.password"))
		raw, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(e.err)
		return string(raw), err
	}
	line, err := bufio.NewReader(e.in).ReadString('\n')
	if line == "" && err != nil {
		return "", wrong(errUsage, "cli.admin.nopassword", "cause", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func (e *env) printLink(cfg Config, s bot.StaffStore, agent bot.AgentID) error {
	token, err := console.NewLink(e.ctx, s, agent, e.now(), random)
	if err != nil {
		return err
	}
	base := cfg.HTTP.PublicURL
	if base == "" {
		base = "http://" + cfg.HTTP.Listen
	}
	e.tell("cli.admin.link", "url", base+"/console/login?once="+token)
	return nil
}

type adminLink struct {
	Email string `required:"" help:"E-mail address of the account."`
}

// Run prints a link; the password stays as it is.
func (c *adminLink) Run(e *env) error {
	return e.withData(func(cfg Config, s open.Store) error {
		agent, err := s.AgentByEmail(e.ctx, c.Email)
		if err != nil {
			return wrong(errUsage, "cli.admin.nobody", "email", c.Email)
		}
		return e.printLink(cfg, s, agent.ID)
	})
}

type adminList struct{}

// Run prints a line an account.
func (*adminList) Run(e *env) error {
	return e.withData(func(_ Config, s open.Store) error {
		agents, err := s.Agents(e.ctx)
		if err == nil && len(agents) == 0 {
			e.tell("cli.admin.none")
		}
		for _, a := range agents {
			state := ""
			if a.Disabled {
				state = "  " + inWords(e.voice(), "cli.admin.disabled")
			}
			fmt.Fprintf(e.out, "%-10s %-30s %s%s\n", a.Role, a.Email, a.Name, state)
		}
		return err
	})
}
