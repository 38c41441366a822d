package sentiment

import (
	"errors"
	"fmt"
)

// The model is in three parts. Head 0 tells positive from negative, head 1 neutral from the two: both are linear, and each
// n-gram has a weight for either head in one byte. A small network (net.go) reads the polarity once more, clause by
// clause. A second, small logistic model over their margins and the findings of the rules makes calibrated probabilities.
const (
	headPolar = iota
	headNeutral
	heads
)

// groupVector is the group of word vectors beside the n-gram groups: a word that no training text holds still has a
// weight, from where its vector lies.
const groupVector = groups

// languages that have their own weights for dense features and their own calibration.
const (
	langZh = iota
	langEn
	langs
)

// ErrModel marks a model file that is damaged or was trained for other features: train it again (make train).
var ErrModel = errors.New("sentiment: model file")

// featureVersion changes with everything that changes features: a model fits one version only.
const featureVersion = 3

// model is what training makes.
type model struct {
	header
	table table
}

type header struct {
	Version   int                        `json:"version"`
	TrainedOn map[string]int             `json:"trained_on"` // texts by data set
	Features  int                        `json:"features"`   // n-grams with a weight
	Bits      int                        `json:"bits"`       // the table has 2^Bits slots
	Scale     [heads][groups + 1]float64 `json:"scale"`      // what a weight of 127 is worth
	Bias      [heads][langs]float64      `json:"bias"`
	Dense     [heads][langs][]float64    `json:"dense"`
	Net       network                    `json:"net"`
	Second    [heads][langs][]float64    `json:"second"` // weights of the logistic models, the constant last
	Shift     [heads][langs]float64      `json:"shift"`  // added to the log odds when all three classes compete
}

// maxTableBits bounds what a damaged header can make us allocate: 64 MB for the table.
const maxTableBits = 23

func (m *model) check() error {
	if m.Version != featureVersion {
		return fmt.Errorf("%w: trained for features of version %d, this program has %d: run make train", ErrModel, m.Version, featureVersion)
	}
	if m.Bits < 1 || m.Bits > maxTableBits {
		return fmt.Errorf("%w: a table of 2^%d slots", ErrModel, m.Bits)
	}
	fits := len(m.Net.Scale) == netWidth
	for l := range langs {
		fits = fits && len(m.Net.Bias[l]) == netWidth && len(m.Net.Out[l]) == netPools*netWidth
		for h := range heads {
			fits = fits && len(m.Dense[h][l]) == denseCount && len(m.Second[h][l]) == secondCount
		}
	}
	if !fits {
		return fmt.Errorf("%w: a header of the wrong shape", ErrModel)
	}
	return nil
}

// String describes a model for logs.
func (m *model) String() string {
	return fmt.Sprintf("%d n-grams from %d data sets", m.Features, len(m.TrainedOn))
}
