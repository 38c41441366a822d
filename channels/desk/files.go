package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/attach"
)

// bring gets what the team attached to a message into the conversation: what we have now, and what could not be had.
func (b *board) bring(ctx context.Context, c command, e bot.Inbound) (have, lack []bot.File, err error) {
	if len(e.Files) == 0 {
		return nil, nil, nil
	}
	files, err := b.Verbs.Bring(ctx, c.conv, e.Inbox, e.Files)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		if f.ID == "" {
			lack = append(lack, f)
		} else {
			have = append(have, f)
		}
	}
	return have, lack, nil
}

// reply sends the customer what the team wrote and attached: all of it, or nothing.
func (b *board) reply(ctx context.Context, c command, by bot.Agent, e bot.Inbound) (string, error) {
	files, lack, err := b.bring(ctx, c, e)
	if err != nil {
		return "", err
	}
	if len(lack) > 0 {
		return b.sayTo(by, "file_lost", "name", lack[0].Name), nil
	}
	_, err = b.Verbs.Reply(ctx, c.conv, by, c.arg, b.here(files)...)
	switch {
	case errors.Is(err, bot.ErrNoFiles):
		return b.sayTo(by, "no_files"), nil
	case errors.Is(err, bot.ErrFileSize):
		return b.sayTo(by, "file_large"), nil
	}
	return "", err
}

// here marks files as standing in a thread of this board already.
func (b *board) here(files []bot.File) []bot.File {
	for i := range files {
		files[i].Board = b.inbox
	}
	return files
}

// note keeps what the team wrote and attached; what could not be had is named.
func (b *board) note(ctx context.Context, c command, by bot.Agent, e bot.Inbound) error {
	files, lack, err := b.bring(ctx, c, e)
	if err == nil {
		_, err = b.Verbs.Note(ctx, c.conv, by, b.withFiles(c.arg, lack), b.here(files)...)
	}
	return err
}

// adopt keeps what an agent wrote where the customer is, which has arrived already.
func (b *board) adopt(ctx context.Context, c command, by bot.Agent, e bot.Inbound) error {
	files, lack, err := b.bring(ctx, c, e)
	if err == nil {
		_, err = b.Verbs.Adopt(ctx, c.conv, by, bot.Written{Text: b.withFiles(c.arg, lack), Files: files, SourceID: e.SourceID, At: e.At})
	}
	return err
}

// withFiles names what is attached and not here.
func (b *board) withFiles(text string, files []bot.File) string {
	for _, f := range files {
		text = strings.TrimPrefix(text+"\n"+b.file(f, f.Name), "\n")
	}
	return text
}

// file is a file in a line.
func (b *board) file(f bot.File, name string) string {
	line := b.say("file", "name", name, "type", f.Type, "size", attach.Size(f.Size))
	if f.Error != "" {
		line += " · " + b.say("file."+f.Error)
	}
	return line
}

// fileLines are the files of a message. Where they do not follow as files, a link leads to the console. Their names are text
// as any other: personal data in them is masked where it is in texts.
func (b *board) fileLines(m bot.Message) (lines string) {
	for i, f := range m.Files {
		name := f.Name
		if !b.rules.Personal {
			name = f.MaskedName()
		}
		lines += "\n" + b.file(f, name)
		if !b.passes(m, f) && f.ID != "" && b.Console != "" {
			lines += fmt.Sprintf(" %s/console/c/%s/files/%s/%d", b.Console, m.Conversation, m.ID, i)
		}
	}
	return lines
}

// passes reports whether a file is put into the thread. In pictures personal data cannot be masked, so they are only
// where it may be shown; and what the team itself sent from an app stands there.
func (b *board) passes(m bot.Message, f bot.File) bool {
	_, can := b.where.(channels.FileBoard)
	return can && b.rules.Personal && b.Files != nil && f.ID != "" && f.Board != b.inbox && !b.hidden(m)
}

// pass puts the files of messages that stand in the thread there, too, each once.
func (b *board) pass(ctx context.Context, card *bot.Card, messages []bot.Message) error {
	for _, m := range messages {
		if m.Seq <= card.FileSeq || m.Seq > card.Seq {
			continue
		}
		for i := card.FileN; i < len(m.Files); i++ {
			if b.passes(m, m.Files[i]) {
				if err := b.passOne(ctx, card, m, i); err != nil {
					return err
				}
			}
		}
		if len(m.Files) == 0 { // nothing to write down
			card.FileSeq, card.FileN = m.Seq, 0
			continue
		}
		card.FileSeq, card.FileN, card.Trying = m.Seq, 0, ""
		if err := b.Store.SaveCard(ctx, *card); err != nil {
			return err
		}
	}
	return nil
}

// passOne puts one file into the thread. One that the app refuses is left out: its name and the console are there.
func (b *board) passOne(ctx context.Context, card *bot.Card, m bot.Message, place int) error {
	f := m.Files[place]
	_, data, err := b.Files.Read(ctx, m.Inbox, m.Thread, f.ID)
	if errors.Is(err, bot.ErrNotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	file := channels.BoardFile{Key: fmt.Sprintf("%s:%d/f%d", m.Conversation, m.Seq, place), File: f, Data: data, At: m.At}
	if file.Again, err = b.trying(ctx, card, file.Key); err != nil {
		return err
	}
	_, err = b.call(ctx, func(ctx context.Context) (channels.BoardCard, error) {
		return channels.BoardCard{}, b.where.(channels.FileBoard).PutFile(ctx, card.Ref, file)
	})
	if gone(err) {
		b.Log.Warn("desk: a file is not shown in the thread of a card", "board", b.inbox, "conversation", m.Conversation, "err", err)
		err = nil
	}
	if err != nil {
		return err
	}
	card.FileN, card.Trying = place+1, ""
	return b.Store.SaveCard(ctx, *card)
}
