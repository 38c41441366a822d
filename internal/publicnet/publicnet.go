// Package publicnet dials addresses of the public internet only, for whatever follows an address that a person typed in.
package publicnet

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// ErrInside means that an address leads into a private network, or to this machine.
var ErrInside = errors.New("the address leads into a private network")

// Dialer dials public addresses only. The address is looked at after the name was resolved, right before the connection is
// made, so that no name can lead inside. allow, which may be nil, says which other addresses may be dialled.
func Dialer(timeout time.Duration, allow func(netip.AddrPort) bool) *net.Dialer {
	return &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrInside, address)
		}
		if !Public(at.Addr()) && (allow == nil || !allow(at)) {
			return fmt.Errorf("%w: %s", ErrInside, at.Addr())
		}
		return nil
	}}
}

// Public reports whether an address is one of the public internet.
func Public(a netip.Addr) bool {
	a = a.WithZone("").Unmap() // no prefix contains an address with a zone
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range []string{ // IANA's registries of special-purpose addresses, beyond what net/netip knows
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(p).Contains(a) {
			return false
		}
	}
	return true
}
