package kb

import (
	"fmt"
	"io/fs"

	"huiyin/kb/wording"
)

// Models are what the program has learned elsewhere about questions. The zero value works, by rarity alone.
type Models struct {
	Wording *wording.Model
}

// LoadModels reads the models from a folder like data (kb/wording.bin).
func LoadModels(data fs.FS) (Models, error) {
	folder, err := fs.Sub(data, "kb")
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	w, err := wording.Load(folder)
	if err != nil {
		return Models{}, fmt.Errorf("kb: models: %w", err)
	}
	return Models{Wording: w}, nil
}
