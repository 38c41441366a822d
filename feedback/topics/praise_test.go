package topics_test

import "testing"

// Who praises the very thing that a problem is about has not got the problem: examples of praise stand under no problem. The
// sentences are near those examples; 13 of them were complaints while these stood under the problems, and 3 still are: two
// that a seed names wrongly ("nothing broken", "bot"), and one of a next day.
func TestPraiseIsNoProblem(t *testing.T) {
	complaints := 0
	for _, text := range []string{
		"昨天拍的今天就拿到手，开心", "隔天到货，满意", "Got it the very next day, happy", "Fast and here today, pleased with the speed",
		"包得真结实，一个都没坏", "里外包了三层，赞", "Three layers of foam, nothing broken", "So well wrapped that all of it survived",
		"用了三年都没坏", "Still works after all these years, solid",
		"处理得真快，满意", "Sorted quickly and well, thank you",
		"比以前聪明多了", "Surprisingly good bot",
		"很热情很耐心，暖心", "小姑娘特别温柔，解释得很明白", "Anna was wonderful and so kind", "Incredibly helpful man at the desk",
	} {
		if got := assign(t, shipped(t), text)[0]; got.Complaint {
			complaints++
			t.Logf("%q: a complaint about %q", text, got.Topic)
		}
	}
	if complaints > 3 {
		t.Errorf("%d messages of praise are complaints", complaints)
	}
}
