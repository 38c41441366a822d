package main

import (
	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/desk"
)

// lateStaff lets the bot know the team's boards, which are joined after it.
type lateStaff struct{ bot.Staff }

// boardsOf are the boards of the configured channels, by inbox.
func (a *App) boardsOf() map[bot.InboxID]channels.Board {
	boards := map[bot.InboxID]channels.Board{}
	for _, l := range a.lines {
		if host, ok := l.channel.(channels.DeskHost); ok {
			if b := host.Board(); b != nil {
				boards[l.inbox.ID] = b
			}
		}
	}
	return boards
}

// openBoards gives the bot somebody who acts on what a team does in a messaging app; nil when no team does.
func (a *App) openBoards() bot.Staff {
	if len(a.boardsOf()) == 0 {
		return nil
	}
	a.staff = &lateStaff{}
	return a.staff
}

// joinBoards joins the boards with the bot.
func (a *App) joinBoards(inboxes []bot.Inbox) {
	if a.staff == nil {
		return
	}
	a.boards = desk.New(desk.Config{
		Boards: a.boardsOf(), Inboxes: inboxes, Store: a.Store, Verbs: a.Bot, Feed: a.Bot, Words: a.Words, Lang: a.Config.Lang,
		Zone: a.Config.location(), Log: a.Log, Now: a.Now, Files: a.files, Console: a.Config.HTTP.PublicURL,
	})
	a.staff.Staff = a.boards
}
