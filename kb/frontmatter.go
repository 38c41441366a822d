package kb

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"huiyin/internal/yamlfile"
)

// frontMatter is an article that is being read from its file.
type frontMatter struct {
	article Article
	keys    map[string]*yaml.Node // what stands in the file, by key
	values  map[string]*yaml.Node
	bad     map[string]bool // keys of which something was said already
	errs    []*InputError   // lines count from the file's first
}

// parseFrontMatter reads an article from its front matter and its text, and says all that is wrong. Lines that are not written
// as YAML wants them are mended for reading on, so that what is wrong behind them is said, too.
func parseFrontMatter(front, body string) (Article, []*InputError) {
	m := frontMatter{keys: map[string]*yaml.Node{}, values: map[string]*yaml.Node{}, bad: map[string]bool{}}
	var doc yaml.Node
	err := yaml.Unmarshal([]byte(front), &doc)
	if err != nil || !isMapping(doc) {
		front = m.mend(front)
		doc = yaml.Node{}
		err = yaml.Unmarshal([]byte(front), &doc)
	}
	switch {
	case err != nil:
		cause := yamlfile.Syntax([]byte(front), err)
		line := cause.Line
		if !slices.ContainsFunc(m.errs, func(e *InputError) bool { return e.Line == line+1 }) {
			m.wrong(line, NewFault("front", "the front matter is not YAML ({cause}): begin lines that belong together at the same place, and put quotes around values with signs in them", "cause", cause))
		}
		return Article{}, m.errs
	case !isMapping(doc):
		m.wrong(0, NewFault("front.lines", "the front matter must be “key: value” lines"))
		return Article{}, m.errs
	}
	m.read(doc.Content[0].Content)
	m.article.Body = body
	a := Normalize(m.article)
	m.judge(a)
	return a, m.errs
}

func isMapping(doc yaml.Node) bool {
	return len(doc.Content) > 0 && doc.Content[0].Kind == yaml.MappingNode
}

// wrong notes what is wrong on a line of the front matter; 0 is the line above it.
func (m *frontMatter) wrong(line int, what error) {
	m.errs = append(m.errs, &InputError{Line: line + 1, Err: what})
}

// read takes the fields over.
func (m *frontMatter) read(pairs []*yaml.Node) {
	for i := 0; i+1 < len(pairs); i += 2 {
		key, value := pairs[i], pairs[i+1]
		if m.keys[key.Value] != nil {
			m.wrong(key.Line, NewFault("key.twice", "key “{key}” is given twice", "key", key.Value))
			continue
		}
		m.keys[key.Value], m.values[key.Value] = key, value
		m.bad[key.Value] = !m.set(key, value)
	}
}

// set sets one field, and reports whether it could.
func (m *frontMatter) set(key, value *yaml.Node) bool {
	if list := listOf(&m.article, key.Value); list != nil {
		return m.setList(list, key, value)
	}
	if !slices.Contains(frontMatterKeys, key.Value) {
		m.wrong(key.Line, NewFault("key", "unknown key “{key}”; known are {known}", "key", key.Value, "known", named(frontMatterKeys)))
		return false
	}
	if value.Kind != yaml.ScalarNode {
		m.wrong(key.Line, NewFault("single", "{key} must be a single value", "key", key.Value))
		return false
	}
	text := value.Value
	if value.Tag == "!!null" {
		text = ""
	}
	if err := setField(&m.article, key.Value, text); err != nil {
		m.wrong(key.Line, err)
		return false
	}
	return true
}

func (m *frontMatter) setList(list *[]string, key, value *yaml.Node) bool {
	if value.Tag == "!!null" {
		return true
	}
	if value.Kind != yaml.SequenceNode {
		m.wrong(key.Line, NewFault("list", "{key} must be a list, one “- …” a line", "key", key.Value))
		return false
	}
	ok := true
	for _, item := range value.Content {
		if item.Kind != yaml.ScalarNode {
			m.wrong(item.Line, NewFault("item", "{key} has something here that is no text: put quotes around it", "key", key.Value))
			ok = false
			continue
		}
		*list = append(*list, item.Value)
	}
	return ok
}

// judge says what is wrong with the article as it is now, each at the line of its field.
func (m *frontMatter) judge(a Article) {
	for _, f := range flaws(a) {
		if m.bad[f.key] {
			continue
		}
		line := 0
		if key := m.keys[f.key]; key != nil {
			line = key.Line
		}
		if list := m.values[f.key]; f.item != "" && list != nil {
			if i := slices.IndexFunc(list.Content, func(n *yaml.Node) bool { return oneLine(n.Value) == f.item }); i >= 0 {
				line = list.Content[i].Line
			}
		}
		m.wrong(line, f.Fault)
	}
}

// What people write instead of “key: value” and “- item”.
var (
	wideColon  = regexp.MustCompile(`^(\pL[\pL\pN_-]{0,19})[ \t]*：[ \t]*(.*)$`)
	plainColon = regexp.MustCompile(`^([a-z]+)[ \t]*:(.*)$`)
	listItem   = regexp.MustCompile(`^([ \t]*-[ \t]+)(.*)$`)
)

// mend notes lines that are not written as YAML wants them, and gives the front matter back with what was meant.
func (m *frontMatter) mend(front string) string {
	rows := strings.Split(front, "\n")
	text := false // within a text of several lines
	for i, row := range rows {
		indented := strings.HasPrefix(row, " ") || strings.HasPrefix(row, "\t") || strings.TrimSpace(row) == ""
		if text = text && indented; text {
			continue
		}
		mended, what := mendLine(row, i+1 >= len(rows) || !continues(rows[i+1]))
		if what != nil {
			m.wrong(i+1, what)
			rows[i] = mended
		}
		text = strings.HasSuffix(strings.TrimRight(rows[i], "+- \t"), "|") || strings.HasSuffix(strings.TrimRight(rows[i], "+- \t"), ">")
	}
	return strings.Join(rows, "\n")
}

// continues reports whether a line goes on with the value before it.
func continues(row string) bool {
	return (strings.HasPrefix(row, " ") || strings.HasPrefix(row, "\t")) && !listItem.MatchString(row)
}

// mendLine says what is wrong with one line and what it was meant to be; alone: no line after it goes on with its value.
func mendLine(row string, alone bool) (mended string, what error) {
	if strings.HasPrefix(row, "\t") {
		rest := strings.TrimLeft(row, " \t")
		return strings.Repeat("  ", len(row)-len(rest)) + rest, NewFault("front.tab", "the line begins with a tab: use blanks")
	}
	if at := wideColon.FindStringSubmatch(row); at != nil {
		mended = strings.TrimRight(at[1]+": "+written(at[2]), " ")
		return mended, NewFault("front.colon", "“{key}：” has a full-width colon: write “{line}”", "key", at[1], "line", mended)
	}
	if at := listItem.FindStringSubmatch(row); at != nil {
		return mendValue("", at[1], strings.TrimSpace(at[2]), alone)
	}
	at := plainColon.FindStringSubmatch(row)
	if at == nil || !slices.Contains(frontMatterKeys, at[1]) {
		return row, nil
	}
	value := strings.TrimSpace(at[2])
	if value != "" && at[2][0] != ' ' && at[2][0] != '\t' {
		mended = at[1] + ": " + written(value)
		return mended, NewFault("front.blank", "“{key}:” needs a blank behind the colon: write “{line}”", "key", at[1], "line", mended)
	}
	return mendValue(at[1], at[1]+": ", value, alone)
}

// mendValue looks at what stands behind a key, or behind the hyphen of an item.
func mendValue(key, before, value string, alone bool) (mended string, what error) {
	mended = before + inQuotes(value)
	if value == "" {
		return before, nil
	}
	if sign := value[:1]; strings.Contains("*&!%@`", sign) {
		return mended, NewFault("front.sign", "a value that begins with “{sign}” must stand in quotes: “{line}”", "sign", sign, "line", mended)
	}
	switch end := closing(value); {
	case end == 0 && key != "" && !strings.ContainsAny(value[:1], "[{|>") && hasColon(value):
		return mended, NewFault("front.inside", "{key} has a colon in its value: put it in quotes, “{line}”", "key", key, "line", mended)
	case end < 0 && alone:
		return mended, NewFault("front.quote", "a quotation mark is not closed: put one at the end, or write “{line}” if it belongs to the text", "line", mended)
	case end > 0 && end < len(value) && !strings.HasPrefix(strings.TrimLeft(value[end:], " \t"), "#"):
		return mended, NewFault("front.after", "the value goes on behind its closing quotation mark: put the whole in quotes, “{line}”", "line", mended)
	}
	return before + value, nil
}

// closing is where a quotation mark that a value begins with is closed: 0, it begins with none; negative, it is not closed.
func closing(value string) int {
	mark := value[0]
	if mark != '"' && mark != '\'' {
		return 0
	}
	for i := 1; i < len(value); i++ {
		switch {
		case mark == '"' && value[i] == '\\', mark == '\'' && strings.HasPrefix(value[i:], "''"):
			i++
		case value[i] == mark:
			return i + 1
		}
	}
	return -1
}

func hasColon(value string) bool {
	return strings.Contains(value, ": ") || strings.HasSuffix(value, ":")
}

// written is a value as it may stand behind “key: ”.
func written(value string) string {
	if value = strings.TrimSpace(value); value == "" || !strings.ContainsAny(value[:1], "*&!%@`#") && !hasColon(value) || strings.ContainsAny(value[:1], `"'[{|>`) {
		return value
	}
	return inQuotes(value)
}

// inQuotes is a value in quotation marks.
func inQuotes(value string) string {
	if strings.ContainsAny(value, `"\`) {
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	return `"` + value + `"`
}
