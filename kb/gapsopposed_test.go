package kb

import (
	"testing"
	"testing/fstest"

	"huiyin/data"
)

// TestOpposites: questions that name opposite things are told apart, also when one word is part of the other; those that name both,
// or the same, are not.
func TestOpposites(t *testing.T) {
	models, err := LoadModels(data.Files(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		a, b  string
		apart bool
	}{
		{"怎么导入数据", "怎么导出数据", true},
		{"怎么导入数据", "how do I export my data?", true},
		{"How do I log in?", "怎么退出登录", true},
		{"怎么登录", "怎么退出登录", true},
		{"怎么登出", "怎么退出登录", false},
		{"Import, or export?", "怎么导出数据", false},
		{"how do I import my data", "怎么导入数据", false},
		{"an important question", "怎么导出数据", false},
		{"CHECK-IN time", "what time is check out", true},
		{"退货要多久", "换货要多久", true},
	} {
		for _, pair := range [][2]string{{tc.a, tc.b}, {tc.b, tc.a}} {
			if got := opposed(models.Opposites.sides(spaced(pair[0])), models.Opposites.sides(spaced(pair[1]))); got != tc.apart {
				t.Errorf("%q: apart %v, want %v", pair, got, tc.apart)
			}
		}
	}
	if opposed((*Opposites)(nil).sides(" 导入 "), (*Opposites)(nil).sides(" 导出 ")) {
		t.Error("no opposites tell something apart")
	}
	for _, bad := range []string{"导入 导出", "导入 <>", "<> 导出", "|<>|"} {
		if _, err := LoadOpposites(fstest.MapFS{"opposites.txt": {Data: []byte("# ok\n\n" + bad + "\n")}}); err == nil || err.Error()[:16] != "opposites.txt:3:" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
