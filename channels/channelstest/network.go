package channelstest

import (
	"context"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// Network is a network in memory. Servers and clients on it work inside a testing/synctest bubble, so that a platform
// which hangs for an hour does so in no time.
type Network struct {
	mu      sync.Mutex
	servers map[string]*listener
}

// NewNetwork makes an empty network.
func NewNetwork() *Network { return &Network{servers: map[string]*listener{}} }

// Serve starts an HTTP server under a name of a host until the test ends.
func (n *Network) Serve(t testing.TB, host string, h http.Handler) {
	t.Helper()
	l := &listener{conns: make(chan net.Conn), done: make(chan struct{}), host: host}
	n.mu.Lock()
	n.servers[host] = l
	n.mu.Unlock()
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) }) // it ends with ErrServerClosed
	t.Cleanup(func() {
		_ = server.Close()
		running.Wait()
	})
}

// Down makes a host unreachable and breaks the connections to it, as if its server were switched off; Up undoes it.
func (n *Network) Down(host string) { n.switchTo(host, true) }

// Up makes a host reachable again.
func (n *Network) Up(host string) { n.switchTo(host, false) }

func (n *Network) switchTo(host string, down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.servers[host]
	if l.down = down; down {
		for _, c := range l.open {
			_ = c.Close()
		}
		l.open = nil
	}
}

// Freeze makes the open connections to a host dead without telling either side: what is written goes nowhere, and nothing
// comes.
func (n *Network) Freeze(host string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.servers[host].open {
		c.(*frozen).freeze()
	}
}

// Hosts lists the servers on the network.
func (n *Network) Hosts() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Sorted(maps.Keys(n.servers))
}

// Client makes an HTTP client on the network, until the test ends. TLS addresses are dialled without TLS.
func (n *Network) Client(t testing.TB) *http.Client {
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		n.mu.Lock()
		l := n.servers[host]
		refused := l == nil || l.down
		n.mu.Unlock()
		if refused {
			return nil, &net.OpError{Op: "dial", Net: "memory", Err: errRefused}
		}
		c, err := l.dial(ctx)
		if err == nil {
			n.mu.Lock()
			l.open = append(l.open, c)
			n.mu.Unlock()
		}
		return c, err
	}
	transport := &http.Transport{DialContext: dial, DialTLSContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

type refused struct{}

func (refused) Error() string { return "connection refused" }

var errRefused error = refused{}

// listener accepts the connections that are dialled to one host.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
	host  string
	down  bool // guarded by Network.mu, as is open
	open  []net.Conn
}

func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return &frozen{Conn: near, cold: make(chan struct{})}, nil
	case <-l.done:
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: errRefused}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error { l.once.Do(func() { close(l.done) }); return nil }

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return address(l.host) }

type address string

func (a address) Network() string { return "memory" }
func (a address) String() string  { return string(a) }

// frozen is a connection that can be made dead.
type frozen struct {
	net.Conn
	once sync.Once
	cold chan struct{}
}

func (c *frozen) freeze() { c.once.Do(func() { close(c.cold) }) }

// Write implements net.Conn.
func (c *frozen) Write(b []byte) (int, error) {
	select {
	case <-c.cold:
		return len(b), nil
	default:
		return c.Conn.Write(b)
	}
}

// Read implements net.Conn. What arrives on a dead connection is dropped.
func (c *frozen) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		select {
		case <-c.cold:
			if err != nil {
				return 0, err
			}
		default:
			return n, err
		}
	}
}
