// Package nlp turns a customer's text, in Chinese, English or a mixture of both, into an Analysis:
// language, tokens, intent ranking, sentiment, entities and spans of personal data.
package nlp

import "context"

// Lang is a BCP 47 language tag. Huiyin tells apart the values below; any other text is LangUnknown.
type Lang string

// The languages that the pipeline recognises. The script matters only for showing text:
// matching always folds Traditional to Simplified.
const (
	LangUnknown Lang = "und"
	LangEnglish Lang = "en"
	LangChinese Lang = "zh"      // Chinese whose script is not known (all its characters are common to both)
	LangHans    Lang = "zh-Hans" // Simplified
	LangHant    Lang = "zh-Hant" // Traditional
)

// Base is the language without its script: "zh", "en" or "und".
func (l Lang) Base() Lang {
	switch l {
	case LangChinese, LangHans, LangHant:
		return LangChinese
	case LangEnglish:
		return LangEnglish
	}
	return LangUnknown
}

// Span is the half-open byte range [Start, End) in the text that was analysed (Analysis.Text).
// Both ends lie on rune borders.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Token is one unit of meaning: a jieba word of Chinese, a word of English, a number, or an entity kept whole.
type Token struct {
	Span
	Text string `json:"text"` // the normalised form as written: folded, lower-case
	Term string `json:"term"` // the form to match on: the English stem; for Chinese the same as Text
	Stop bool   `json:"stop,omitempty"`
}

// Confidence is a calibrated probability, 0..1: of the answers given with confidence c, a share c is right.
type Confidence float64

// Intent is one candidate reading of what the customer wants.
type Intent struct {
	Name       string     `json:"name"`
	Confidence Confidence `json:"confidence"`
}

// Intent names with a fixed meaning.
const (
	// IntentNone marks a text that no intent explains (out of scope).
	IntentNone = "oos"
)

// Ranking is every candidate worth showing, the best first; at most RankingSize of them.
type Ranking []Intent

// RankingSize bounds a Ranking.
const RankingSize = 5

// Polarity is the sign of an opinion.
type Polarity string

// The three polarities; they are also the labels of `huiyin eval sentiment`.
const (
	Negative Polarity = "negative"
	Neutral  Polarity = "neutral"
	Positive Polarity = "positive"
)

// Sentiment is what a text feels like, and why we say so.
type Sentiment struct {
	Polarity  Polarity             `json:"polarity"`
	Score     float64              `json:"score"`             // −1 (worst) .. 1 (best)
	Intensity float64              `json:"intensity"`         // 0 (flat) .. 1 (shouting)
	Probs     map[Polarity]float64 `json:"probs,omitempty"`   // calibrated, sums to 1
	Reasons   []Reason             `json:"reasons,omitempty"` // the words and rules that made it, strongest first
	Emotions  []Emotion            `json:"emotions,omitempty"`
}

// Reason is one word or rule that moved a Sentiment, with the amount by which it did.
type Reason struct {
	Span
	Text   string  `json:"text"`
	Rule   string  `json:"rule"` // word, negation, degree, contrast, question, wish, emoji, sarcasm, model
	Weight float64 `json:"weight"`
}

// Emotion is a feeling that people should act on.
type Emotion string

// The emotions that are told apart.
const (
	Anger          Emotion = "anger"
	Disappointment Emotion = "disappointment"
	Worry          Emotion = "worry"
	Gratitude      Emotion = "gratitude"
)

// Flag marks a message that a person should see soon, whatever its intent.
type Flag string

// The flags. The dialogue policy hands a conversation over on FlagLegal, FlagSafety and FlagMedia.
const (
	FlagUrgent Flag = "urgent"
	FlagChurn  Flag = "churn"  // closing the account, leaving for a rival
	FlagLegal  Flag = "legal"  // courts, lawyers, regulators, chargebacks, 12315
	FlagSafety Flag = "safety" // somebody may come to harm
	FlagMedia  Flag = "media"  // press or public exposure
)

// Entity is a value found in the text, with its normal form.
type Entity struct {
	Span
	Kind  string `json:"kind"` // see the Entity* constants, or a kind from configuration
	Text  string `json:"text"`
	Value string `json:"value"` // order numbers upper-case; dates ISO 8601; amounts "12.50 CNY"; phones digits only
}

// Kinds of entities.
const (
	EntityOrder    = "order"
	EntityPhone    = "phone"
	EntityEmail    = "email"
	EntityURL      = "url"
	EntityDate     = "date"
	EntityAmount   = "amount"
	EntityQuantity = "quantity"
	EntityProduct  = "product"
)

// PII is a span of personal data.
type PII struct {
	Span
	Kind string `json:"kind"` // phone, email, id_card, bank_card, passport, plate, address, ip, ssn, iban, account
}

// Analysis is everything that the pipeline found in one text.
type Analysis struct {
	Text      string    `json:"text"` // the text that all spans refer to: valid UTF-8, otherwise as the customer wrote it
	Lang      Lang      `json:"lang"`
	Mixed     bool      `json:"mixed,omitempty"` // both languages carry meaning in it
	Tokens    []Token   `json:"tokens,omitempty"`
	Intent    Intent    `json:"intent"` // the best of Ranking, or IntentNone below its threshold
	Ranking   Ranking   `json:"ranking,omitempty"`
	Ambiguous bool      `json:"ambiguous,omitempty"` // the runner-up is close: ask
	Sentiment Sentiment `json:"sentiment"`
	Flags     []Flag    `json:"flags,omitempty"`
	Entities  []Entity  `json:"entities"`
	PII       []PII     `json:"pii"`

	folded Folded // while the components run
}

// Folded is Text folded (see FoldText). It is worked out once for all components, so only they should ask, one after the
// other: a Pipeline forgets it when they are done.
func (a *Analysis) Folded() Folded {
	if a.folded.source != a.Text {
		a.folded = FoldText(Clean(a.Text))
	}
	return a.folded
}

// Has reports whether the analysis carries the flag.
func (a Analysis) Has(f Flag) bool {
	for _, have := range a.Flags {
		if have == f {
			return true
		}
	}
	return false
}

// First is the first entity of a kind, or false.
func (a Analysis) First(kind string) (Entity, bool) {
	for _, e := range a.Entities {
		if e.Kind == kind {
			return e, true
		}
	}
	return Entity{}, false
}

// Component adds its findings to an Analysis. Components run in the order of the pipeline's list and may read what
// earlier ones wrote. They are safe for concurrent use and never fail on any text: a text that they cannot read is
// left as it is. An error means that the component itself is broken (a closed model, a cancelled context).
type Component interface {
	Name() string
	Annotate(ctx context.Context, a *Analysis) error
}

// Example is one labelled sentence, to train or to measure with.
type Example struct {
	Text  string
	Label string // an intent's name, or IntentNone
	Lang  Lang   // LangUnknown: find out
}
