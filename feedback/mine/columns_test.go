package mine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"huiyin/feedback/mine"
)

// mined runs a file of feedback.
func mined(t *testing.T, name, content string, change func(*mine.Options)) (mine.Options, mine.Result, error) {
	t.Helper()
	o := options(t, file(t, name, []byte(content)))
	if change != nil {
		change(&o)
	}
	r, err := mine.Run(context.Background(), o)
	return o, r, err
}

// What the caller says of columns wins over names and values; a column is called by its title in any case, or by its place.
func TestColumnsAsTold(t *testing.T) {
	const content = "id,text,Comment,time,rating\na,退款,发货太慢了,2026-11-09,5\nb,退款,没到,2026-11-10,4\n"
	for _, c := range []struct {
		name   string
		told   map[string]string
		want   string
		topics []string
	}{
		{"nothing", nil, `id = "id", time = "time", text = "text", rating = "rating"`, []string{"refund", "refund"}},
		{"a title", map[string]string{"text": "comment"}, `id = "id", time = "time", text = "Comment", rating = "rating"`, []string{"delivery.late", "delivery.late"}},
		{"a place", map[string]string{"text": "3"}, `id = "id", time = "time", text = "Comment", rating = "rating"`, []string{"delivery.late", "delivery.late"}},
		{"none", map[string]string{"rating": "none", "id": mine.NoColumn}, `time = "time", text = "text"`, []string{"refund", "refund"}},
		{"what a name says otherwise", map[string]string{"contact": "id"}, `time = "time", contact = "id", text = "text", rating = "rating"`, []string{"refund", "refund"}},
	} {
		o, r, err := mined(t, "f.csv", content, func(o *mine.Options) { o.Columns = c.told })
		if err != nil || r.Columns != c.want || !slices.Equal(column(t, o, "topic_id"), c.topics) {
			t.Errorf("%s: %s, topics %v, %v", c.name, r.Columns, column(t, o, "topic_id"), err)
		}
	}
}

// A column that is not there is an error that lists what is, and names the nearest.
func TestColumnsThatAreNotThere(t *testing.T) {
	for _, c := range []struct{ field, title, near string }{
		{"text", "coment", "Comment"}, {"text", "customer comment", "Comment"}, {"time", "create_at", "created at"}, {"time", "创建时候", "创建时间"}, {"text", "9", ""}, {"text", "wholly other", ""}, {"text", "0", ""},
	} {
		_, _, err := mined(t, "f.csv", "Comment,created at,创建时间\n发货太慢了,2026-11-09,2026-11-09\n", func(o *mine.Options) { o.Columns = map[string]string{c.field: c.title} })
		var columns *mine.ErrColumns
		if !errors.As(err, &columns) || !errors.Is(err, mine.ErrInput) || columns.Missing != c.field || columns.Title != c.title || columns.Near != c.near || len(columns.Header) != 3 {
			t.Errorf("%s = %s: %v, near %q", c.field, c.title, err, columns.Near)
		}
	}
}

// A rating that cannot be read costs the rating, not the message; those of 0 to 10 are told.
func TestRatingsThatAreNone(t *testing.T) {
	for _, c := range []struct {
		ratings, sample string
		unrated         int
		ten             bool
	}{
		{"5 N/A - 4/5 5-stars 4星", "N/A", 3, false}, {"many 4 NaN 5 1 2", "many", 2, false}, {"0 10 9 99 3 7", "99", 1, true},
	} {
		content := "text,rating\n"
		for _, r := range strings.Fields(c.ratings) {
			content += "发货太慢了," + r + "\n"
		}
		_, r, err := mined(t, "f.csv", content, nil)
		if err != nil || r.Used != 6 || r.BadRows != 0 || r.Unrated != c.unrated || r.UnratedSample != c.sample || r.OfTen != c.ten {
			t.Errorf("%s: %d used, %d unrated (%q), of ten %v, %v", c.ratings, r.Used, r.Unrated, r.UnratedSample, r.OfTen, err)
		}
	}
}

// Every column that is not used is listed with the reason.
func TestUnusedColumns(t *testing.T) {
	_, r, err := mined(t, "f.csv", "id,text,review,shop,notes,csat,score,日期\n"+strings.Repeat("a,发货太慢了,很好,SH-1,,5,6,明天\n", 3), func(o *mine.Options) { o.Columns = map[string]string{"id": "none"} })
	if err != nil {
		t.Fatal(err)
	}
	want := []mine.UnusedColumn{{"id", 1, mine.UnusedOff, "id"}, {"review", 3, mine.UnusedSecond, "text"}, {"shop", 4, mine.UnusedUnknown, ""}, {"notes", 5, mine.UnusedEmpty, ""}, {"csat", 6, mine.UnusedSecond, "rating"}}
	got := slices.DeleteFunc(slices.Clone(r.Unused), func(u mine.UnusedColumn) bool { return u.Title == "日期" })
	if !slices.Equal(got, want) {
		t.Errorf("unused: %+v", r.Unused)
	}
	if taken := fmt.Sprint(r.Taken); !strings.Contains(taken, "{text text 2 name}") || !strings.Contains(taken, "{rating score 7 name}") {
		t.Errorf("taken: %s", taken)
	}
	_, r, err = mined(t, "g.csv", "留言,等待时间\n发货太慢了,三天左右\n", nil)
	if err != nil || len(r.Unused) != 1 || r.Unused[0] != (mine.UnusedColumn{"等待时间", 2, mine.UnusedUnfit, "time"}) {
		t.Errorf("unused: %+v, %v", r.Unused, err)
	}
}

// What a file leaves open is settled by whoever is asked, else the likelier way is taken and told; what it does not leave open raises
// no question.
func TestDoubts(t *testing.T) {
	const (
		two   = "nr,客户留言内容,客服回复内容\n1,退款退款退款退款,发货太慢了，没到没到\n2,退款退款退款退款,发货太慢了，没到没到\n"
		plain = "第一家就发货太慢了还没到\n第二天也是发货太慢没到\n第三次又是发货太慢没到\n"
		typed = "a,2026-11-09 08:30,发货实在是太慢了啊\nb,2026-11-10 09:00,到现在还是没到没到\n"
		// By the day first they lie within three days, by the month first within two months.
		close = "time,text\n03/04/2026,发货太慢了\n04/04/2026,没到没到\n05/04/2026,退款退款\n"
	)
	for _, c := range []struct {
		name, content string
		kind          mine.DoubtKind // empty: none
		took          [2]string      // of the first and of the second choice
		period        [2]string
		rows          [2]int
	}{
		{"two texts by their ends", two, mine.DoubtText, [2]string{"客户留言内容", "客服回复内容"}, [2]string{"all", "all"}, [2]int{2, 2}},
		{"two texts without names", "a,b\nthe parcel came late again,they say it is on its way\nwhere is my refund then,it was paid on Monday\n", mine.DoubtText, [2]string{"a", "b"}, [2]string{"all", "all"}, [2]int{2, 2}},
		{"no header, one column", plain, mine.DoubtHeader, [2]string{"no", "yes"}, [2]string{"all", "all"}, [2]int{3, 2}},
		{"no header, a time", typed, mine.DoubtHeader, [2]string{"no", "yes"}, [2]string{"2026-W46", "2026-W46"}, [2]int{2, 1}},
		{"dates in either order", close, mine.DoubtDates, [2]string{mine.DayFirst, mine.MonthFirst}, [2]string{"2026-W14", "2026-W19"}, [2]int{3, 3}},
		{"one date alone", "time,text\n03/04/2026,发货太慢了\n", mine.DoubtDates, [2]string{mine.MonthFirst, mine.DayFirst}, [2]string{"2026-W10", "2026-W14"}, [2]int{1, 1}},
		{"dates that can be read in one way", "time,text\n13/04/2026 9:05 PM,发货太慢了\n03/04/2026 9:05,没到\n", "", [2]string{}, [2]string{"2026-W16"}, [2]int{2}},
		{"questions of a form", "Was there anything that we could have done better?,您对我们的服务有什么建议？\nit came much too late for me,没到\nit was far too late again,太慢\n", "", [2]string{}, [2]string{"all"}, [2]int{2}},
		{"an American date", "time,text\n04/13/2026,发货太慢了\n", "", [2]string{}, [2]string{"2026-W16"}, [2]int{1}},
		{"a text by its name beside another", "text,answer of the agent\n发货太慢了,we are sorry to hear that and look into it\n", "", [2]string{}, [2]string{"all"}, [2]int{1}},
		{"a long title over numbers", "how likely are you to recommend us to a friend,what should we do better in the coming year\n9,be faster please\n3,be cheaper please\n", "", [2]string{}, [2]string{"all"}, [2]int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for choice := range 2 {
				if c.kind == "" && choice == 1 {
					continue
				}
				var asked []mine.Doubt
				_, r, err := mined(t, "f.csv", c.content, func(o *mine.Options) {
					o.Ask = func(d mine.Doubt) (int, error) { asked = append(asked, d); return choice, nil }
				})
				if err != nil || r.Period != c.period[choice] || r.Used != c.rows[choice] || r.BadRows != 0 {
					t.Errorf("choice %d: %+v, %v", choice, r, err)
				}
				if c.kind == "" {
					if len(asked) > 0 {
						t.Errorf("asked %+v", asked)
					}
					continue
				}
				if len(asked) != 1 || asked[0].Kind != c.kind || asked[0].Choices[choice].Value != c.took[choice] || len(r.Doubts) != 1 || !r.Doubts[0].Asked || r.Doubts[0].Took != choice {
					t.Errorf("choice %d: asked %+v, settled %+v", choice, asked, r.Doubts)
				}
			}
			_, r, err := mined(t, "f.csv", c.content, nil)
			if err != nil || r.Period != c.period[0] || r.Used != c.rows[0] || (c.kind != "") != (len(r.Doubts) == 1) {
				t.Errorf("without asking: %+v, %v", r, err)
			}
		})
	}
}

// What the first rows leave open the rest of the file says: some shops have hundreds of messages a day.
func TestDaysOfABusyShop(t *testing.T) {
	for _, first := range []string{"05/11/2026", "11/11/2026"} {
		content := "time,text\n" + strings.Repeat(first+",发货太慢了\n", 300) + strings.Repeat("13/11/2026,没到没到\n", 3)
		_, r, err := mined(t, "f.csv", content, func(o *mine.Options) {
			o.Ask = func(d mine.Doubt) (int, error) { t.Errorf("asked %+v", d); return 0, nil }
		})
		if err != nil || r.Period != "2026-W46" || r.Used != 303 {
			t.Errorf("%s: %s, %d used, %v", first, r.Period, r.Used, err)
		}
	}
}

// Options settle what would be asked.
func TestOptionsLeaveNoDoubt(t *testing.T) {
	never := func(d mine.Doubt) (int, error) { t.Errorf("asked %+v", d); return 0, nil }
	_, r, err := mined(t, "f.csv", "03/04/2026,发货太慢了\n04/04/2026,退款退款\n", func(o *mine.Options) {
		o.Ask, o.Header, o.Dates, o.Columns = never, mine.HeaderNo, mine.MonthFirst, map[string]string{"time": "1", "text": "2"}
	})
	if err != nil || r.Period != "2026-W14" || r.Used != 2 || r.Headed || len(r.Doubts) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
	_, _, err = mined(t, "f.csv", "text\n退款\n", func(o *mine.Options) { o.Dates = "backwards" })
	if !errors.Is(err, mine.ErrInput) {
		t.Errorf("an order that is none: %v", err)
	}
	_, r, err = mined(t, "f.csv", "发货太慢了\n", func(o *mine.Options) { o.Header = mine.HeaderNo })
	if err != nil || r.Used != 1 {
		t.Errorf("one row without a header: %+v, %v", r, err)
	}
}

// A row whose date is none in the order of the others is left out, and the reason says so.
func TestDatesOfAnotherOrder(t *testing.T) {
	_, r, err := mined(t, "f.csv", "time,text\n"+strings.Repeat("13/04/2026,退款\n", 3)+"04/14/2026,退款\n31/04/2026,退款\n", nil)
	if err != nil || r.Used != 3 || len(r.Bad) != 2 || r.Bad[0].Why != mine.RowOrder || r.Bad[1].Why != mine.RowTime || r.Bad[0].Value != "04/14/2026" {
		t.Errorf("%+v, %v", r, err)
	}
}

// Places that are in no encoding, or in another one than the file, cost no more than themselves, and are counted.
func TestPlacesThatAreNoText(t *testing.T) {
	gbk := string(encoded(t, simplifiedchinese.GBK, "发货太慢了"))
	chinese, english := strings.Repeat("发货太慢了，还没到\n", 200), strings.Repeat("my order is late again\n", 3000) // more than the beginning that tells the encoding
	for _, c := range []struct {
		name, content, read string
		places, row, rows   int
	}{
		{"one byte", "text\n退款\n发货\xff太慢了\n" + chinese, "", 1, 3, 202},
		{"a byte in English", "text\nlate\x81 again\n" + english, "", 1, 2, 3001},
		{"GBK behind the beginning", "text\n" + english + gbk + "\n", "", 3, 3002, 3001},
		{"GBK in a long English text", "text\n" + english[:9000] + "\n" + gbk + "\n" + gbk + "\n", mine.EncodingGB, 0, 0, 394},
		{"nothing broken", "text\n" + chinese, "", 0, 0, 200},
	} {
		_, r, err := mined(t, "f.csv", c.content, nil)
		if err != nil || r.Read != c.read || (r.Unreadable > 0) != (c.places > 0) || r.UnreadableRow != c.row || r.Used != c.rows {
			t.Errorf("%s: %q, %d places, the first in row %d, %d rows, %v", c.name, r.Read, r.Unreadable, r.UnreadableRow, r.Used, err)
		}
	}
}

// The encoding is told where it is not UTF-8; what is in none that is read is refused, not mined as garbage.
func TestEncodings(t *testing.T) {
	const hans, hant = "text\n发货太慢了，等了一个星期还没到\n", "text\n出貨太慢了，等了一個星期還沒收到\n客服的態度很好，謝謝你們的幫忙\n"
	long := "text\n" + strings.Repeat("出貨太慢了，等了一個星期還沒收到\n", 3000)
	for _, c := range []struct{ name, content, want string }{
		{"UTF-8", hans, ""},
		{"GBK", string(encoded(t, simplifiedchinese.GBK, hans)), mine.EncodingGB},
		{"a character of it broken", string(encoded(t, simplifiedchinese.GBK, strings.Repeat(hans, 9))) + "\xff\n", mine.EncodingGB},
		{"Big5", string(encoded(t, traditionalchinese.Big5, hant)), mine.EncodingBig5},
		{"one line of Big5", string(encoded(t, traditionalchinese.Big5, "text\n出貨太慢了，等了一個星期還沒收到")), mine.EncodingBig5},
		{"much of Big5", string(encoded(t, traditionalchinese.Big5, long)), mine.EncodingBig5},
		{"Western", "text\ncaf\xe9 au lait\n", mine.EncodingLatin},
	} {
		if _, r, err := mined(t, "f.csv", c.content, nil); err != nil || r.Read != c.want {
			t.Errorf("%s: read as %q, %v", c.name, r.Read, err)
		}
	}
	o, _, err := mined(t, "f.csv", string(encoded(t, traditionalchinese.Big5, hant)), nil)
	if err != nil || column(t, o, "topic_id")[0] != "delivery.late" {
		t.Errorf("Big5: %v, %v", column(t, o, "topic_id"), err)
	}
	_, _, err = mined(t, "f.csv", "text\n"+strings.Repeat("\x81\xfe\x90\x8d\xfe\x81", 20)+"\n", nil)
	var trouble *mine.FileError
	if !errors.As(err, &trouble) || trouble.Why != mine.FileEncoding {
		t.Errorf("none: %v", err)
	}
}
