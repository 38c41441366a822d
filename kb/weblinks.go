package kb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Bounds of CheckWeb.
const (
	maxWebLinks  = 1000 // addresses that are asked at most
	webHostsOnce = 8    // hosts that are asked at the same time, each one address after the other
)

// CheckWeb asks every https address that published articles link to, each once; http addresses are found without being
// asked. probe returns why an address does not answer, in words for an editor, and nil when it does; its error may have a
// method Reason, one word that a page translates. See importer.Fetcher. progress may be nil. It is no part of Check, since it
// needs the network. The error is the context's.
func CheckWeb(ctx context.Context, articles []Article, probe func(ctx context.Context, address string) error, progress func(done, total int)) ([]Finding, error) {
	in := webLinks(articles)
	var out []Finding
	var addresses []string
	for _, address := range slices.Sorted(maps.Keys(in)) {
		if scheme, _, _ := strings.Cut(address, ":"); !strings.EqualFold(scheme, "https") {
			out = append(out, Finding{Kind: FindPlainLink, Articles: in[address], Detail: address, Message: fmt.Sprintf("%s links to %s: not https", joinIDs(in[address]), address)})
			continue
		}
		addresses = append(addresses, address)
	}
	addresses = addresses[:min(len(addresses), maxWebLinks)]
	hosts := map[string][]string{}
	for _, address := range addresses {
		host := address
		if u, err := url.Parse(address); err == nil {
			host = strings.ToLower(u.Host)
		}
		hosts[host] = append(hosts[host], address)
	}
	var mu sync.Mutex
	done := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(webHostsOnce)
	for _, list := range hosts {
		group.Go(func() error {
			for _, address := range list {
				err := probe(ctx, address)
				if ctx.Err() != nil {
					return fmt.Errorf("kb: check web addresses: %w", ctx.Err())
				}
				mu.Lock()
				if err != nil {
					out = append(out, Finding{Kind: FindWebLink, Articles: in[address], Detail: address, Reason: reasonOf(err), Message: fmt.Sprintf("%s links to %s: %s", joinIDs(in[address]), address, err)})
				}
				if done++; progress != nil {
					progress(done, len(addresses))
				}
				mu.Unlock()
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Finding) int { return strings.Compare(a.Detail, b.Detail) })
	return out, nil
}

// reasonOf is the word that a probe's error has for why; empty: it has none.
func reasonOf(err error) string {
	var r interface{ Reason() string }
	if errors.As(err, &r) {
		return r.Reason()
	}
	return ""
}

// webLinks are the web addresses in published articles, without what stands behind #, and who links to each.
func webLinks(articles []Article) map[string][]ArticleID {
	in := map[string][]ArticleID{}
	for _, a := range articles {
		if a.Status != Published {
			continue
		}
		for _, to := range append(links(a.Body), links(a.Summary)...) {
			scheme, _, _ := strings.Cut(to, "://")
			if scheme = strings.ToLower(scheme); scheme != "https" && scheme != "http" {
				continue
			}
			to, _, _ = strings.Cut(to, "#")
			if !slices.Contains(in[to], a.ID) {
				in[to] = append(in[to], a.ID)
			}
		}
	}
	return in
}
