package sentiment

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strconv"
	"strings"

	"huiyin/nlp"
)

// ErrCorpus marks a training file that cannot be read.
var ErrCorpus = errors.New("sentiment: training data")

// example is one text to learn from.
type example struct {
	text   string
	set    string         // the data set
	domain string         // the set, or a category in it
	label  int8           // -1, 0, 1
	cost   [heads]float64 // what a mistake weighs; 0: not for this head
	second [heads]float64 // the same for the logistic model
	fold   int            // of cross-fitting
	dense  [denseCount]float64
	lang   int
	grams  [groups + 1][]gram
	r      reading
}

// A gram is one n-gram of an example.
type gram struct {
	hash   uint64
	clause uint8
}

// A source is one file of the shared data folder and what its texts are good for.
type source struct {
	file string
	read func(get cell) (example, bool)
}

// folds of cross-fitting. Texts that are equal fall into the same one.
const folds = 5

// Costs of mistakes. They were chosen by cross-validation (docs/measured/sentiment.md).
const (
	costReview      = 1.0
	costProduct     = 2.5 // of a product snippet, against film: there are a third as many, and they are nearer to what customers write
	secondProduct   = 2.0 // the same for the logistic model
	costTweet       = 0.5
	costAngryTweet  = 0.2  // three of four airline tweets are negative: without this everything that flies is bad
	costPolarReview = 0.05 // a review is polar: weak evidence for the neutral head
	costQuestionZh  = 0.4  // a question to a bank or a shop is neutral
	costQuestionEn  = 0.15 // airlines answer tweets that look like questions and are none
)

// A cell gives the value of a column of the current row.
type cell func(column string) string

func sources() []source {
	return []source{
		{"sentiment/shopping_zh.csv", review},
		{"sentiment/weibo_zh.csv", post},
		{"sentiment/airline_en.csv", tweet},
		{"sentiment/amazon_en_rated.csv", product},
		{"sentiment/movie_en_rated.csv", rated},
		{"intent/smp2019_zh.csv", question("text", 1, costQuestionZh)},
		{"paraphrase/afqmc_zh.csv", question("text1", 10, costQuestionZh)},
		{"intent/banking77.csv", question("text", 5, costQuestionEn)},
		{"intent/hwu64_10shot.csv", question("text", 1, costQuestionEn)},
		{"intent/clinc150_10shot.csv", question("text", 1, costQuestionEn)},
	}
}

// labelled reads a text with its polarity.
func labelled(get cell) (example, bool) {
	e := example{text: get("text")}
	switch get("label") {
	case "negative":
		e.label = -1
	case "neutral":
	case "positive":
		e.label = 1
	default:
		return e, false
	}
	return e, true
}

// review reads a review of a shop, which takes a side.
func review(get cell) (example, bool) {
	e, ok := labelled(get)
	e.domain = get("category")
	e.cost = [heads]float64{costReview, costPolarReview}
	e.second[headPolar] = 1
	return e, ok
}

// post reads a Weibo post.
func post(get cell) (example, bool) {
	e, ok := labelled(get)
	e.cost[headNeutral], e.second[headNeutral] = 1, 1
	if e.label != 0 {
		e.cost[headPolar], e.second[headPolar] = costReview, 1
	}
	return e, ok
}

// tweet reads a tweet to an airline.
func tweet(get cell) (example, bool) {
	e, ok := labelled(get)
	e.cost[headNeutral], e.second[headNeutral] = 1, 1
	switch e.label {
	case 1:
		e.cost[headPolar], e.second[headPolar] = costTweet, 1
	case -1:
		e.cost[headPolar], e.second[headPolar] = costAngryTweet, 0.5
	}
	return e, ok
}

// rated reads a snippet with the mean of its ratings; the clearer it is, the more it counts.
func rated(get cell) (example, bool) {
	v, err := strconv.ParseFloat(get("mean_rating"), 64)
	e := example{text: get("text")}
	if err != nil {
		return e, false
	}
	switch {
	case v > 0:
		e.label = 1
	case v < 0:
		e.label = -1
	}
	if e.label != 0 {
		e.cost[headPolar] = costReview * math.Min(1.5, 0.15+math.Abs(v)/1.2)
		e.second[headPolar] = 1
	}
	return e, true
}

// product is rated for a snippet about a product.
func product(get cell) (example, bool) {
	e, ok := rated(get)
	e.cost[headPolar] *= costProduct
	e.second[headPolar] *= secondProduct
	return e, ok
}

// question reads every nth text of a column, chosen by hash, as neutral.
func question(column string, nth uint64, cost float64) func(cell) (example, bool) {
	return func(get cell) (example, bool) {
		e := example{text: get(column), label: 0}
		e.cost[headNeutral] = cost
		return e, hashString(e.text)%nth == 0
	}
}

// readCorpus reads all training files of the shared data folder.
func readCorpus(shared fs.FS) ([]*example, error) {
	var all []*example
	for _, s := range sources() {
		f, err := shared.Open(s.file)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorpus, err)
		}
		list, err := readSource(f, s)
		f.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

func readSource(f io.Reader, s source) ([]*example, error) {
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrCorpus, s.file, err)
	}
	column := make(map[string]int)
	for i, h := range head {
		column[strings.TrimPrefix(h, "\ufeff")] = i
	}
	var out []*example
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrCorpus, s.file, err)
		}
		e, ok := s.read(func(name string) string {
			if i, there := column[name]; there && i < len(rec) {
				return rec[i]
			}
			return ""
		})
		if !ok || e.text == "" {
			continue
		}
		e.text = nlp.Clean(e.text)
		e.set = strings.TrimSuffix(s.file[strings.IndexByte(s.file, '/')+1:], ".csv")
		if e.domain == "" {
			e.domain = e.set
		}
		e.fold = int(hashString(e.text) % folds)
		out = append(out, &e)
	}
}
