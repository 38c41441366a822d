package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"huiyin/bot"
	"huiyin/channels"
)

const (
	mostButtons = 12
	// titleRunes is the longest text of a button in Block Kit.
	titleRunes = 75
	// metadataType marks our messages, so that they can be found again when the answer to a call is lost.
	metadataType = "huiyin_message"
)

// address is where a message goes: a channel, and a thread in it or none.
type address struct{ channel, thread string }

func parseAddress(thread string) (address, error) {
	channel, ts, inThread := strings.Cut(thread, ":")
	if !isChannel(channel) || inThread && !instantOK(ts) {
		return address{}, &channels.SendError{Reason: channels.Rejected, Err: errors.New("the thread is no address of Slack")}
	}
	return address{channel, ts}, nil
}

// NativeButtons implements channels.ButtonSender.
func (s *slack) NativeButtons() int { return mostButtons }

// Send implements channels.Channel.
func (s *slack) Send(ctx context.Context, m channels.Outgoing) (string, error) {
	to, err := parseAddress(m.Thread)
	if err != nil {
		return "", err
	}
	if f, data, ok, err := s.deps.Attached(ctx, m); err != nil {
		return "", err
	} else if ok {
		return s.sendFile(ctx, to, f, data)
	}
	return s.post(ctx, to, m.Key(), content(m))
}

// post sends a message with a mark by which Reconcile finds it.
func (s *slack) post(ctx context.Context, to address, key string, options []api.MsgOption) (string, error) {
	options = append(options, api.MsgOptionMetadata(api.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"key": key}}))
	if to.thread != "" {
		options = append(options, api.MsgOptionTS(to.thread))
	}
	ctx, failed := channels.Traced(ctx)
	channel, ts, err := s.api.PostMessageContext(ctx, to.channel, options...)
	if err != nil {
		return "", classify(err, failed)
	}
	return channel + ":" + ts, nil
}

// Edit implements channels.Editor.
func (s *slack) Edit(ctx context.Context, id string, m channels.Outgoing) error {
	return s.update(ctx, id, content(m))
}

func (s *slack) update(ctx context.Context, id string, options []api.MsgOption) error {
	to, err := parseAddress(id)
	if err != nil {
		return err
	}
	ctx, failed := channels.Traced(ctx)
	if _, _, _, err = s.api.UpdateMessageContext(ctx, to.channel, to.thread, options...); err != nil {
		return classify(err, failed)
	}
	return nil
}

// content is what a message shows: blocks, in which text means nothing but itself, and a plain copy for notifications,
// escaped so that nobody is called by it.
func content(m channels.Outgoing) []api.MsgOption {
	blocks := []api.Block{richText(m.Body)}
	if len(m.Buttons) > 0 {
		blocks = append(blocks, buttons(m.Buttons))
	}
	return options(m.Body, blocks)
}

func options(body channels.Rich, blocks []api.Block) []api.MsgOption {
	return []api.MsgOption{
		api.MsgOptionText(body.Unformatted(), true), api.MsgOptionBlocks(blocks...),
		api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl(),
	}
}

func buttons(all []bot.Button) api.Block {
	var elements []api.BlockElement
	for i, b := range all {
		elements = append(elements, api.NewButtonBlockElement(fmt.Sprintf("b%d", i), b.Value, title(b.Title)))
	}
	return api.NewActionBlock("", elements...)
}

// title is the text of a button or of a choice.
func title(text string) *api.TextBlockObject {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > titleRunes {
		runes = append(runes[:titleRunes-1], '…')
	}
	return api.NewTextBlockObject(api.PlainTextType, string(runes), false, false)
}

// richText writes formatted text as Slack's own editor does. Unlike mrkdwn, it needs no escaping.
func richText(r channels.Rich) api.Block {
	var elements []api.RichTextElement
	var section []api.RichTextSectionElement
	flush := func() {
		if len(section) > 0 {
			elements = append(elements, api.NewRichTextSection(section...))
			section = nil
		}
	}
	for _, run := range runs(r) {
		if run.pre {
			flush()
			text := api.NewRichTextSectionTextElement(run.text, nil)
			elements = append(elements, &api.RichTextPreformatted{Type: api.RTEPreformatted, Elements: []api.RichTextSectionElement{text}})
			continue
		}
		var style *api.RichTextSectionTextStyle
		if run.style != (api.RichTextSectionTextStyle{}) {
			style = &run.style
		}
		if run.url != "" {
			section = append(section, api.NewRichTextSectionLinkElement(run.url, run.text, style))
		} else {
			section = append(section, api.NewRichTextSectionTextElement(run.text, style))
		}
	}
	flush()
	return api.NewRichTextBlock("", elements...)
}

// textRun is a stretch of text with one formatting.
type textRun struct {
	text  string
	url   string
	pre   bool
	style api.RichTextSectionTextStyle
}

// runs cuts a text where its formatting changes.
func runs(r channels.Rich) []textRun {
	var all []textRun
	for at := 0; at < len(r.Text); {
		run, end := textRun{}, len(r.Text)
		for _, s := range r.Spans {
			switch {
			case s.Start > at:
				end = min(end, s.Start)
			case s.End > at:
				end = min(end, s.End)
				switch s.Style {
				case channels.Bold:
					run.style.Bold = true
				case channels.Italic:
					run.style.Italic = true
				case channels.Strike:
					run.style.Strike = true
				case channels.Code:
					run.style.Code = true
				case channels.Pre:
					run.pre = true
				case channels.Link:
					run.url = s.URL
				}
			}
		}
		run.text = r.Text[at:end]
		all, at = append(all, run), end
	}
	return all
}

// Reconcile implements channels.Reconciler: it looks for our mark among the messages since this one was written.
func (s *slack) Reconcile(ctx context.Context, m channels.Outgoing) (string, bool, error) {
	to, err := parseAddress(m.Thread)
	if err != nil {
		return "", false, err
	}
	oldest := fmt.Sprintf("%d.000000", m.At.Add(-time.Minute).Unix()) // our clock and Slack's may differ
	for cursor := ""; ; {
		page, next, err := s.page(ctx, to, oldest, cursor)
		if err != nil {
			return "", false, err
		}
		for _, found := range page {
			if len(m.Files) > 0 && m.Body.Text == "" {
				if id, ok := s.isSent(found, m.Files[0]); ok {
					return fileID(to, id), true, nil
				}
				continue
			}
			if found.Metadata.EventType == metadataType && found.Metadata.EventPayload["key"] == m.Key() {
				return to.channel + ":" + found.Timestamp, true, nil
			}
		}
		if next == "" {
			return "", false, nil
		}
		cursor = next
	}
}

// page reads some messages of a thread, or of a channel.
func (s *slack) page(ctx context.Context, to address, oldest, cursor string) (page []api.Message, next string, err error) {
	ctx, failed := channels.Traced(ctx)
	if to.thread != "" {
		page, _, next, err = s.api.GetConversationRepliesContext(ctx, &api.GetConversationRepliesParameters{
			ChannelID: to.channel, Timestamp: to.thread, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true,
		})
	} else {
		var h *api.GetConversationHistoryResponse
		h, err = s.api.GetConversationHistoryContext(ctx, &api.GetConversationHistoryParameters{
			ChannelID: to.channel, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true,
		})
		if err == nil {
			page, next = h.Messages, h.ResponseMetaData.NextCursor
		}
	}
	if err != nil {
		return nil, "", classify(err, failed)
	}
	return page, next, nil
}

// classify says what a failed call means. failed judges a call without an answer.
func classify(err error, failed func(error) *channels.SendError) *channels.SendError {
	var limited *api.RateLimitedError
	var status api.StatusCodeError
	var refused api.SlackErrorResponse
	var broken *json.SyntaxError
	switch {
	case errors.As(err, &limited):
		return &channels.SendError{Reason: channels.RateLimited, RetryAfter: limited.RetryAfter, Err: errors.New("too many requests")}
	case errors.As(err, &status):
		return channels.StatusError(status.Code, nil)
	case errors.As(err, &refused):
		return &channels.SendError{Reason: reasonOf(refused.Err), Err: fmt.Errorf("slack says %q", refused.Err)}
	case errors.As(err, &broken):
		return &channels.SendError{Reason: channels.Ambiguous, Err: errors.New("the answer could not be read")}
	default:
		return failed(err)
	}
}

// reasonOf classifies the documented errors of chat.postMessage and the other methods that we call.
func reasonOf(code string) channels.Reason {
	switch code {
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return channels.RateLimited
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "missing_scope",
		"not_allowed_token_type", "org_login_required", "ekm_access_denied", "team_access_not_granted", "access_denied":
		return channels.Auth
	case "channel_not_found", "is_archived", "not_in_channel", "user_not_found", "cannot_dm_bot", "restricted_action",
		"messages_tab_disabled", "is_inactive", "user_disabled", "thread_not_found":
		return channels.Blocked
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_metadata_format", "metadata_too_large":
		return channels.Unformatted
	case "service_unavailable", "team_added_to_org":
		return channels.Transient
	case "internal_error", "fatal_error", "request_timeout":
		return channels.Ambiguous
	default:
		return channels.Rejected
	}
}
