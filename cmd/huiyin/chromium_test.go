package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium is the one headless browser of all tests. Each test has windows of its own in it, which share nothing: no cookie, no
// storage, no cache.
var chromium struct {
	sync.Mutex
	ctx  context.Context
	stop func()
}

// openChromium starts it, unless it runs.
func openChromium() (context.Context, error) {
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.ctx != nil {
		if _, err := chromedp.Run(chromium.ctx, chromedp.Evaluate[int](`1`)); err == nil {
			return chromium.ctx, nil
		}
		chromium.stop() // it has crashed
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, errors.New("no Chromium on this machine: scripts/testtools.sh installs it or says how")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	chromium.ctx, chromium.stop = ctx, func() { stop(); stopAlloc() }
	return ctx, chromedp.Do(ctx)
}

// closeChromium ends it, when all tests are over.
func closeChromium() {
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.stop != nil {
		chromium.stop()
	}
}

// browser is a window of a person at the shop's place, whose clock is the test's: headless, in a Chromium that `make test`
// installs.
func browser(t *testing.T) context.Context {
	t.Helper()
	root, err := openChromium()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	ctx, stopTime := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(func() { stopTime(); stop() })
	if err := chromedp.Do(ctx, atDesk(clockOf(t))); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// atDesk gives the pages of a window, from the next one on, the time that a clock shows now, and the focus.
func atDesk(c *testClock) step {
	script := fmt.Sprintf(`((Real, off) => {
		globalThis.Date = class Date extends Real {
			constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + off); }
			static now() { return Real.now() + off; }
		};
	})(Date, %d)`, c.off().Milliseconds())
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
			return err
		}
		// One window of a browser has the focus, and keys for others get lost; each person here sits at a screen of her own.
		if _, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Shanghai"})
		return err
	})
}
