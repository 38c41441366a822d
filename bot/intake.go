package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"huiyin/nlp"
)

// What is kept of an event. The rest of a longer one is cut off.
const (
	maxTextBytes  = 8 << 10
	maxRawBytes   = 64 << 10
	maxNameBytes  = 200
	maxIDBytes    = 1024
	maxPressBytes = 64
	maxAttrs      = 30
)

// cutMark ends a text that was cut. Customer and agents see it.
const cutMark = "\n[…]"

// Handle implements Handler. Receipts are applied at once; everything else is stored and handed to its lane.
func (b *Bot) Handle(ctx context.Context, events ...Inbound) error {
	if !b.open.Load() {
		return fmt.Errorf("%w: starting or stopping", ErrBusy)
	}
	keep := make([]Inbound, 0, len(events))
	for _, e := range events {
		if e.Kind == KindDelivered || e.Kind == KindRead {
			b.receipt(ctx, receipt{Inbound: b.clean(e)})
			continue
		}
		keep = append(keep, b.clean(e))
	}
	if len(keep) == 0 {
		return nil
	}
	if !b.lanes.reserve(len(keep)) {
		return fmt.Errorf("%w: %d events wait already", ErrBusy, b.lanes.backlog())
	}
	accepted, err := b.cfg.Store.Accept(ctx, keep)
	if err != nil {
		b.lanes.release(len(keep))
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	b.lanes.release(len(keep) - len(accepted))
	for _, a := range accepted {
		b.lanes.push(a)
	}
	return nil
}

// recover takes up the events that an earlier process left unfinished: the threads with the newest events first, for
// theirs are the customers who still wait at the screen.
func (b *Bot) recover(ctx context.Context) error {
	if err := b.queue.load(ctx, b.cfg.Store); err != nil {
		return err
	}
	left, err := b.cfg.Store.Recover(ctx)
	if err != nil {
		return fmt.Errorf("bot: recover unfinished events: %w", err)
	}
	if len(left) == 0 {
		return nil
	}
	b.log.Info("bot: taking up unfinished events", "events", len(left))
	newest := map[laneKey]uint64{}
	for _, e := range left {
		key := laneKey{e.Inbox, e.Thread}
		newest[key] = max(newest[key], e.ID)
	}
	slices.SortStableFunc(left, func(x, y Accepted) int {
		nx, ny := newest[laneKey{x.Inbox, x.Thread}], newest[laneKey{y.Inbox, y.Thread}]
		switch {
		case nx > ny:
			return -1
		case nx < ny:
			return 1
		}
		return 0
	})
	b.lanes.force(len(left))
	for _, e := range left {
		b.lanes.push(e)
	}
	return nil
}

// clean makes an event fit to be stored: valid text, bounded sizes, a source id, a time that can be true.
func (b *Bot) clean(e Inbound) Inbound {
	now := b.now()
	e.Text = cutText(nlp.Clean(e.Text))
	e.Press = cut(nlp.Clean(e.Press), maxPressBytes)
	e.From.Name = cut(nlp.Clean(strings.TrimSpace(e.From.Name)), maxNameBytes)
	e.From.Email = cut(nlp.Clean(e.From.Email), maxNameBytes)
	e.From.Phone = cut(nlp.Clean(e.From.Phone), maxNameBytes)
	e.Raw = e.Raw[:min(len(e.Raw), maxRawBytes)]
	e.Files = cleanFiles(e.Files)
	if len(e.From.Attrs) > maxAttrs {
		e.From.Attrs = nil
	}
	e.From.Attrs = maps.Clone(e.From.Attrs)
	for k, v := range e.From.Attrs {
		e.From.Attrs[k] = cut(nlp.Clean(v), maxIDBytes)
	}
	if age := now.Sub(e.At); e.At.IsZero() || age < 0 || e.At.Year() < 2000 { // a clock that is wrong
		e.At = now
	}
	if e.Thread == "" {
		e.Thread = e.From.SourceID
	}
	if e.SourceID == "" { // from what is the same in a repeat, so never from the clock
		e.SourceID = digest(string(e.Inbox), e.Thread, string(e.Kind), e.From.SourceID, e.Text, e.Press, e.Target, string(e.Raw))
	}
	for _, id := range []*string{&e.SourceID, &e.Thread, &e.Target, &e.Message, &e.From.SourceID} {
		if len(*id) > maxIDBytes || strings.ContainsRune(*id, 0) || !utf8.ValidString(*id) {
			*id = digest(*id)
		}
	}
	return e
}

// cutText bounds a customer's text and marks the cut.
func cutText(s string) string {
	if len(s) <= maxTextBytes {
		return s
	}
	return cut(s, maxTextBytes-len(cutMark)) + cutMark
}

// cut shortens s to at most n bytes, between runes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p) // never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// receipt is news of a message of ours; it may come before the outbox has stored under which id the platform knows it.
type receipt struct {
	Inbound
	tries int
}

type receipts struct {
	mu   sync.Mutex
	list []receipt
}

const (
	receiptTries = 3
	receiptsMost = 10000
	receiptEvery = time.Second
)

// receipt applies news of delivery; when the message is not known yet, it is tried again a little later. Losing one in
// a crash does no harm: the message stays "sent".
func (b *Bot) receipt(ctx context.Context, r receipt) {
	d := Delivered
	if r.Kind == KindRead {
		d = Read
	}
	err := b.cfg.Store.Receipt(ctx, r.Inbox, r.Target, d, r.At)
	switch {
	case err == nil:
	case r.tries+1 < receiptTries:
		r.tries++
		b.receipts.mu.Lock()
		if len(b.receipts.list) < receiptsMost {
			b.receipts.list = append(b.receipts.list, r)
		}
		b.receipts.mu.Unlock()
	case !errors.Is(err, ErrNotFound):
		b.log.Warn("bot: a delivery receipt could not be stored", "inbox", r.Inbox, "err", err)
	}
}

func (b *Bot) retryReceipts(ctx context.Context) {
	every(ctx, receiptEvery, func() {
		b.receipts.mu.Lock()
		list := b.receipts.list
		b.receipts.list = nil
		b.receipts.mu.Unlock()
		for _, r := range list {
			b.receipt(ctx, r)
		}
	})
}
