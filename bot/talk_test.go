package bot_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// deskOf is what a talk script knows of the shop's service.
type service struct{}

func (service) Do(_ context.Context, r bot.ActionRequest) (map[string]string, error) {
	switch order := r.Values["order"]; {
	case order == "XX000000":
		return nil, bot.ErrAction
	case r.Form == "return_item":
		return map[string]string{"status": "ok", "return_id": "R-" + order}, nil
	case order == "AB123456", order == "CD222222":
		return map[string]string{"status": "shipped", "eta": "11/20"}, nil
	case order == "QQ111111": // an answer that no reply is written for
		return map[string]string{"status": "weird"}, nil
	}
	return map[string]string{"status": "unknown"}, nil
}

// TestTalks plays the conversations of testdata/talks. Each file is one, line by line:
//
//	> text          the customer writes
//	* title         she presses a button
//	< text          the bot's next message contains this; several lines are parts of the same message
//	[a | b]         its buttons
//	-               the bot says nothing more
//	= status why    the conversation's status, and why the last message was decided as it was
//	! slots         a remembered value: name=value
//	+ 10m           time passes
//	@ claim         an agent acts: claim, reply TEXT, resolve, return
func TestTalks(t *testing.T) {
	files, err := filepath.Glob("testdata/talks/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no talks: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			inWorld(t, func(t *testing.T, w *world) {
				p := &play{world: w, t: t}
				p.actor = service{}
				p.signsIn("zoe")
				p.start()
				lines := bufio.NewScanner(f)
				for n := 1; lines.Scan(); n++ {
					p.where = fmt.Sprintf("%s:%d", filepath.Base(name), n)
					p.line(lines.Text())
				}
				p.silent()
			})
		})
	}
}

type play struct {
	*world
	t     *testing.T
	where string
	heard int          // messages that the script has dealt with
	now   *bot.Message // the message being looked at
}

const thread = "ada"

func (p *play) line(line string) {
	p.t.Helper()
	sign, rest, _ := strings.Cut(line, " ")
	rest = strings.NewReplacer(`\n`, "\n", `\u200b`, "\u200b").Replace(rest)
	switch {
	case line == "" || sign == "#":
	case sign == ">":
		p.silent()
		p.says(thread, rest)
	case sign == "*":
		p.silent()
		p.press(thread, rest)
	case sign == "<":
		p.hears(rest)
	case strings.HasPrefix(line, "["):
		p.buttons(strings.Trim(line, "[]"))
	case sign == "-":
		p.silent()
	case sign == "=":
		p.state(rest)
	case sign == "!":
		name, want, _ := strings.Cut(rest, "=")
		if got := p.conv(thread).Slots[name].Value; got != want {
			p.t.Errorf("%s: remembered %s is %q, want %q", p.where, name, got, want)
		}
	case sign == "+":
		d, err := time.ParseDuration(rest)
		if err != nil {
			p.t.Fatalf("%s: %v", p.where, err)
		}
		p.clock.add(d)
	case sign == "@":
		p.silent()
		p.agent(rest)
	default:
		p.t.Fatalf("%s: what is %q?", p.where, line)
	}
}

// hears takes the next message, or another part of the present one.
func (p *play) hears(part string) {
	p.t.Helper()
	if p.now == nil {
		sent := p.mail.to(thread)
		if p.heard >= len(sent) {
			p.t.Fatalf("%s: nothing was said, want %q; %+v", p.where, part, p.decision())
		}
		p.now = &sent[p.heard]
		p.heard++
	}
	if !strings.Contains(p.now.Text, part) {
		p.t.Errorf("%s: said %q, want %q", p.where, p.now.Text, part)
	}
}

func (p *play) buttons(want string) {
	p.t.Helper()
	var titles []string
	if p.now != nil {
		for _, b := range p.now.Buttons {
			titles = append(titles, b.Title)
		}
	}
	if got := strings.Join(titles, " | "); got != want {
		p.t.Errorf("%s: buttons %q, want %q", p.where, got, want)
	}
}

// silent makes sure that nothing was said that the script does not mention.
func (p *play) silent() {
	p.t.Helper()
	p.now = nil
	for _, m := range p.mail.to(thread)[p.heard:] {
		p.t.Errorf("%s: also said %q", p.where, m.Text)
		p.heard++
	}
}

func (p *play) decision() *bot.Decision {
	var last *bot.Decision
	for _, m := range p.messages(thread) {
		if m.Direction == bot.Incoming {
			last = m.Decision
		}
	}
	return last
}

func (p *play) state(want string) {
	p.t.Helper()
	status, why, _ := strings.Cut(want, " ")
	d := p.decision()
	if got := p.conv(thread).Status; string(got) != status || why != "" && (d == nil || d.Reason != "bot.why."+why) {
		p.t.Errorf("%s: %s %+v, want %s %s", p.where, got, d, status, why)
	}
	if d == nil || !p.words.Has(d.Reason) {
		p.t.Errorf("%s: decision %+v cannot be explained", p.where, d)
	}
}

func (p *play) agent(act string) {
	p.t.Helper()
	lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
	verb, text, _ := strings.Cut(act, " ")
	id, ctx := p.conv(thread).ID, context.Background()
	var err error
	switch verb {
	case "claim":
		_, err = p.Bot.Claim(ctx, id, lin)
	case "reply":
		_, err = p.Bot.Reply(ctx, id, lin, text)
	case "resolve":
		_, err = p.Bot.Resolve(ctx, id, lin)
	case "return":
		_, err = p.Bot.Return(ctx, id, lin)
	case "leave": // the one who is signed in leaves
		_, err = p.store.SetAgentState(ctx, "zoe", bot.Offline, bot.Event{})
	case "tick":
		err = p.Bot.Tick(ctx)
	default:
		p.t.Fatalf("%s: what is %q?", p.where, act)
	}
	if err != nil {
		p.t.Errorf("%s: %v", p.where, err)
	}
}
