package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// deskPage is an agent's page as a browser plays it (console/assets/console.js): it listens to the stream of changes and asks
// for the messages of the conversation that it shows. When the stream ends, it comes back; then, and when it is told to, it
// reads anew what it shows. A slow one never reads.
type deskPage struct {
	run     *deskRun
	i       int
	shows   int // the conversation
	slow    bool
	looks   chan struct{} // something of what it shows has changed
	listing atomic.Bool   // it waits for its list

	mu       sync.Mutex
	stop     context.CancelFunc // breaks the connection
	anew     bool               // it is to read anew
	have     []uint64           // of each conversation, the newest message that it knows of
	skipped  int                // messages before those that it was not told of
	newest   uint64             // the newest message that stands on it
	told     int                // messages that it was told of when they happened
	madeGood int
	cutOff   int
	toldAnew int
	failed   int
	updates  histogram
	threads  histogram
}

func newDeskPage(r *deskRun, i int) *deskPage {
	return &deskPage{run: r, i: i, shows: i % r.Conversations, slow: i >= r.Agents, looks: make(chan struct{}, 1), have: make([]uint64, r.Conversations)}
}

// backAfter is how long Chromium waits until it opens a stream of events again that has ended.
const backAfter = 3 * time.Second

// stay keeps the page open until ctx ends; opened hears how the first try went.
func (p *deskPage) stay(ctx context.Context, opened chan<- error) {
	var looking sync.WaitGroup
	defer looking.Wait()
	if !p.slow {
		looking.Go(func() { p.look(ctx) })
	}
	for first := true; ctx.Err() == nil; first = false {
		err := p.listen(ctx, func() {
			if first {
				opened <- nil
			}
		})
		if first && err != nil {
			opened <- err
			return
		}
		if ctx.Err() != nil || p.slow {
			break
		}
		p.count(&p.cutOff)
		select {
		case <-ctx.Done():
		case <-time.After(backAfter):
		}
	}
	<-ctx.Done()
}

func (p *deskPage) count(n *int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*n++
}

// cut breaks the connection.
func (p *deskPage) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
}

// listen follows the stream until it ends; opened is called as soon as it is there. It fails when there was none.
func (p *deskPage) listen(ctx context.Context, opened func()) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p.mu.Lock()
	p.stop = stop
	p.mu.Unlock()
	resp, err := p.get(ctx, "/console/live?at="+url.QueryEscape(string(benchConversation(p.shows))))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	opened()
	if p.slow {
		<-ctx.Done()
		return nil
	}
	p.readAnew()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
			p.hear(data)
		} else if bytes.Equal(lines.Bytes(), []byte("event: anew")) {
			p.count(&p.toldAnew)
			p.readAnew()
		}
	}
	return nil
}

// hear takes in what the stream says of a conversation: which messages are new, and which is the last.
func (p *deskPage) hear(data []byte) {
	name, rest, ok := bytes.Cut(data, []byte(`"status"`))
	i, known := benchNumber(string(between(name, `{"id":"`, `"`)))
	if !ok || !known {
		return
	}
	last, err := strconv.ParseUint(string(between(rest, `"last":`, ",")), 10, 64)
	seqs := between(rest, `"seqs":[`, "]")
	if err != nil || len(seqs) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if last <= p.have[i] {
		return
	}
	gained := int(last - p.have[i])
	n := min(gained, bytes.Count(seqs, []byte(","))+1)
	p.told += n
	p.skipped += gained - n
	p.have[i] = last
	p.updates.add(p.run.late(i))
	if i == p.shows {
		p.wake()
	}
}

func between(text []byte, from, to string) []byte {
	_, text, _ = bytes.Cut(text, []byte(from))
	text, _, _ = bytes.Cut(text, []byte(to))
	return text
}

// late is how long ago a conversation's customer wrote, in milliseconds.
func (r *deskRun) late(i int) float64 {
	return float64(time.Now().UnixNano()-r.sent[i].Load()) / float64(time.Millisecond)
}

func (p *deskPage) wake() {
	select {
	case p.looks <- struct{}{}:
	default:
	}
}

func (p *deskPage) readAnew() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.anew = true
	p.wake()
}

// look asks for what the page shows whenever it has changed, one look at a time.
func (p *deskPage) look(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.looks:
		}
		p.mu.Lock()
		anew, skipped, after := p.anew, p.skipped, p.newest
		p.anew = false
		p.mu.Unlock()
		if !anew {
			p.thread(ctx, after)
			continue
		}
		stored := make([]uint64, len(p.have)) // before it asks: all of this must be in what it reads
		for i := range stored {
			stored[i] = p.run.stored[i].Load()
		}
		if !p.list(ctx) || !p.thread(ctx, 0) {
			p.mu.Lock()
			p.anew = true // with the next change, or when the connection is back
			p.mu.Unlock()
			continue
		}
		p.makeGood(stored, skipped)
	}
}

// makeGood counts what the page had not been told of and has read now.
func (p *deskPage) makeGood(stored []uint64, skipped int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skipped -= skipped
	p.madeGood += skipped
	for i, last := range stored {
		if last > p.have[i] {
			p.madeGood += int(last - p.have[i])
			p.updates.add(p.run.late(i))
			p.have[i] = last
		}
	}
}

// missing is how many messages the page does not know of, when these are the last ones: those that it was not told of, and of
// the conversation that it shows those that do not stand on it.
func (p *deskPage) missing(last []uint64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.skipped
	for i, seq := range last {
		if seq > p.have[i] {
			n += int(seq - p.have[i])
		}
	}
	if shown := last[p.shows]; shown == p.have[p.shows] && p.newest < shown {
		n += int(shown - p.newest)
	}
	return n
}

func (p *deskPage) addTo(r *deskResult, updates, threads *histogram) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Updates += p.told
	r.MadeGood += p.madeGood
	r.CutOff += p.cutOff
	r.ToldAnew += p.toldAnew
	r.Failed += p.failed
	updates.merge(&p.updates)
	threads.merge(&p.threads)
}

func (p *deskPage) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.run.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", "huiyin="+agentToken(p.i))
	req.Header.Set("X-Fragment", "1")
	resp, err := p.run.client.Do(req)
	if err == nil && resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("bench: %s: %s", path, resp.Status)
	}
	return resp, err
}

// read asks for a part of the page; nil when it was not answered.
func (p *deskPage) read(ctx context.Context, path string) []byte {
	resp, err := p.get(ctx, path)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err != nil {
		if ctx.Err() == nil {
			p.count(&p.failed)
		}
		return nil
	}
	return body
}

// thread asks for the messages after one, and reports whether it was answered.
func (p *deskPage) thread(ctx context.Context, after uint64) bool {
	body := p.read(ctx, fmt.Sprintf("/console/c/%s/messages?seen=1&after=%d", benchConversation(p.shows), after))
	if body == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	const mark = `data-seq="`
	if from := bytes.LastIndex(body, []byte(mark)); from >= 0 {
		if seq, err := strconv.ParseUint(string(between(body[from:], mark, `"`)), 10, 64); err == nil && seq > p.newest {
			p.newest = seq
			p.threads.add(p.run.late(p.shows))
		}
	}
	return true
}

// list asks for the list, and reports whether it was answered.
func (p *deskPage) list(ctx context.Context) bool {
	at := time.Now()
	if p.read(ctx, "/console/list?queue=mine") == nil {
		return false
	}
	p.run.mu.Lock()
	defer p.run.mu.Unlock()
	p.run.lists.add(float64(time.Since(at)) / float64(time.Millisecond))
	return true
}
