// Package data holds what the program ships with: dictionaries, lexicons, trained models, the sample shop and
// the message catalogues. README.md in this folder names the source and licence of each.
package data

import (
	"embed"
	"io/fs"
)

//go:embed README.md dict kb lexicon locale models vectors
//go:embed shop taxonomy
var files embed.FS

// Files is everything that is embedded, rooted at this folder.
func Files() fs.FS { return files }
