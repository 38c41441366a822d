package kb

import (
	"fmt"
	"io/fs"

	"huiyin/kb/wording"
	"huiyin/nlp/vectors"
)

// Models are what the program has learned elsewhere about questions. The zero value works, by rarity alone.
type Models struct {
	Wording *wording.Model
	Vectors *vectors.Vectors
}

// LoadModels reads the models from a folder like data (kb/wording.bin, vectors/).
func LoadModels(data fs.FS) (Models, error) {
	folder, err := fs.Sub(data, "kb")
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	w, err := wording.Load(folder)
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	if folder, err = fs.Sub(data, "vectors"); err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	v, err := vectors.Load(folder)
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	return Models{Wording: w, Vectors: v}, nil
}
