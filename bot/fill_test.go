package bot_test

import (
	"strings"
	"testing"

	"huiyin/bot"
)

// TestNumbersThatCorrectNothing: digits in a free text, or beside other words, are no new end of an order number; digits that
// stand by themselves are.
func TestNumbersThatCorrectNothing(t *testing.T) {
	for _, c := range []struct{ says, order, note string }{
		{"no, but it cost me 150 dollars", "AB123456", "no, but it cost me 150 dollars"},
		{"No, size 128", "AB123456", "No, size 128"},
		{"不对啊，我花了150块", "AB123456", "不对啊，我花了150块"},
		{"actually i paid 200 in may 2024", "AB123456", "actually i paid 200 in may 2024"},
		{"sorry, it should be 457", "AB123457", ""},
		{"no, the last digits are 457", "AB123457", ""},
		{"不对，尾号是457", "AB123457", ""},
		{"no, 457", "AB123457", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				w.says("ada", "i want to return it")
				w.says("ada", "AB123456")
				w.says("ada", "it is broken")
				w.says("ada", c.says)
				form := w.conv("ada").Form
				if form == nil || form.Values["order"] != c.order || form.Values["note"] != c.note {
					t.Errorf("%+v, said %q", form, w.last("ada").Text)
				}
			})
		})
	}
}

// TestNumbersAtTheConfirmation: the end of a number is put right there, an amount of money is not it.
func TestNumbersAtTheConfirmation(t *testing.T) {
	for says, order := range map[string]string{"no, 457": "AB123457", "it should be 457, please": "AB123457", "no, it cost me 150 dollars": "AB123456", "no, size 128": "AB123456"} {
		t.Run(says, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				for _, text := range []string{"i want to return it", "AB123456", "it is broken", "skip", says} {
					w.says("ada", text)
				}
				if m := w.last("ada"); !strings.Contains(m.Text, "Order "+order) {
					t.Errorf("said %q", m.Text)
				}
			})
		})
	}
}

// TestANumberBesideAnAddress: who gives the number and an address is not told that the address will not do.
func TestANumberBesideAnAddress(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.actor = service{}
		w.start()
		w.says("ada", "where is my order")
		w.says("ada", "it is AB123456, my mail is ada@example.org")
		if m := w.last("ada"); !strings.Contains(m.Text, "Order AB123456 is on its way") {
			t.Errorf("said %q", m.Text)
		}
		w.says("bo", "where is my order")
		w.says("bo", "my mail is ada@example.org")
		if m := w.last("bo"); !strings.HasPrefix(m.Text, w.words.Text("en", "bot.form.other_means")) || w.conv("bo").Status != bot.StatusBot {
			t.Errorf("said %q", m.Text)
		}
	})
}
