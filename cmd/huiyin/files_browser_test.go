package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// photo draws something that looks like a picture: a bag before a wall.
func photo(t *testing.T, format string, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{uint8(200 - 60*y/height), uint8(190 - 40*x/width), 170, 255}
			if x > width/4 && x < 3*width/4 && y > height/3 && y < 5*height/6 {
				c = color.RGBA{120, uint8(60 + 40*y/height), 40, 255}
			}
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	if format == "jpeg" {
		b.Reset()
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gives lets a page get a file as if somebody had dropped or pasted it.
func gives(event, selector, name, mediaType string, data []byte) step {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)), holder = new DataTransfer();
		holder.items.add(new File([bytes], %q, { type: %q }));
		const how = { bubbles: true, cancelable: true };
		document.querySelector(%q).dispatchEvent(%q === 'paste' ? new ClipboardEvent('paste', { ...how, clipboardData: holder }) : new DragEvent('drop', { ...how, dataTransfer: holder }));
	})(); undefined`, base64.StdEncoding.EncodeToString(data), name, mediaType, selector, event))
}

// drawn waits until so many pictures of a list have been loaded.
func drawn(n int) step {
	return has(fmt.Sprintf(`[...document.querySelectorAll('#messages .picture img')].filter((i) => i.complete && i.naturalWidth > 0).length === %d`, n))
}

// TestPicturesInTheBrowser: a customer sends a picture, an agent sees it and sends one back.
func TestPicturesInTheBrowser(t *testing.T) {
	o := openOffice(t)
	file := filepath.Join(t.TempDir(), "拉链坏了.jpg")
	if err := os.WriteFile(file, photo(t, "jpeg", 900, 600), 0o600); err != nil {
		t.Fatal(err)
	}
	customer := browser(t)
	do(t, customer, chromedp.EmulateViewport(1280, 844), visits(o.url+"/channels/web/?lang=zh"), sees("#text"))
	var conv bot.Conversation

	t.Run("chosen, uploaded, sent without a word", func(t *testing.T) {
		do(t, customer, picks("#pick", []string{file}), has(`!document.getElementById('send').disabled`))
		shot(t, customer, "files-tray-zh")
		do(t, customer, click("#send"), drawn(1), answers(1), shows("文件收到了"))
		shot(t, customer, "files-sent-zh")
	})
	t.Run("dropped, with a text, and a person is asked for", func(t *testing.T) {
		do(t, customer, gives("drop", ".chat", "发票 11月.pdf", "application/pdf", []byte("%PDF-1.7\nnot much of an invoice\n")),
			has(`!document.getElementById('send').disabled`), say("这是发票，我要转人工"), shows("发票 11月.pdf"), answers(2))
		list, err := o.app.Store.Conversations(t.Context(), allConversations)
		if err != nil || len(list) != 1 || list[0].Status != bot.StatusWaiting {
			t.Fatalf("%+v %v", list, err)
		}
		conv = list[0]
	})
	t.Run("what is refused says why", func(t *testing.T) {
		do(t, customer, gives("paste", "#text", "empty.txt", "text/plain", nil), shows("这个文件是空的"),
			gives("paste", "#text", "huge.bin", "application/octet-stream", make([]byte, 10<<20+1)), shows("文件太大，单个最大 10 MB"))
		shot(t, customer, "files-refused-zh")
		do(t, customer, has(`document.getElementById('send').disabled`), click("#tray .off"), click("#tray .off"), has(`document.getElementById('tray').hidden`))
	})
	t.Run("more than a message holds says so", func(t *testing.T) {
		do(t, customer, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			for i := range bot.MaxFiles + 1 {
				if err := chromedp.Do(ctx, gives("paste", "#text", fmt.Sprintf("%d.txt", i), "text/plain", nil)); err != nil {
					return err
				}
			}
			return nil
		}), shows("一条消息最多 10 个文件"))
		shot(t, customer, "files-many-zh")
		do(t, customer, chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('#tray .off').forEach((b) => b.click()); undefined`), has(`document.getElementById('tray').hidden`))
	})
	t.Run("a file that is gone takes no text with it", func(t *testing.T) {
		do(t, customer, gives("paste", "#text", "gone.txt", "text/plain", []byte("gone")), has(`!document.getElementById('send').disabled`))
		if _, err := o.app.Store.SweepFiles(t.Context(), o.app.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		do(t, customer, say("文件没了，文字还在"), shows("文件已失效"), visitsAgain(), shows("文件没了，文字还在"), shows("只发送文字"))
		shot(t, customer, "files-gone-zh")
		notices := o.app.Bot.Subscribe(t.Context())
		do(t, customer, click("#messages .state button"), has(`!document.querySelector('#messages .row.me .state')`))
		for stored := false; !stored; {
			select {
			case n := <-notices: // what the page was told is accepted is stored a moment later
				stored = slices.ContainsFunc(n.Messages, func(m bot.Message) bool { return m.Text == "文件没了，文字还在" && len(m.Files) == 0 })
			case <-customer.Done():
				t.Fatal("the text is not stored")
			}
		}
	})

	lin := o.signIn("lin")
	t.Run("the agent sees it", func(t *testing.T) {
		do(t, lin, visits(o.url+"/console/c/"+string(conv.ID)), sees("#write"), drawn(1), shows("发票 11月.pdf"))
		shot(t, lin, "files-console-en")
	})
	t.Run("and sends one back, pasted", func(t *testing.T) {
		do(t, lin, types("#text", "Please pull it like this."), gives("paste", "#text", "like this.png", "image/png", photo(t, "png", 400, 300)),
			has(`document.querySelector('#tray .size').textContent.endsWith('B') && !document.getElementById('send').disabled`))
		shot(t, lin, "files-composer-en")
		do(t, lin, click("#send"), drawn(2), has(`document.getElementById('tray').hidden`))
		do(t, customer, shows("Please pull it like this."), drawn(2))
		shot(t, customer, "files-answer-zh")
	})
	t.Run("what is typed and attached meanwhile outlives a reply", func(t *testing.T) {
		// Posts of replies wait until the test lets them end.
		do(t, lin, chromedp.Evaluate[chromedp.Void](`{ const real = window.fetch; window.fetch = (url, o) => String(url).endsWith('/reply')
			? new Promise((ok) => { window.end = (status) => ok(new Response('no', { status })); }) : real(url, o); } undefined`),
			gives("paste", "#text", "first.txt", "text/plain", []byte("first")), has(`!document.getElementById('send').disabled`), types("#text", "one"), click("#send"),
			has(`window.end && document.getElementById('text').value === ''`), types("#text", "two"), gives("paste", "#text", "second.txt", "text/plain", []byte("second")),
			has(`[...document.querySelectorAll('#tray .size')].filter((s) => s.textContent.endsWith('B')).length === 2 && document.getElementById('send').disabled`),
			chromedp.Evaluate[chromedp.Void](`window.end(503); window.end = null; undefined`), has(`document.getElementById('text').value === 'one\ntwo' && document.querySelectorAll('#tray .chip').length === 2`),
			click("#tray .off"), click("#send"), has(`window.end && document.getElementById('text').value === ''`), gives("paste", "#text", "third.txt", "text/plain", []byte("third")),
			has(`[...document.querySelectorAll('#tray .size')].filter((s) => s.textContent.endsWith('B')).length === 2`),
			chromedp.Evaluate[chromedp.Void](`window.end(200); undefined`), has(`document.querySelectorAll('#tray .chip').length === 1 && document.querySelector('#tray .name').textContent === 'third.txt'`),
			visitsAgain(), sees("#write"))
	})
	t.Run("a note with a file stays inside", func(t *testing.T) {
		do(t, lin, click("#write input[value=note]"), gives("drop", "#conversation", "internal.png", "image/png", photo(t, "png", 40, 30)),
			has(`!document.getElementById('send').disabled`), click("#send"), drawn(3))
		do(t, customer, drawn(2))
		shot(t, lin, "files-note-en")
	})
	t.Run("a reload shows it again", func(t *testing.T) {
		do(t, customer, visitsAgain(), drawn(2), shows("发票 11月.pdf"))
	})
	t.Run("strangers see nothing", func(t *testing.T) { strangers(t, o, customer, conv) })
}

// strangers asks for the files of a conversation as somebody who is not signed in, and with addresses that are a little off.
func strangers(t *testing.T, o *office, customer context.Context, conv bot.Conversation) {
	src, err := chromedp.Run(customer, chromedp.Evaluate[string](`document.querySelector('#messages .picture img').src`))
	if err != nil {
		t.Fatal(err)
	}
	get := func(url string) (int, http.Header, []byte) {
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header, body
	}
	status, h, body := get(src)
	if status != 200 || h.Get("Content-Type") != "image/jpeg" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") ||
		!bytes.Equal(body, photo(t, "jpeg", 900, 600)) {
		t.Errorf("%d %v, %d bytes", status, h, len(body))
	}
	if status, _, _ := get(strings.Replace(src, "/files/v", "/files/v0", 1)); status != http.StatusNotFound {
		t.Errorf("another thread: %d", status)
	}
	if status, _, body := get(o.url + "/console/c/" + string(conv.ID) + "/files/" + string(bot.NewMessageID(conv.ID, 1)) + "/0"); status == 200 && bytes.HasPrefix(body, []byte("\xff\xd8")) {
		t.Error("the console shows a file to somebody who is not signed in")
	}
}
