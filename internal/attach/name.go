package attach

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// nameBytes is the longest name: what file systems take.
	nameBytes = 160
	// noName is what a file is called whose name has nothing to keep.
	noName = "file"
)

// CleanName makes a name that can be shown, saved and put into a header: one line of valid text without folders, control
// characters, or characters that turn the direction of what follows ("exe.gpj" for "jpg.exe"); not hidden, not a device of
// Windows, at most 160 bytes, its ending kept. It is never empty, and a clean name stays as it is.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = tidy(name)
	if len(name) > nameBytes {
		ext := extensionOf(name)
		stem := name[:nameBytes-len(ext)]
		for len(stem) > 0 && !utf8.RuneStart(name[len(stem)]) {
			stem = stem[:len(stem)-1]
		}
		name = tidy(stem) + ext
	}
	if isDevice(name) {
		name = "_" + name
	}
	if name == "" {
		return noName
	}
	return name
}

// tidy makes single spaces, and takes off dots and spaces at both ends.
func tidy(name string) string {
	return strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
}

// isDevice reports whether Windows takes a name for a device.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	stem = strings.TrimSpace(stem)
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '0' && stem[3] <= '9'
}
