package schema_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"huiyin/feedback"
	"huiyin/feedback/schema"
	"huiyin/feedback/schema/schematest"
)

// full is a value with something in every field of it, and of all that is in it. An element has only one: there is one of each kind.
func full(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch t {
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Date(2026, 11, 9, 0, 0, 0, 0, time.FixedZone("", 8*3600)))
	case reflect.TypeFor[feedback.Unit]():
		return reflect.ValueOf(feedback.Share)
	case reflect.TypeFor[feedback.FindingKind]():
		return reflect.ValueOf(feedback.ToDo)
	case reflect.TypeFor[[]feedback.Element]():
		for i := range reflect.TypeFor[feedback.Element]().NumField() {
			e := reflect.New(t.Elem()).Elem()
			e.Field(i).Set(full(e.Field(i).Type()))
			v = reflect.Append(v, e)
		}
		return v
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(full(t.Elem()))
	case reflect.Struct:
		for i := range t.NumField() {
			v.Field(i).Set(full(t.Field(i).Type))
		}
	case reflect.Slice:
		v = reflect.Append(v, full(t.Elem()))
	case reflect.Array:
		for i := range t.Len() {
			v.Index(i).Set(full(t.Elem()))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(full(t.Key()), full(t.Elem()))
	case reflect.Interface:
		v.Set(reflect.ValueOf(feedback.Text{ZH: "配送", EN: "delivery"}))
	}
	return v
}

func written(t *testing.T, d feedback.Digest) string {
	t.Helper()
	raw, err := json.Marshal(schema.Document{Schema: schema.ID, Digest: d})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Whatever a digest may hold is in the schema, nothing as well as everything.
func TestSchemaHoldsAllFields(t *testing.T) {
	all := full(reflect.TypeFor[feedback.Digest]()).Interface().(feedback.Digest)
	schematest.Check(t, []byte(written(t, all)))
	schematest.Check(t, []byte(written(t, feedback.Digest{})))
	half := 0.5
	schematest.Check(t, []byte(written(t, feedback.Digest{Blocks: []feedback.Block{{Elements: []feedback.Element{
		{Metric: &feedback.Metric{Unit: feedback.Share, Change: &feedback.Change{Before: 0.2, BeforeN: 5}}}, // null, and a change without a probability
		{Metric: &feedback.Metric{Unit: feedback.Count}},
		{Load: &feedback.Load{}},
		{Chart: &feedback.Chart{Unit: feedback.Count}},
		{Table: &feedback.Table{Rows: [][]feedback.Cell{{{}, {Number: &half}}}}},
		{Sentence: &feedback.Phrase{Key: "k", Values: map[string]any{"n": 3, "share": feedback.Cell{Number: &half, Unit: feedback.Share}, "on": true, "what": feedback.Say("inner")}}},
	}}}})))
}

// What programs could not rely on is refused.
func TestSchemaRefuses(t *testing.T) {
	whole := written(t, full(reflect.TypeFor[feedback.Digest]()).Interface().(feedback.Digest))
	for _, c := range []struct{ name, old, new string }{
		{"another version", schema.ID, "urn:huiyin:digest:0"},
		{"no period", `"name":"x",`, ``},
		{"a value that is text", `"value":0.5`, `"value":"0.5"`},
		{"an unknown unit", `"unit":"share"`, `"unit":"percent"`},
		{"a change without what was before", `"before":0.5,`, ``},
		{"an element of two kinds", `{"metric":{`, `{"sentence":{"key":"k"},"metric":{`},
		{"an element of none", `"elements":[{`, `"elements":[{},{`},
		{"a week of six days", `"counts":[[7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7],`, `"counts":[`},
		{"half a message", `"negative":7`, `"negative":7.5`},
		{"a time that is none", `"made":"2026-11-09T00:00:00+08:00"`, `"made":"yesterday"`},
		{"a field that nobody knows", `"section":"x"`, `"section":"x","sections":1`},
		{"a kind of finding that is none", `"kind":"to_do"`, `"kind":"todo"`},
	} {
		digest := strings.Replace(whole, c.old, c.new, 1)
		if digest == whole {
			t.Errorf("%s: the digest has no %s", c.name, c.old)
			continue
		}
		if schematest.Validate(t, []byte(digest)) == nil {
			t.Errorf("%s is taken for a digest", c.name)
		}
	}
}

// The schema says of every field what it is, and reads the same every time.
func TestSchemaDescribes(t *testing.T) {
	first, err := schema.Digest()
	if err != nil {
		t.Fatal(err)
	}
	again, err := schema.Digest()
	if err != nil || string(first) != string(again) {
		t.Errorf("the schema is another one the second time: %v", err)
	}
	var doc struct {
		Schema string `json:"$schema"`
		ID     string `json:"$id"`
		Defs   map[string]struct {
			Description string
			Properties  map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(first, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "https://json-schema.org/draft/2020-12/schema" || doc.ID != schema.ID || len(doc.Defs) < 15 {
		t.Errorf("%s %s with %d types", doc.Schema, doc.ID, len(doc.Defs))
	}
	for name, def := range doc.Defs {
		if !strings.HasSuffix(def.Description, ".") {
			t.Errorf("%s is described as %q", name, def.Description)
		}
		for field, p := range def.Properties {
			if !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s.%s is described as %q", name, field, p.Description)
			}
		}
	}
}
