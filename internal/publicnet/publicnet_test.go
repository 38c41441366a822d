package publicnet_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"huiyin/internal/publicnet"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700:4700::1111": true, "1.1.1.1": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "fe80::1": false,
		"fd00::1": false, "0.0.0.0": false, "::": false, "100.64.0.1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false,
		"2002:7f00:1::": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "240.0.0.1": false,
		// A zone changes nothing about where an address leads.
		"2606:4700:4700::1111%eth0": true, "64:ff9b::7f00:1%eth0": false, "2002:7f00:1::%1": false, "fd00::1%eth0": false, "fe80::1%eth0": false,
		// Old ways to write a private address.
		"::10.0.0.1": false, "::127.0.0.1": false, "fec0::1": false,
	} {
		if got := publicnet.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// TestDialer dials a real listener on this machine: refused, unless it is allowed.
func TestDialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := publicnet.Dialer(time.Second, nil).DialContext(t.Context(), "tcp", l.Addr().String()); !errors.Is(err, publicnet.ErrInside) {
		t.Errorf("refused: %v", err)
	}
	own := netip.MustParseAddrPort(l.Addr().String())
	c, err := publicnet.Dialer(time.Second, func(at netip.AddrPort) bool { return at == own }).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatalf("allowed: %v", err)
	}
	_ = c.Close()
}
