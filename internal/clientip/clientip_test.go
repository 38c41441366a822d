package clientip_test

import (
	"net/http"
	"testing"

	"huiyin/internal/clientip"
)

func TestOf(t *testing.T) {
	for _, tc := range []struct {
		remote  string
		header  []string
		proxied bool
		want    string
	}{
		{"192.0.2.1:99", nil, false, "192.0.2.1"},
		{"192.0.2.1:99", []string{"198.51.100.7"}, false, "192.0.2.1"},
		{"192.0.2.1:99", []string{"198.51.100.7"}, true, "198.51.100.7"},
		{"192.0.2.1:99", []string{"made up, 198.51.100.7 , 203.0.113.5"}, true, "203.0.113.5"},
		{"192.0.2.1:99", []string{"198.51.100.7", "203.0.113.5"}, true, "203.0.113.5"}, // a proxy that adds a line of its own
		{"192.0.2.1:99", []string{"made up"}, true, "192.0.2.1"},
		{"192.0.2.1:99", nil, true, "192.0.2.1"},
		{"[2001:db8:1:2:3:4:5:6]:99", nil, false, "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:ffff::1]:99", nil, false, "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:99", nil, false, "fe80::/64"},
		{"[::ffff:192.0.2.1]:99", nil, false, "192.0.2.1"},
		{"192.0.2.1:99", []string{"2001:db8:1:3::9"}, true, "2001:db8:1:3::/64"},
		{"@", nil, false, "@"},
	} {
		r := &http.Request{RemoteAddr: tc.remote, Header: http.Header{"X-Forwarded-For": tc.header}}
		if got := clientip.Of(r, tc.proxied); got != tc.want {
			t.Errorf("%s, %q, %v: %q, want %q", tc.remote, tc.header, tc.proxied, got, tc.want)
		}
	}
}
