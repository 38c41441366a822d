// Package clientip tells where a request comes from, as limits count it.
package clientip

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// networkBits is how much of an IPv6 address counts: whoever has one address has all of its network.
const networkBits = 64

// Of is the address that a request comes from: that of the connection or, behind a proxy of our own, the last one in
// X-Forwarded-For, which is the one that the proxy added. Of an IPv6 address it is the network, such as 2001:db8::/64.
func Of(r *http.Request, proxied bool) string {
	if proxied {
		if lines := r.Header.Values("X-Forwarded-For"); len(lines) > 0 {
			hops := strings.Split(lines[len(lines)-1], ",")
			if a, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
				return network(a)
			}
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return network(a)
	}
	return host
}

func network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, networkBits).Masked().String()
}
