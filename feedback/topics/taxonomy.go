// Package topics says what a message is about: by a taxonomy that editors own, widened by what the messages themselves
// show, or by themes that it finds.
package topics

import (
	"fmt"
	"io/fs"

	"huiyin/feedback"
	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// Taxonomy is the editors' list of topics.
type Taxonomy struct {
	Groups []Group `yaml:"groups"`
	Topics []Topic `yaml:"topics"`
	// ExamplesFile is a CSV file beside the taxonomy: text,label with a topic's ID as the label, or oos for what is about none.
	ExamplesFile string `yaml:"examples"`

	examples []nlp.Example // of the file and of the topics
	folder   fs.FS         // that the taxonomy was loaded from
}

// Group is what several topics are parts of.
type Group struct {
	ID         string              `yaml:"id"`
	Name       map[string]string   `yaml:"name"`
	Touchpoint feedback.Touchpoint `yaml:"touchpoint"` // where in the journey it belongs
	Aspects    map[string][]string `yaml:"aspects"`    // words for what it is about, good or bad
	Trade      bool                `yaml:"trade"`      // not every trade has it: see barred
}

// Topic is one entry of a taxonomy.
type Topic struct {
	ID          string              `yaml:"id"` // stable: history keeps it
	Name        map[string]string   `yaml:"name"`
	Parent      string              `yaml:"parent"`  // a Group's ID, or none
	Problem     bool                `yaml:"problem"` // a message about it complains unless it is praise
	Description map[string]string   `yaml:"description"`
	Seeds       map[string][]string `yaml:"seeds"`    // words and phrases that show it
	Hints       map[string][]string `yaml:"hints"`    // words that show it where no seed of another topic stands
	Examples    map[string][]string `yaml:"examples"` // whole sentences

	line int
}

// UnmarshalYAML keeps the line, so that mistakes can be pointed at.
func (t *Topic) UnmarshalYAML(n *yamlfile.Node) error {
	type plain Topic
	if err := n.Decode((*plain)(t)); err != nil {
		return err
	}
	t.line = n.Line
	return nil
}

// Load reads a taxonomy; every mistake in it is named with its file and line.
func Load(fsys fs.FS, name string) (*Taxonomy, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("topics: %w", err)
	}
	var t Taxonomy
	if err := yamlfile.Decode(name, raw, &t); err != nil {
		return nil, fmt.Errorf("topics: %w", err)
	}
	groups := map[string]bool{"": true}
	for _, g := range t.Groups {
		if g.ID == "" || g.Name["zh"] == "" && g.Name["en"] == "" {
			return nil, &yamlfile.Error{File: name, What: fmt.Sprintf("the group %q needs an id and a name", g.ID)}
		}
		if !g.Touchpoint.Valid() {
			return nil, &yamlfile.Error{File: name, What: fmt.Sprintf("the group %q has the touchpoint %q: write before, paying, delivery, using, returning or service", g.ID, g.Touchpoint)}
		}
		groups[g.ID] = true
	}
	seen := map[string]bool{}
	for _, topic := range t.Topics {
		wrong := func(what string) error { return &yamlfile.Error{File: name, Line: topic.line, What: what} }
		switch {
		case topic.ID == "":
			return nil, wrong("the topic has no id: give it one that never changes")
		case seen[topic.ID]:
			return nil, wrong(fmt.Sprintf("the topic %q stands twice", topic.ID))
		case topic.Name["zh"] == "" && topic.Name["en"] == "":
			return nil, wrong(fmt.Sprintf("the topic %q has no name: write name: {zh: …, en: …}", topic.ID))
		case len(topic.Seeds["zh"])+len(topic.Seeds["en"])+len(topic.Examples["zh"])+len(topic.Examples["en"]) == 0:
			return nil, wrong(fmt.Sprintf("the topic %q has neither seeds nor examples", topic.ID))
		case !groups[topic.Parent]:
			return nil, wrong(fmt.Sprintf("the topic %q has the parent %q, which is not among the groups", topic.ID, topic.Parent))
		}
		seen[topic.ID] = true
	}
	if len(t.Topics) == 0 {
		return nil, &yamlfile.Error{File: name, What: "holds no topics"}
	}
	t.folder = fsys
	return &t, t.readExamples(fsys, name)
}

// group is the name of a topic's group; empty when it has none.
func (t *Taxonomy) group(id string) feedback.Text {
	for _, g := range t.Groups {
		if g.ID == id {
			return feedback.Text{ZH: g.Name["zh"], EN: g.Name["en"]}
		}
	}
	return feedback.Text{}
}

func (t Topic) text() feedback.Text { return feedback.Text{ZH: t.Name["zh"], EN: t.Name["en"]} }

// seedsEach is how many seeds and hints, in all languages, a topic has on average.
func (t *Taxonomy) seedsEach() float64 {
	n := 0
	for _, topic := range t.Topics {
		for _, words := range []map[string][]string{topic.Seeds, topic.Hints} {
			for _, list := range words {
				n += len(list)
			}
		}
	}
	return float64(n) / float64(max(1, len(t.Topics)))
}

// thin reports whether a taxonomy has so few seeds that nearly all is left to widening.
func (t *Taxonomy) thin() bool { return t.seedsEach() <= fewSeeds }
