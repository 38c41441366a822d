package hooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"huiyin/internal/publicnet"
)

// Bounds of a call.
const (
	callTime   = 10 * time.Second
	callAnswer = 16 << 10 // bytes of an answer that are read, so that the connection can be used again
	// MostURL is how long an address may be, in bytes.
	MostURL = 1000
)

// ErrURL means that an address cannot be an endpoint.
var ErrURL = errors.New("hooks: not an address that can be called: https://, without a password")

// caller calls endpoints.
type caller struct {
	client  *http.Client
	private []netip.Prefix
}

func newCaller(private []netip.Prefix, transport http.RoundTripper) *caller {
	c := &caller{private: private}
	if transport == nil {
		transport = &http.Transport{
			DialContext:         publicnet.Dialer(callTime/2, func(at netip.AddrPort) bool { return c.allowed(at.Addr()) }).DialContext,
			TLSHandshakeTimeout: callTime / 2, MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: MostEndpoints, MaxIdleConnsPerHost: MostEndpoints,
			IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		}
	}
	c.client = &http.Client{Transport: transport, Timeout: callTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c
}

// allowed reports whether an address that is not public may be called all the same.
func (c *caller) allowed(a netip.Addr) bool {
	for _, p := range c.private {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// check makes sure that an address may be an endpoint: https, or http to an address in one of the private networks that
// the operator allows. Where a name leads is looked at when it is dialled.
func (c *caller) check(address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > MostURL || u.Host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return ErrURL
	}
	at, err := netip.ParseAddr(u.Hostname())
	number, own := err == nil, err == nil && c.allowed(at)
	if u.Scheme == "https" && (!number || own || publicnet.Public(at)) || u.Scheme == "http" && own {
		return nil
	}
	return ErrURL
}

// outcome is what became of a call.
type outcome struct {
	status int
	fail   Failure
	after  time.Duration // Retry-After; 0: none
}

// post calls an endpoint once.
func (c *caller) post(ctx context.Context, e Endpoint, d Delivery, body []byte) outcome {
	if c.check(e.URL) != nil { // the operator has taken a network away
		return outcome{fail: FailInside}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return outcome{fail: FailNetwork}
	}
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Huiyin-Webhook/1")
	h.Set(HeaderEvent, string(d.Kind))
	h.Set(HeaderDelivery, d.ID)
	h.Set(HeaderAttempt, strconv.Itoa(d.Attempt))
	h.Set(HeaderTimestamp, strconv.FormatInt(d.At.Unix(), 10))
	h.Set(HeaderSignature, Sign(e.Secret, d.At, body))
	resp, err := c.client.Do(req)
	if err != nil {
		return outcome{fail: failureOf(err)}
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, callAnswer) // what it says is of no use, but a connection that is read to its end is
	o := outcome{status: resp.StatusCode}
	switch {
	case o.status >= 200 && o.status < 300:
		return o
	case o.status >= 300 && o.status < 400:
		o.fail = FailRedirect
	default:
		o.fail, o.after = FailStatus, retryAfter(resp.Header.Get("Retry-After"), d.At)
	}
	return o
}

// failureOf is the reason of an error of the client.
func failureOf(err error) Failure {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, publicnet.ErrInside):
		return FailInside
	case errors.As(err, &cert), errors.As(err, &record):
		return FailTLS
	case errors.As(err, &dns) && dns.IsNotFound:
		return FailHost
	case errors.As(err, &timeout) && timeout.Timeout():
		return FailTimeout
	}
	return FailNetwork
}

// retryAfter reads the header of that name (RFC 9110, section 10.2.3): seconds, or an instant. 0: there is none that can be
// read, or it is past.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// ParsePrivate reads the networks that endpoints may lie in although they are not public, such as 10.1.0.0/16 or
// 127.0.0.1.
func ParsePrivate(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if at, bad := netip.ParseAddr(text); bad == nil {
			p, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.1.0.0/16", text)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}
