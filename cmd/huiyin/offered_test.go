package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestItemsOfTheOrder: what is to go back is compared with what the order has.
func TestItemsOfTheOrder(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		for i, tc := range []struct {
			says []string
			want string // in the last reply
			item string // as filled in; "": open
		}{
			{[]string{"我要退货", "HY20261015-2046"}, "香薰精油 三支装", ""},
			{[]string{"我要退货", "HY20261015-2046", "精油"}, "原因", "香薰精油 三支装"},
			{[]string{"我要退货", "HY20261015-2046", "两个都退"}, "原因", "香薰机 白色；香薰精油 三支装"},
			{[]string{"我要退货", "HY20261015-2046", "第一个"}, "原因", "香薰机 白色"},
			{[]string{"I'd like to return something", "HY20261028-7756", "2"}, "reason", "Pages notebook, dotted"},
			{[]string{"I'd like to return something", "HY20261028-7756", "the headphones"}, "reason", "Echo Studio over-ear headphones, black"},
			{[]string{"I'd like to return something", "HY20261028-7756", "all of it, it doesn't work"}, "photos", "Echo Studio over-ear headphones, black; Pages notebook, dotted"},
			{[]string{"I'd like to return something", "HY20261101-0932"}, "one item in this order: Echo Mini speaker, cream", "Echo Mini speaker, cream"},
			{[]string{"I want to return the speaker", "HY20261012-9310"}, "can't find “speaker” in this order", ""},
			{[]string{"I want to return the lamp", "HY20261012-9310"}, "reason", "Lumen desk lamp, black"},
			{[]string{"我要退货", "HY20261015-2046", "那个键盘"}, "没找到“那个键盘”", ""},
			{[]string{"我要退货", "HY20261015-2046", "那个键盘", "就是那个键盘"}, "先按您的原话“就是那个键盘”记下", "就是那个键盘"},
			{[]string{"我要退货", "HY20261015-2046", "不换，直接退款"}, "没看出是哪一件", ""},
			{[]string{"我要退货", "HY20269999-9999"}, "没有这个订单", ""},
			{[]string{"I want to return my order", "HY20261019-0377"}, "hasn't been delivered yet", ""},
		} {
			thread := fmt.Sprint("offered", i)
			last := ""
			for _, text := range tc.says {
				last = ""
				for _, m := range s.says(t, thread, text) {
					last += m.Text
					for _, b := range m.Buttons {
						last += "\n" + b.Title
					}
				}
			}
			if !strings.Contains(last, tc.want) {
				t.Errorf("%q is answered %q, without %q", tc.says, last, tc.want)
			}
			form, item := s.conv(t, thread).Form, ""
			if form != nil {
				item = form.Values["item"]
			}
			if item != tc.item {
				t.Errorf("%q fills in %q, not %q", tc.says, item, tc.item)
			}
		}
	})
}

// TestOptionsGoBackAsTheyCame: a service hears the names that it offered as it wrote them; customers see them without Markdown.
func TestOptionsGoBackAsTheyCame(t *testing.T) {
	const lamp = "Lamp [white](https://evil.example) *new*"
	returned := ""
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var values map[string]string
		if err := json.NewDecoder(r.Body).Decode(&values); err != nil {
			t.Error(err)
		}
		answer := map[string]string{"option_1": lamp, "option_2": "Mug"}
		if r.URL.Path == "/returns" {
			returned, answer = values["item"], map[string]string{"status": "accepted", "return_id": "R1", "deadline": "2026-12-01"}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	defer service.Close()
	withService(t, service.URL, func(s *shopTalk) {
		shown := ""
		for _, text := range []string{"I want to return something", "HY20261028-7756", "the lamp", "broken", "skip", "yes"} {
			for _, m := range s.says(t, "hostile", text) {
				shown += m.Text
				for _, b := range m.Buttons {
					shown += "\n" + b.Title
				}
			}
		}
		if returned != lamp {
			t.Errorf("the service hears %q of what it called %q", returned, lamp)
		}
		if strings.Contains(shown, "[white]") || strings.Contains(shown, "*new*") {
			t.Errorf("customers see %s", shown)
		}
	})
}
