package mine

import (
	"bufio"
	"slices"
	"strings"
	"testing"
)

// What stands in a JSONL file besides texts is read as it is written there, not as Go would print it.
func TestValuesOfLines(t *testing.T) {
	l, err := openLines(bufio.NewReader(strings.NewReader(`{"a":["发货 <慢>","c"],"b":1.50,"c":{"k":true},"d":null,"e":false,"f":12345678901234567890}` + "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if header, err := l.next(); err != nil || !slices.Equal(header, []string{"a", "b", "c", "d", "e", "f"}) {
		t.Fatalf("%q, %v", header, err)
	}
	if row, err := l.next(); err != nil || !slices.Equal(row, []string{`["发货 <慢>","c"]`, "1.50", `{"k":true}`, "", "false", "12345678901234567890"}) {
		t.Errorf("%q, %v", row, err)
	}
}
