package kb

import (
	"fmt"
	"io/fs"

	"huiyin/kb/wording"
	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// Models are what the program has learned elsewhere about questions. The zero value works, by rarity alone.
type Models struct {
	Wording   *wording.Model
	Apart     *wording.Apart // nil: a word that stands on one side only counts by its rarity
	Vectors   *vectors.Vectors
	Opposites *Opposites  // nil: gaps that name opposite things are told apart by their other words alone
	Pinyin    *nlp.Pinyin // nil: characters of the same sound are not told from typing errors
}

// LoadModels reads the models from a folder like data (kb/wording.bin, apart.txt and opposites.txt, and vectors/ unless the word vectors are at hand).
func LoadModels(data fs.FS, words *vectors.Vectors) (Models, error) {
	m := Models{Vectors: words}
	folder, err := fs.Sub(data, "kb")
	if err == nil {
		m.Wording, err = wording.Load(folder)
	}
	if err == nil {
		m.Apart, err = wording.LoadApart(folder)
	}
	if err == nil {
		m.Opposites, err = LoadOpposites(folder)
	}
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	if m.Pinyin, err = nlp.NewPinyin(data); err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	if m.Vectors != nil {
		return m, nil
	}
	if folder, err = fs.Sub(data, "vectors"); err == nil {
		m.Vectors, err = vectors.Load(folder)
	}
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	return m, nil
}
