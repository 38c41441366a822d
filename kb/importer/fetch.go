package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"time"

	"huiyin/internal/publicnet"
	"huiyin/kb"
)

// Errors of a Fetcher.
var (
	// ErrInside means that an address leads into a private network, or to this machine.
	ErrInside = publicnet.ErrInside
	// ErrAddress means that an address cannot be fetched as it is.
	ErrAddress = errors.New("importer: not a web address that can be read")
)

// Bounds of a page from the web.
const (
	fetchMost      = 8 << 20
	fetchTime      = 20 * time.Second
	fetchRedirects = 5
)

// Fetcher reads pages from the web. It dials public addresses only: the address is looked at after the name was resolved
// and for every redirect anew, so that no name can lead inside.
type Fetcher struct{ client *http.Client }

// FetcherOptions are for tests; the zero value is what the program uses.
type FetcherOptions struct {
	Allow     func(netip.AddrPort) bool // addresses that may be dialled although they are inside
	Transport func(*http.Transport)     // changes the transport
	Resolver  *net.Resolver             // of names; nil: the system's
}

// NewFetcher makes a Fetcher.
func NewFetcher(o FetcherOptions) *Fetcher {
	dialer := publicnet.Dialer(fetchTime/2, o.Allow)
	dialer.Resolver = o.Resolver
	transport := &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: fetchTime / 2, ResponseHeaderTimeout: fetchTime / 2,
		MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	if o.Transport != nil {
		o.Transport(transport)
	}
	return &Fetcher{&http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > fetchRedirects {
			return fmt.Errorf("%w: more than %d redirects", ErrAddress, fetchRedirects)
		}
		return allowed(r.URL)
	}}}
}

// Fetch reads a page. Its File is named by the address that it was found at in the end.
func (f *Fetcher) Fetch(ctx context.Context, address string) (File, error) {
	u, err := url.Parse(address)
	if err != nil {
		return File{}, noAddress(address)
	}
	if err := allowed(u); err != nil {
		return File{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return File{}, noAddress(address)
	}
	req.Header.Set("User-Agent", "huiyin (knowledge base import)")
	resp, err := f.client.Do(req)
	if err != nil {
		return File{}, unread(u, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return File{}, kb.NewFault("fetch.status", "{address} answered “{status}”: open it in a browser to see whether the address is right", "address", kb.Verbatim(resp.Request.URL.Redacted()), "status", resp.Status).Marked(ErrAddress)
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, fetchMost+1))
	if err != nil {
		return File{}, unread(resp.Request.URL, err)
	}
	if len(raw) > fetchMost {
		return File{}, &kb.InputError{File: resp.Request.URL.Redacted(), Err: kb.NewFault("page.large", "the page is larger than {most} MB", "most", fetchMost>>20)}
	}
	name := path.Base(resp.Request.URL.Path)
	if name == "." || name == "/" {
		name = resp.Request.URL.Hostname()
	}
	return File{Name: name, Type: resp.Header.Get("Content-Type"), Data: raw}, nil
}

// noAddress is what somebody wrote who wanted to write an address.
func noAddress(address string) error {
	return kb.NewFault("address", "“{address}” is no web address: it must begin with https://", "address", address).Marked(ErrAddress)
}

// unread is why a page could not be read.
func unread(u *url.URL, err error) error {
	if errors.Is(err, context.Canceled) { // nobody waits for it
		return fmt.Errorf("importer: %w", err)
	}
	return kb.NewFault("fetch", "{address} cannot be read: {why}", "address", kb.Verbatim(u.Redacted()), "why", unreachable(err))
}

// probeTime is how long an address may take to answer.
const probeTime = 10 * time.Second

// Probe asks whether there is a page at an address, without reading it, under the rules of Fetch. The error says why not, in
// words for an editor. A page that only refuses programs (401, 403, 429, …) is there.
func (f *Fetcher) Probe(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return noAddress(address)
	}
	if allowed(u) != nil {
		return &dead{ErrAddress, "refused", "only https addresses without a password are asked"}
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	status := 0
	for _, method := range []string{http.MethodHead, http.MethodGet} { // some servers do not know HEAD
		req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
		if err != nil {
			return noAddress(address)
		}
		req.Header.Set("User-Agent", "huiyin (knowledge base check)")
		resp, err := f.client.Do(req)
		if err != nil {
			return unreachable(err)
		}
		status = resp.StatusCode
		_ = resp.Body.Close() // nothing of it is read
		if status < http.StatusBadRequest {
			return nil
		}
	}
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return &dead{ErrAddress, "gone", fmt.Sprintf("the page is gone (%d)", status)}
	case status >= http.StatusInternalServerError:
		return &dead{ErrAddress, "fails", fmt.Sprintf("the server fails (%d)", status)}
	}
	return nil
}

// dead is why an address does not answer, in a few words that stand behind it; errors.Is finds ErrAddress or ErrInside.
type dead struct {
	kind   error
	reason string // one of Reasons
	text   string
}

func (d *dead) Error() string { return d.text }

// Reason is one of Reasons.
func (d *dead) Reason() string { return d.reason }

func (d *dead) Unwrap() error { return d.kind }

// Reasons are the words that an error of Probe can have for why, by its method Reason; a page translates them.
func Reasons() []string {
	return []string{"refused", "gone", "fails", "inside", "redirects", "host", "slow", "unreachable"}
}

// unreachable says what is wrong when no server answered.
func unreachable(err error) error {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrInside):
		return &dead{ErrInside, "inside", "it leads into a private network"}
	case errors.Is(err, ErrAddress):
		return &dead{ErrAddress, "redirects", "it redirects too often, or to what is not https"}
	case errors.As(err, &dns):
		return &dead{ErrAddress, "host", "there is no host " + dns.Name}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &dead{ErrAddress, "slow", "it does not answer in time"}
	}
	return &dead{ErrAddress, "unreachable", "it cannot be reached"}
}

// allowed refuses everything but https without a password.
func allowed(u *url.URL) error {
	switch {
	case u.Scheme != "https" || u.Host == "":
		return kb.NewFault("address.https", "{address}: only https:// addresses are read", "address", kb.Verbatim(u.Redacted())).Marked(ErrAddress)
	case u.User != nil:
		return kb.NewFault("address.password", "{address}: an address with a password in it is not read", "address", kb.Verbatim(u.Redacted())).Marked(ErrAddress)
	}
	return nil
}
