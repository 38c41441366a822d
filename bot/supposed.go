package bot

import (
	"regexp"
	"slices"
	"strings"

	"huiyin/nlp"
)

// happened is a text without feelings (see withoutFeelings) and without its clauses that tell of nothing that happened: those that ask
// what a thing might do ("does it leak in a bag?", 会掉漆吗), and those that say the opposite in one of the expressions given ("nothing
// is broken"). It may be empty.
func happened(text string, denials []*regexp.Regexp) string {
	return strings.Join(undenied(stated(text), denials), ", ")
}

// stated are the clauses of a text that say something, without feelings.
func stated(text string) []string {
	var kept []string
	for _, clause := range saidApart(butThen.ReplaceAllString(withoutFeelings(text), ", "), clauseEnds) {
		if !wonders(plainly(clause)) {
			kept = append(kept, strings.TrimSpace(clause))
		}
	}
	return kept
}

// undenied are the clauses that none of the expressions denies.
func undenied(clauses []string, denials []*regexp.Regexp) []string {
	return slices.DeleteFunc(slices.Clone(clauses), func(clause string) bool {
		said := plainly(clause)
		return slices.ContainsFunc(denials, func(p *regexp.Regexp) bool { return p.MatchString(said) })
	})
}

// wonders reports whether a plain clause asks what a thing does or might do, and does not tell that it does. 是不是坏了, "is it broken"
// and "why does it leak" are about what happened.
func wonders(clause string) bool {
	if strings.ContainsFunc(clause, isHan) {
		return zhWonders.MatchString(clause) && !zhHappened.MatchString(clause)
	}
	m := enWonders().FindStringSubmatch(clause)
	return m != nil && !enAddressed.MatchString(m[2]) && !(enState.MatchString(m[1]) && enMine.MatchString(m[2])) || enHowTo.MatchString(clause)
}

// suppose takes an intent that answers what is told out of the ranking of a text that tells nothing: "do the pens leak?" is no complaint.
func (d *Dialogue) suppose(a *nlp.Analysis) {
	i := slices.IndexFunc(d.Tells, func(s TellSpec) bool { return s.Intent != "" && s.Intent == firstOf(a.Ranking).Name })
	if i < 0 || happened(a.Text, d.Tells[i].denies) != "" {
		return
	}
	a.Ranking = slices.Clone(a.Ranking[1:])
	if a.Intent.Name == d.Tells[i].Intent {
		a.Intent = nlp.Intent{}
	}
}

func firstOf(r nlp.Ranking) nlp.Intent {
	if len(r) == 0 {
		return nlp.Intent{}
	}
	return r[0]
}

// What asks without telling. zhHappened and enAddressed are what shows that something did happen, or that somebody is asked to help.
var (
	butThen     = lazy(`(?i)[ ,]+(?:but|except that)\b|但是|不过|可是`)
	zhWonders   = lazy(`(?:会|容易|怕|能|可以|有|支持).*(?:吗|么|嘛|吧)$|会不会|易不易|容不容易|怕不怕|(?:正常|合理|对)(?:的)?(?:吗|么|嘛|不)$|[^了]吗$|^(?:怎么|怎样|如何)(?:才能|能|可以)*(?:让|使|把|关|防|避免)|(?:什么意思|代表什么|是什么|说明什么)$`)
	zhHappened  = lazy(`(?:这么|那么|都是|就这|也叫|老是?|总是?|突然|莫名|又|已经|昨天|今天|刚才|我的|我家|我买的).*(?:吗|么|嘛|吧)$|是不是.*(?:坏|问题)|了(?:吗|么|嘛|能|可以|怎么|咋).*$|(?:能|可以)(?:不能)?(?:给我|帮我)?(?:换|修|退|赔|处理|解决)`)
	enWonders   = lazy(`^(?:(?:and|also|hi|hello|hey|so|then|ok|please|or|but|just wondering|i was wondering|wondering|quick question|question|tell me|do you know|if|whether) )*(does|do|is|are|can|could|will|would|might|may|should) (\w+)`)
	enAddressed = lazy(`^(?:i|you|we|someone|somebody|anyone|anybody|this|that|these|those)$`)
	enState     = lazy(`^(?:is|are)$`)
	enMine      = lazy(`^(?:it|my|mine|they)$`)
	enHowTo     = lazy(`^(?:(?:and|also|hi|hello|hey|so|then|ok|please) )*(?:how (?:do|can|should) (?:i|we|you)|how (?:long|often|loud|sturdy|strong|robust)|what does it mean|what do (?:the|these|those) |what happens|which)\b`)
)
