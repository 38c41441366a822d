package intent

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"huiyin/nlp"
)

//go:embed report.html.tmpl
var pageSource string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"percent": func(x any) string {
		switch x := x.(type) {
		case float64:
			return fmt.Sprintf("%.1f %%", 100*x)
		case *float64:
			if x != nil {
				return fmt.Sprintf("%.1f %%", 100**x)
			}
		}
		return "–"
	},
	"round":  func(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) },
	"line":   func(points []point, maxX, minY float64) string { return line(points, maxX, minY) },
	"plotX":  func(x, maxX float64) string { return fmt.Sprintf("%.1f", plotX(x, maxX)) },
	"plotY":  func(y, minY float64) string { return fmt.Sprintf("%.1f", plotY(y, minY)) },
	"ticks":  func() []float64 { return []float64{0, 0.25, 0.5, 0.75, 1} },
	"scaled": func(a, b float64) float64 { return a * b },
	"lowest": lowest,
	"between": func(low, share float64) float64 {
		return low + share*(1-low)
	},
}).Parse(pageSource))

// The plots are drawn on a field of plotWidth × plotHeight with a margin for the labels.
const (
	plotWidth, plotHeight = 420.0, 220.0
	plotLeft, plotTop     = 60.0, 10.0
)

func plotX(x, maxX float64) float64 { return plotLeft + plotWidth*x/maxX }

func plotY(y, minY float64) float64 { return plotTop + plotHeight*(1-(y-minY)/(1-minY)) }

func line(points []point, maxX, minY float64) string {
	var b strings.Builder
	for _, p := range points {
		fmt.Fprintf(&b, "%.1f,%.1f ", plotX(p.X, maxX), plotY(p.Y, minY))
	}
	return strings.TrimSpace(b.String())
}

// lowest is the round number below all values, where the axis starts.
func lowest(points []point) float64 {
	low := 1.0
	for _, p := range points {
		low = min(low, p.Y)
	}
	return max(0, float64(int(low*10)-1)/10)
}

// wordsOf are the page's words; English unless Chinese is asked for.
func wordsOf(lang nlp.Lang) map[string]string {
	out := make(map[string]string, len(pageWords))
	for key, w := range pageWords {
		out[key] = w[0]
		if lang.Base() == nlp.LangChinese {
			out[key] = w[1]
		}
	}
	return out
}

// pageWords: English, Chinese.
var pageWords = map[string][2]string{
	"title":        {"How well intents are understood", "意图识别质量报告"},
	"summary":      {"In short", "概要"},
	"in":           {"test questions that belong to an intent", "条测试问题属于某个意图"},
	"accuracy":     {"of them get the right intent", "识别正确"},
	"out":          {"test questions that belong to none", "条测试问题不属于任何意图"},
	"auroc":        {"ability to tell the two apart (50 % is guessing, 100 % is perfect)", "区分二者的能力（50 % 等于瞎猜，100 % 为完美）"},
	"threshold":    {"is the suggested threshold, chosen from the training examples alone: when the bot is less sure than this that a question belongs to any intent, it says that it does not know", "是仅由训练例句得出的建议阈值：对“属于某个意图”的把握低于它时，机器人会说自己不知道"},
	"acceptedIn":   {"of the questions of an intent are then accepted and right", "采用该阈值时，属于意图的问题被接受且识别正确"},
	"caughtOut":    {"of the questions of none are then recognised as such", "采用该阈值时，不属于任何意图的问题被认出"},
	"pairs":        {"Intents that are taken for each other", "容易混淆的意图"},
	"pairsHelp":    {"Read the two sentences side by side. If a colleague could not tell them apart either, merge the intents or move the example; if the example sits in the wrong intent, move it.", "请对照阅读两句话。如果同事也分不清，就合并意图或挪动例句；如果例句放错了意图，请挪到正确的意图下。"},
	"todo":         {"What to do first", "先做这几件事"},
	"nothing":      {"nothing known", "没有认出任何意图"},
	"close":        {"questions are close between two intents, so the bot asks which one is meant;", "条问题在两个意图之间难分，机器人会反问；"},
	"closeRight":   {"of them have the right intent among the two", "条的正确意图就在这两个之中"},
	"weakHelp":     {"Found: of the questions that belong to the intent, how many were recognised. Right when named: when the bot named this intent, how often that was true.", "找回率：属于该意图的问题中被认出的比例。判对率：机器人判为该意图时，判对的比例。"},
	"hungryHelp":   {"These gained most from the second half of their examples, and still miss questions: five to ten new sentences in customers' words pay here.", "这些意图从后一半例句中获益最多，且仍有漏判：在这里补充五到十句客户的原话最划算。"},
	"axisShare":    {"share of the examples used", "使用的例句比例"},
	"axisRight":    {"questions read right", "识别正确的问题"},
	"axisLost":     {"questions of an intent, rejected by mistake", "属于意图却被误拒的问题"},
	"axisCaught":   {"questions of none, caught", "无关问题被拦下的比例"},
	"axisSaid":     {"confidence that the bot stated", "机器人给出的置信度"},
	"axisTrue":     {"share that was right", "实际正确的比例"},
	"text":         {"question", "问题"},
	"example":      {"most alike example", "最相似的例句"},
	"weak":         {"Weakest intents", "最薄弱的意图"},
	"label":        {"intent", "意图"},
	"found":        {"found", "找回率"},
	"right":        {"right when named", "判对率"},
	"examples":     {"examples", "例句数"},
	"rival":        {"mostly taken for", "最常被误认为"},
	"rejected":     {"rejected as unknown", "被当作未知拒绝"},
	"few":          {"few examples", "例句偏少"},
	"learning":     {"Would more examples help?", "增加例句有用吗？"},
	"learningHelp": {"Accuracy when training on a quarter, a half, three quarters and all of the examples. A line that still rises at its end says that more examples will help.", "分别用四分之一、一半、四分之三和全部例句训练时的准确率。若曲线末端仍在上升，继续增加例句会有帮助。"},
	"hungry":       {"More examples would help most here", "最值得补充例句的意图"},
	"half":         {"found, trained on half", "一半例句时的找回率"},
	"full":         {"found, trained on all", "全部例句时的找回率"},
	"curve":        {"What saying \"I don't know\" costs", "“我不知道”的代价"},
	"curveHelp":    {"To the right: questions of an intent that are rejected by mistake. Upwards: questions of none that are caught. The dot is the suggested threshold.", "横轴：属于意图却被误拒的问题；纵轴：不属于任何意图且被拦下的问题。圆点是建议阈值。"},
	"reliability":  {"Do confidences keep their word?", "置信度可信吗？"},
	"relHelp":      {"Of the answers given with a confidence of 80 %, about 80 % should be right: the dots should lie on the dashed line. Mean distance:", "置信度为 80 % 的回答中，约有 80 % 应当正确，即圆点应落在虚线上。平均偏差："},
	"none":         {"Nothing to show: the test file has no such questions or no such mistakes.", "没有可显示的内容：测试文件里没有这类问题，或没有这类错误。"},
}
