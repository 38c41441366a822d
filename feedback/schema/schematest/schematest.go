// Package schematest holds digests in JSON against their schema.
package schematest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"huiyin/feedback/schema"
)

// Check fails the test where a digest is not as the schema says. Fields that the schema does not know are wrong, too: the program that
// wrote the digest is the one that publishes the schema.
func Check(t testing.TB, digest []byte) {
	t.Helper()
	if err := Validate(t, digest); err != nil {
		t.Errorf("the digest is not as its schema says: %v", err)
	}
}

// Validate is what a validator finds wrong with a digest; nil: nothing.
func Validate(t testing.TB, digest []byte) error {
	t.Helper()
	form, err := schema.Digest()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	narrow(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schema.ID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schema.ID)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(digest))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

// narrow refuses, in all objects with named fields, any others.
func narrow(part any) {
	switch x := part.(type) {
	case map[string]any:
		if _, named := x["properties"]; named && x["type"] == "object" {
			x["additionalProperties"] = false
		}
		for _, inner := range x {
			narrow(inner)
		}
	case []any:
		for _, inner := range x {
			narrow(inner)
		}
	}
}
