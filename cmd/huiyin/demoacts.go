package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
)

// opens is a customer's first message.
func (p *demoPlay) opens(ctx context.Context, c *demoCustomer, l demoLine) error {
	if err := p.says(ctx, c, l.text, ""); err != nil {
		return err
	}
	return p.goesOn(ctx, c)
}

// goesOn is what a customer does after an answer.
func (p *demoPlay) goesOn(ctx context.Context, c *demoCustomer) error {
	conv, err := p.app.Store.Current(ctx, c.inbox, c.thread)
	if err != nil {
		return err
	}
	c.waited++
	switch {
	case conv.Status == bot.StatusWaiting:
		p.handedOver(c, conv)
		return nil
	case conv.Status != bot.StatusBot || c.waited > 3:
		return nil
	}
	last, err := p.lastAnswer(ctx, conv)
	if err != nil {
		return err
	}
	act := func(kind string) { p.add(p.soon(30*time.Second, 12*time.Minute), p.reacts(c, kind)) }
	unhappy := c.late && p.chance(0.7) || c.mood > 0 && c.mood < 3 && p.chance(0.5)
	switch {
	case asksForOrder(last):
		act("order")
	case button(last, "helped:no") != "" && (unhappy || p.chance(0.15)):
		p.add(p.soon(20*time.Second, 4*time.Minute), p.presses(c, button(last, "helped:no")))
	case button(last, "helped:yes") != "" && p.chance(0.45):
		p.add(p.soon(20*time.Second, 4*time.Minute), p.presses(c, button(last, "helped:yes")))
	case c.late && p.chance(0.5):
		act("late")
	case unhappy && p.chance(0.6), c.waited > 1 && p.chance(0.5):
		act("person")
	case p.chance(0.25):
		act("unhappy")
	case p.chance(0.5):
		act("thanks")
	}
	return nil
}

// reacts says a line of a kind, if the bot still has the conversation.
func (p *demoPlay) reacts(c *demoCustomer, kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := p.says(ctx, c, p.line(kind, c.lang), ""); err != nil || kind == "thanks" {
			return err
		}
		return p.goesOn(ctx, c)
	}
}

// presses presses a button, and says what one says then.
func (p *demoPlay) presses(c *demoCustomer, value string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := p.says(ctx, c, "", value); err != nil {
			return err
		}
		conv, err := p.app.Store.Current(ctx, c.inbox, c.thread)
		if err != nil {
			return err
		}
		switch {
		case conv.Status == bot.StatusWaiting:
			p.handedOver(c, conv)
		case strings.Contains(value, "yes"):
			if p.chance(0.4) {
				p.add(p.soon(10*time.Second, 2*time.Minute), p.reacts(c, "thanks"))
			}
		default:
			p.add(p.soon(20*time.Second, 3*time.Minute), p.reacts(c, "person"))
		}
		return nil
	}
}

func (p *demoPlay) lastAnswer(ctx context.Context, conv bot.Conversation) (bot.Message, error) {
	all, err := p.app.Store.Messages(ctx, conv.ID, 0, 1000)
	if err != nil {
		return bot.Message{}, err
	}
	for _, m := range slices.Backward(all) {
		if m.Direction == bot.Outgoing && !m.Private {
			return m, nil
		}
	}
	return bot.Message{}, nil
}

func button(m bot.Message, action string) string {
	for _, b := range m.Buttons {
		if b.Action == action {
			return b.Value
		}
	}
	return ""
}

func asksForOrder(m bot.Message) bool {
	return strings.Contains(m.Text, "HY2026") || strings.Contains(m.Text, "订单号") || strings.Contains(m.Text, "order number")
}

// handedOver lets an agent take the conversation when one has time; in the crisis they have less.
func (p *demoPlay) handedOver(c *demoCustomer, conv bot.Conversation) {
	p.count.handoffs++
	least, most := 40*time.Second, 25*time.Minute
	if !p.stage.now().Before(p.crisis) {
		least, most = 4*time.Minute, 3*time.Hour
	}
	who, at := p.onShift(p.agents[p.random.IntN(len(p.agents))], p.soon(least, most))
	p.add(at, func(ctx context.Context) error { return p.helps(ctx, c, conv.ID, who) })
}

// helps is an agent's part: takes it, says hello, and goes on after the customer's reply.
func (p *demoPlay) helps(ctx context.Context, c *demoCustomer, id bot.ConversationID, who bot.Agent) error {
	if _, err := p.app.Bot.Claim(ctx, id, who); err != nil {
		return notOurs(err)
	}
	if _, err := p.app.Bot.Reply(ctx, id, who, strings.ReplaceAll(p.line("hello", c.lang), "{agent}", who.Name)); err != nil {
		return notOurs(err)
	}
	kind, answer := "explain", "settle"
	if c.late {
		kind, answer = "late", "apologize"
	}
	p.add(p.soon(time.Minute, 8*time.Minute), func(ctx context.Context) error { return p.says(ctx, c, p.line(kind, c.lang), "") })
	p.add(p.soon(10*time.Minute, 40*time.Minute), func(ctx context.Context) error {
		if _, err := p.app.Bot.Reply(ctx, id, who, p.line(answer, c.lang)); err != nil {
			return notOurs(err)
		}
		p.add(p.soon(2*time.Minute, 30*time.Minute), func(ctx context.Context) error { return p.ends(ctx, c, id, who) })
		return nil
	})
	return nil
}

// ends resolves the conversation; two of three customers rate it, some say why, some come back.
func (p *demoPlay) ends(ctx context.Context, c *demoCustomer, id bot.ConversationID, who bot.Agent) error {
	if _, err := p.app.Bot.Resolve(ctx, id, who); err != nil {
		return notOurs(err)
	}
	if c.late && p.chance(0.35) {
		p.add(p.stage.now().Add(20*time.Hour+time.Duration(p.random.IntN(30))*time.Hour), func(ctx context.Context) error {
			c.waited = 0
			return p.opens(ctx, c, demoLine{text: p.line("again", c.lang)})
		})
	}
	if !p.chance(0.65) {
		return nil
	}
	score := 3 + p.random.IntN(3)
	if c.late {
		score = 1 + p.random.IntN(3)
	} else if c.mood > 0 {
		score = min(5, max(1, c.mood+p.random.IntN(2)))
	}
	p.add(p.soon(30*time.Second, 20*time.Minute), func(ctx context.Context) error {
		return p.says(ctx, c, string(rune('0'+score)), "")
	})
	if kind := map[bool]string{true: "praise", false: "grumble"}[score > 3]; p.chance(0.3) {
		p.add(p.soon(21*time.Minute, 50*time.Minute), func(ctx context.Context) error { return p.says(ctx, c, p.line(kind, c.lang), "") })
	}
	return nil
}

// notOurs swallows what happens at every desk: the conversation has changed hands or ended meanwhile.
func notOurs(err error) error {
	if errors.Is(err, bot.ErrConflict) || errors.Is(err, bot.ErrState) || errors.Is(err, bot.ErrStale) {
		return nil
	}
	return err
}
