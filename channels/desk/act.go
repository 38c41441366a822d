package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// Act implements bot.Staff. Whatever is not understood or not allowed is answered to its author alone, and changes
// nothing; an error is only one of the store, after which the event comes again.
func (b *Bridge) Act(ctx context.Context, e bot.Inbound) error {
	board := b.boards[e.Inbox]
	if board == nil {
		return nil // the board has left the configuration
	}
	select {
	case <-b.loaded:
	case <-ctx.Done():
		return ctx.Err()
	}
	return board.act(ctx, e)
}

func (b *board) act(ctx context.Context, e bot.Inbound) error {
	cmd := b.command(e)
	if cmd.conv == "" && e.Kind == bot.KindMessage && !strings.HasPrefix(e.SourceID, b.rules.Home) {
		conv, err := b.Store.Current(ctx, e.Inbox, e.Thread)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		cmd = command{conv: conv.ID, verb: "adopt", arg: e.Text}
	}
	if cmd.conv == "" {
		return nil // talk beside the cards
	}
	by, err := b.agentOf(ctx, e.From.SourceID)
	switch {
	case errors.Is(err, errNobody):
		b.whisper(ctx, e, b.say("unknown", "id", e.From.SourceID))
		return nil
	case err != nil:
		return err
	}
	said, err := b.do(ctx, cmd, by, e)
	switch {
	case err == nil:
	case errors.Is(err, bot.ErrConflict):
		said = b.conflict(ctx, cmd.conv, by)
	case errors.Is(err, bot.ErrWindow):
		said = b.sayTo(by, "window")
	case errors.Is(err, bot.ErrState):
		said = b.sayTo(by, "not_now")
	case errors.Is(err, bot.ErrNotFound):
		said = b.sayTo(by, "gone")
	case errors.Is(err, bot.ErrEmpty):
		said = b.sayTo(by, "empty", "mark", b.rules.Reply)
	default:
		return err
	}
	if said != "" {
		b.whisper(ctx, e, said)
	}
	return nil
}

// command is what an event asks for.
type command struct {
	conv bot.ConversationID
	verb string // claim, assign, snooze, resolve, return, reply, adopt, note, amend, help
	arg  string
}

// command reads an event. A press says which conversation it means; a text means the one in whose thread it stands.
func (b *board) command(e bot.Inbound) command {
	b.mu.Lock()
	c := command{conv: b.threads[e.Thread]}
	b.mu.Unlock()
	switch e.Kind {
	case bot.KindPress:
		parts := strings.SplitN(e.Press, ":", 4)
		if len(parts) < 3 || parts[0] != "desk" {
			return command{}
		}
		c.conv, c.verb = bot.ConversationID(parts[2]), parts[1]
		if len(parts) == 4 {
			c.arg = parts[3]
		}
	case bot.KindMessage:
		c.verb, c.arg = parse(e.Text, b.rules.Reply, b.rules.Commands)
	case bot.KindEdit, bot.KindDelete:
		c.verb = "amend"
	default:
		return command{}
	}
	return c
}

// wide are the characters that a Chinese keyboard writes for those of a reply's mark.
var wide = strings.NewReplacer("＞", ">", "》", ">", "／", "/", "！", "!", "：", ":", "＠", "@", "＃", "#")

// parse tells a reply from a note: a text is sent to the customer only when it begins with the mark, or is the command
// /reply. Everything else, an unknown command too, is a note.
func parse(text, mark string, commands bool) (verb, arg string) {
	text = strings.TrimSpace(text)
	if rest, ok := cutMark(text, mark); ok {
		return "reply", rest
	}
	if !commands || !strings.HasPrefix(text, "/") {
		return "note", text
	}
	word, rest, _ := strings.Cut(text[1:], " ")
	if line, more, ok := strings.Cut(word, "\n"); ok {
		word, rest = line, more+" "+rest
	}
	word, _, _ = strings.Cut(strings.ToLower(word), "@") // as groups name the bot: /claim@shop_bot
	verbs := map[string]string{"claim": "claim", "assign": "assign", "snooze": "snooze", "resolve": "resolve", "bot": "return", "reply": "reply", "note": "note", "help": "help"}
	if verb, ok := verbs[word]; ok {
		return verb, strings.TrimSpace(rest)
	}
	return "note", text
}

// cutMark takes the mark off the beginning of a text, and off each of its lines that has it: apps put it before every line.
func cutMark(text, mark string) (rest string, ok bool) {
	if _, ok := marked(text, mark); !ok {
		return "", false
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line, _ = marked(line, mark)
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), true
}

// marked takes the mark off a line. One that goes on (">>>", which quotes in some apps) is another one.
func marked(line, mark string) (rest string, ok bool) {
	runes, want := []rune(line), []rune(wide.Replace(mark))
	if len(runes) < len(want) || wide.Replace(string(runes[:len(want)])) != string(want) {
		return line, false
	}
	rest = string(runes[len(want):])
	if strings.HasPrefix(wide.Replace(rest), string(want[len(want)-1])) {
		return line, false
	}
	return strings.TrimPrefix(rest, " "), true
}

// do calls one verb. What it returns is said to the agent.
func (b *board) do(ctx context.Context, c command, by bot.Agent, e bot.Inbound) (said string, err error) {
	switch c.verb {
	case "claim":
		_, err = b.Verbs.Claim(ctx, c.conv, by)
	case "resolve":
		_, err = b.Verbs.Resolve(ctx, c.conv, by)
	case "return":
		_, err = b.Verbs.Return(ctx, c.conv, by)
	case "assign":
		return b.assign(ctx, c, by)
	case "snooze":
		return b.snooze(ctx, c, by)
	case "reply":
		return b.reply(ctx, c, by, e)
	case "adopt": // what she wrote where the customer is has arrived already
		err = b.adopt(ctx, c, by, e)
	case "note":
		err = b.note(ctx, c, by, e)
	case "amend":
		return b.amend(ctx, c, by, e)
	default:
		said = b.sayTo(by, "help", "mark", b.rules.Reply)
	}
	return said, err
}

func (b *board) assign(ctx context.Context, c command, by bot.Agent) (string, error) {
	for _, user := range sortedKeys(b.rules.Agents) {
		a, err := b.agentOf(ctx, user)
		if errors.Is(err, errNobody) {
			continue
		}
		if err != nil {
			return "", err
		}
		if user == c.arg || strings.EqualFold(strings.TrimPrefix(c.arg, "@"), a.Name) || strings.EqualFold(c.arg, a.Email) {
			_, err = b.Verbs.Transfer(ctx, c.conv, by, bot.To{Agent: a.ID})
			return "", err
		}
	}
	return b.sayTo(by, "nobody", "name", c.arg), nil
}

func (b *board) snooze(ctx context.Context, c command, by bot.Agent) (string, error) {
	d, ok := snoozeFor(c.arg)
	if !ok {
		return b.sayTo(by, "how_long"), nil
	}
	_, err := b.Verbs.Snooze(ctx, c.conv, by, b.Now().Add(d))
	return "", err
}

// amend answers an edit or a deletion in the thread. What was sent to a customer stays sent, and editing never sends.
func (b *board) amend(ctx context.Context, c command, by bot.Agent, e bot.Inbound) (string, error) {
	conv, err := b.Store.Conversation(ctx, c.conv)
	if err != nil {
		return "", err
	}
	was, err := b.Store.MessageBySource(ctx, conv.Inbox, e.Target)
	note := err == nil && was.Private
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return "", err
	}
	verb, text := parse(e.Text, b.rules.Reply, b.rules.Commands)
	switch {
	case e.Kind == bot.KindDelete && note:
		return b.sayTo(by, "note_deleted"), nil
	case e.Kind == bot.KindDelete:
		return b.sayTo(by, "reply_deleted", "mark", b.rules.Reply), nil
	case note && verb == "note":
		_, err := b.Verbs.Note(ctx, c.conv, by, b.say("note_edited", "text", text))
		return "", err
	case note:
		return b.sayTo(by, "edit_sends_nothing", "mark", b.rules.Reply), nil
	}
	return b.sayTo(by, "reply_edited", "mark", b.rules.Reply), nil
}

// errNobody means that a user of the app is no agent, or none any more.
var errNobody = errors.New("desk: not an agent")

// agentOf is the agent behind a user of the app.
func (b *board) agentOf(ctx context.Context, user string) (bot.Agent, error) {
	who := b.rules.Agents[user]
	if who == "" {
		return bot.Agent{}, errNobody
	}
	a, err := b.Store.AgentByEmail(ctx, who)
	if errors.Is(err, bot.ErrNotFound) {
		a, err = b.Store.Agent(ctx, bot.AgentID(who))
	}
	if errors.Is(err, bot.ErrNotFound) || err == nil && a.Disabled {
		return bot.Agent{}, fmt.Errorf("%w: %s", errNobody, user)
	}
	return a, err
}

// conflict says who was faster.
func (b *board) conflict(ctx context.Context, id bot.ConversationID, by bot.Agent) string {
	conv, err := b.Store.Conversation(ctx, id)
	if err != nil || conv.Agent == "" {
		return b.sayTo(by, "not_now")
	}
	return b.sayTo(by, "taken", "name", b.name(ctx, conv.Agent))
}

// whisper tells the author of an event something; when that fails, she sees on the card that nothing has changed.
func (b *board) whisper(ctx context.Context, e bot.Inbound, text string) {
	ctx, cancel := context.WithTimeout(ctx, whisperMost)
	defer cancel()
	to := channels.BoardMember{Ref: e.Thread, User: e.From.SourceID}
	if e.Kind == bot.KindMessage {
		to.Message = e.SourceID
	}
	if err := b.where.Whisper(ctx, to, text); err != nil {
		b.Log.Warn("desk: somebody of the team could not be answered", "board", b.inbox, "err", err)
	}
}

const whisperMost = 10 * time.Second
