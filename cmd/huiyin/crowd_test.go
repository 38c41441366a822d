package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/data"
)

// crowdTexts are real-looking messages: the sample's, or the column "text" of the CSV file that HUIYIN_TEXTS names.
func crowdTexts(t *testing.T) []string {
	t.Helper()
	raw, err := fs.ReadFile(data.Files(), "shop/feedback_sample.csv")
	if name, ok := os.LookupEnv("HUIYIN_TEXTS"); ok {
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "text")
	var texts []string
	for _, row := range rows[1:] {
		if text := row[column]; text != "" && len(text) < 4000 {
			texts = append(texts, text)
		}
	}
	return texts
}

// TestACrowdOverHTTP sends 5,000 messages of 500 visitors through the web chat's own interface. Each visitor sends some
// twice, as a page does after a lost answer. Every message must be stored once and in order, decided upon, and be followed
// by an answer or belong to people.
func TestACrowdOverHTTP(t *testing.T) {
	visitors, each := 500, 10
	if underRace {
		visitors, each = 50, 4
	}
	texts := crowdTexts(t)
	p := startWith(t, t.TempDir(), "[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\n[inbox.settings]\nper_minute = 6000\nper_minute_ip = 10000000\n")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}
	g, ctx := errgroup.WithContext(context.Background())
	g.SetLimit(64)
	for v := range visitors {
		g.Go(func() error {
			for n := range each {
				for range 1 + (v+n)%2 {
					if err := postMessage(ctx, client, p.url, v, n, texts[(v*each+n)%len(texts)]); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	wantQuiet(t, p)
	list, err := p.app.Store.Conversations(context.Background(), bot.Filter{Limit: 10 * visitors})
	if err != nil || len(list) != visitors {
		t.Fatalf("%d conversations, want %d: %v", len(list), visitors, err)
	}
	answered, owned := 0, 0
	for _, c := range list {
		a, o := checkThread(t, p.app.Store, c, each)
		answered, owned = answered+a, owned+o
	}
	if answered+owned != visitors*each {
		t.Errorf("%d answered and %d left to people, of %d", answered, owned, visitors*each)
	}
	t.Logf("%d answered, %d left to people", answered, owned)
}

func postMessage(ctx context.Context, client *http.Client, base string, visitor, n int, text string) error {
	body, err := json.Marshal(map[string]string{"id": fmt.Sprintf("message-%04d", n), "text": text})
	if err != nil {
		return err
	}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/channels/web/api/messages", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+fmt.Sprintf("%064x", visitor+1))
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusAccepted:
			return nil
		case http.StatusServiceUnavailable: // as a page does: again, a little later
			wait, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
			select {
			case <-time.After(time.Duration(wait) * time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
		default:
			return fmt.Errorf("visitor %d, message %d: %s", visitor, n, resp.Status)
		}
	}
}

// wantQuiet waits until nothing is waiting any more, and stops the program, which finishes what it has begun.
func wantQuiet(t *testing.T, p *program) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		unsent, err := p.app.Store.Unsent(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(unsent) == 0 && p.app.Bot.Backlog() == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d messages are still unsent, %d events wait", len(unsent), p.app.Bot.Backlog())
		}
	}
}

// checkThread looks at one visitor's conversation.
func checkThread(t *testing.T, s bot.ConversationStore, c bot.Conversation, want int) (answered, owned int) {
	t.Helper()
	messages, err := s.Messages(context.Background(), c.ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	next := 0
	for i, m := range messages {
		if m.Seq != uint64(i+1) {
			t.Errorf("%s: message %d has number %d", c.ID, i+1, m.Seq)
		}
		if m.Direction != bot.Incoming {
			continue
		}
		if id := fmt.Sprintf("message-%04d", next); m.SourceID != c.Thread+":"+id {
			t.Errorf("%s: %s stands where %s should", c.ID, m.SourceID, id)
		}
		next++
		switch {
		case m.Decision == nil:
			t.Errorf("%s: message %d was never decided upon", c.ID, m.Seq)
		case m.Decision.Action == bot.ActSilent:
			owned++
		case followed(messages[i+1:], bot.Sent) || m.Decision.Action == bot.ActIgnore:
			answered++
		case followed(messages[i+1:], bot.Cancelled) && c.Epoch > 0: // people took over before the answer left
			owned++
		default:
			t.Errorf("%s: message %d was answered by nothing (%s)", c.ID, m.Seq, m.Decision.Action)
		}
	}
	if next != want {
		t.Errorf("%s: %d messages stored, want %d", c.ID, next, want)
	}
	return answered, owned
}

// followed reports whether an answer with this fate comes before the customer's next message.
func followed(rest []bot.Message, fate bot.Delivery) bool {
	for _, m := range rest {
		switch {
		case m.Direction == bot.Incoming:
			return false
		case m.Direction == bot.Outgoing && !m.Private && m.Delivery == fate:
			return true
		}
	}
	return false
}
