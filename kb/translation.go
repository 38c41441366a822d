package kb

import "huiyin/nlp"

// Behind reports whether an article says what its translation said before: the translation's text has changed last, and
// nobody has found since that both agree.
func Behind(a, translation Article) bool {
	agreed := a.AgreedAt
	if translation.AgreedAt.After(agreed) {
		agreed = translation.AgreedAt
	}
	return translation.TextAt.After(a.TextAt) && translation.TextAt.After(agreed)
}

// Translations are the articles of a list that have the same root as one of them, in other languages; archived ones are
// left out.
func Translations(a Article, list []Article) []Article {
	var out []Article
	for _, other := range list {
		if other.Root == a.Root && other.ID != a.ID && other.Lang.Base() != a.Lang.Base() && other.Status != Archived {
			out = append(out, other)
		}
	}
	return out
}

// TranslationID is the name of an article's translation: its own with the other language as its ending.
func TranslationID(a Article, lang nlp.Lang) ArticleID {
	return ArticleID(string(a.Root) + "." + string(lang.Base()))
}
