package index

import (
	"fmt"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"

	"huiyin/kb"
)

// terms is a field whose text was cut before: Bleve is given its terms, each once and without places, and neither cuts nor
// counts. Of what Bleve can keep of a field only postings are kept, for the database holds the text.
type terms struct {
	name  string
	terms []string
	found index.TokenFrequencies
}

var _ document.Field = (*terms)(nil)

func (t *terms) Name() string                                     { return t.name }
func (t *terms) Value() []byte                                    { return nil }
func (t *terms) ArrayPositions() []uint64                         { return nil }
func (t *terms) EncodedFieldType() byte                           { return 't' }
func (t *terms) Options() index.FieldIndexingOptions              { return index.IndexField }
func (t *terms) AnalyzedLength() int                              { return len(t.terms) }
func (t *terms) AnalyzedTokenFrequencies() index.TokenFrequencies { return t.found }
func (t *terms) NumPlainTextBytes() uint64                        { return 0 }
func (t *terms) Size() int                                        { return 16 * len(t.terms) }

// Analyze makes the form in which Bleve asks for the terms. All of them occur once, so that one count does for all.
func (t *terms) Analyze() {
	once := &index.TokenFreq{}
	once.SetFrequency(1)
	t.found = make(index.TokenFrequencies, len(t.terms))
	for _, term := range t.terms {
		t.found[term] = once
	}
}

// ready is a mapping for documents that are kb.Docs.
type ready struct {
	*mapping.IndexMappingImpl
}

// newMapping says of both fields what terms.Options says. It is what Bleve keeps beside an index and reads when it opens it.
func newMapping() ready {
	m := bleve.NewIndexMapping()
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	doc := bleve.NewDocumentStaticMapping()
	for _, name := range fields {
		f := bleve.NewKeywordFieldMapping()
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = false, false, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	m.DefaultMapping = doc
	return ready{m}
}

// MapDocument implements mapping.IndexMapping.
func (ready) MapDocument(to *document.Document, data any) error {
	d, ok := data.(kb.Doc)
	if !ok {
		return fmt.Errorf("a document of another kind: %T", data)
	}
	for i, list := range [len(fields)][]string{d.Question, d.Body} {
		if len(list) > 0 {
			to.AddField(&terms{name: fields[i], terms: list})
		}
	}
	to.SetIndexed()
	return nil
}

func inMemory() (bleve.Index, error) {
	return bleve.NewUsing("", newMapping(), scorch.Name, scorch.Name, nil)
}
