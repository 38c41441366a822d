package slack_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
)

// late is a history in which reading fails for a while, or in which a conversation is not there yet.
type late struct {
	history
	mu    sync.Mutex
	fails int
}

func (l *late) Current(ctx context.Context, inbox bot.InboxID, thread string) (bot.Conversation, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails > 0 {
		l.fails--
		return bot.Conversation{}, errors.New("the disk is slow")
	}
	return l.history.Current(ctx, inbox, thread)
}

// rigWith is a rig whose channel reads this history.
func rigWith(t *testing.T, overHTTP bool, h channels.History) *channelstest.Rig {
	s := suite(overHTTP)
	driver := s.Driver
	s.Driver.New = func(decode func(any) error, d channels.Deps) (channels.Channel, error) {
		d.History = h
		return driver.New(decode, d)
	}
	return channelstest.NewRig(t, s)
}

func fakeOf(r *channelstest.Rig) *fake {
	if h, ok := r.Platform.(hooked); ok {
		return h.fake
	}
	return r.Platform.(*fake)
}

// TestNothingIsLostWhileTheStoreCannotBeRead: whose thread it is cannot be told just now, so that nothing is acknowledged before
// it can.
func TestNothingIsLostWhileTheStoreCannotBeRead(t *testing.T) {
	const thread = "C0SHOP:1680000000.000001"
	rest := `"channel":"C0SHOP","channel_type":"channel","user":"U0LIN","ts":"1700000000.000100","thread_ts":"1680000000.000001"`
	for name, event := range map[string]string{
		"said":    `{"type":"message",` + rest + `,"text":"and then?"}`,
		"changed": `{"type":"message","subtype":"message_changed","channel":"C0SHOP","channel_type":"channel","ts":"1700000060.000200","message":{"type":"message","user":"U0LIN","text":"and?","ts":"1700000000.000100","thread_ts":"1680000000.000001","edited":{"user":"U0LIN","ts":"1700000060.000000"}},"previous_message":{"text":"hi"}}`,
		"deleted": `{"type":"message","subtype":"message_deleted","channel":"C0SHOP","channel_type":"channel","ts":"1700000060.000200","deleted_ts":"1700000000.000100","previous_message":{"user":"U0LIN","text":"hi","ts":"1700000000.000100","thread_ts":"1680000000.000001"}}`,
	} {
		for _, overHTTP := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := rigWith(t, overHTTP, &late{history: history{thread}, fails: 2})
					r.Start()
					fakeOf(r).event(event)
					r.Pass(2 * time.Hour)
					r.Stop()
					if events := r.Intake.Events(); len(events) != 1 || events[0].Thread != thread || r.Platform.Waiting() != 0 {
						t.Errorf("over HTTP %v: events %+v, %d waiting", overHTTP, events, r.Platform.Waiting())
					}
				})
			})
		}
	}
}

// TestASecondMessageBeforeTheFirstIsAnswered: what follows a mention in its thread is ours, though the conversation is not in the
// store before the bot has come to the first message.
func TestASecondMessageBeforeTheFirstIsAnswered(t *testing.T) {
	for _, overHTTP := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := rigWith(t, overHTTP, history{"none yet"})
			r.Start()
			channel := `"channel":"C0SHOP","channel_type":"channel","user":"U0LIN"`
			fakeOf(r).event(`{"type":"app_mention",` + channel + `,"ts":"1700000000.000100","text":"<@U0BOT> my parcel"}`)
			fakeOf(r).event(`{"type":"message",` + channel + `,"ts":"1700000001.000100","thread_ts":"1700000000.000100","text":"is torn"}`)
			fakeOf(r).event(`{"type":"message",` + channel + `,"ts":"1700000002.000100","thread_ts":"1690000000.000100","text":"lunch?"}`)
			r.Pass(time.Minute)
			r.Stop()
			events := r.Intake.Events()
			if len(events) != 2 || events[1].Text != "is torn" || events[1].Thread != events[0].Thread {
				t.Errorf("over HTTP %v: %+v", overHTTP, events)
			}
		})
	}
}
