package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/console"
)

//go:embed examples
var examples embed.FS

// example is a call that the document shows; a test makes each of them.
type example struct {
	Path   map[string]string `json:"path,omitempty"`  // by the name in the route's path
	Query  map[string]string `json:"query,omitempty"` // by the parameter's name
	Body   json.RawMessage   `json:"body,omitempty"`
	Raw    string            `json:"raw,omitempty"` // the body of an upload
	Answer json.RawMessage   `json:"answer"`
}

func exampleOf(id string) (e example, known bool, err error) {
	raw, err := examples.ReadFile("examples/" + id + ".json")
	if err != nil {
		return e, false, nil
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, true, fmt.Errorf("api: example of %s: %w", id, err)
	}
	return e, true, nil
}

// obj is a JSON object of the document; its keys are written in alphabetical order.
type obj map[string]any

func (a *API) openapi(w http.ResponseWriter, _ *call) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(a.document)
	return err
}

// describe makes the OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0) from the routes.
func (a *API) describe() ([]byte, error) {
	schemas := obj{}
	paths := obj{}
	for _, r := range a.routes() {
		op, err := describeRoute(r, schemas)
		if err != nil {
			return nil, err
		}
		at, _ := paths[Prefix+r.path].(obj)
		if at == nil {
			at = obj{}
			paths[Prefix+r.path] = at
		}
		at[strings.ToLower(r.method)] = op
	}
	webhooks, err := describeWebhooks(schemas)
	if err != nil {
		return nil, err
	}
	schemaOf(reflect.TypeFor[Problem](), schemas)
	return json.MarshalIndent(obj{
		"openapi": "3.1.0",
		"info": obj{"title": "Huiyin", "version": "1", "license": obj{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "Conversations, contacts, articles and facts of a shop, for its programs. An administrator makes tokens in the console (Settings, API tokens). " +
				"Instants are RFC 3339. Bodies have at most 64 KiB unless the operation says otherwise. Errors are application/problem+json and say what is wrong, where, and what to do. Fields and parameters that are not known are refused."},
		"paths": paths, "webhooks": webhooks,
		"components": obj{"schemas": schemas, "securitySchemes": obj{"token": obj{"type": "http", "scheme": "bearer"}},
			"responses": obj{"Problem": obj{"description": "It was not done.", "content": obj{"application/problem+json": obj{"schema": ref("Problem")}}}}},
	}, "", " ")
}

var pathName = regexp.MustCompile(`\{(\w+)\}`)

func describeRoute(r route, schemas obj) (obj, error) {
	e, known, err := exampleOf(r.id)
	if err != nil {
		return nil, err
	}
	op := obj{"operationId": r.id, "summary": r.summary, "security": []obj{}}
	if !r.public {
		op["security"] = []obj{{"token": []string{}}}
		op["description"] = need(r)
	}
	var params []obj
	for _, m := range pathName.FindAllStringSubmatch(r.path, -1) {
		p := obj{"name": m[1], "in": "path", "required": true, "schema": obj{"type": "string"}}
		if v, has := e.Path[m[1]]; has {
			p["example"] = v
		}
		params = append(params, p)
	}
	for _, q := range r.query {
		params = append(params, describeParam(q, e))
	}
	if r.once {
		params = append(params, obj{"name": bot.HeaderKey, "in": "header", "required": false, "schema": obj{"type": "string", "maxLength": maxKey},
			"description": "A name of your own for this message, such as a UUID. The same request under the same key, however often it comes, is written and sent once, and answered with the same message."})
	}
	if len(params) > 0 {
		op["parameters"] = params
	}
	if r.body != nil {
		content := obj{"schema": schemaOf(reflect.TypeOf(r.body), schemas)}
		if known {
			content["example"] = e.Body
		}
		op["requestBody"] = obj{"required": true, "content": obj{"application/json": content}}
	}
	if r.upload {
		content := obj{"schema": obj{"type": "string", "format": "binary"}}
		if known {
			content["example"] = e.Raw
		}
		op["requestBody"] = obj{"required": true, "content": obj{"application/octet-stream": content}}
	}
	success := obj{"description": "Done."}
	if r.download {
		success["content"] = obj{"*/*": obj{"schema": obj{"type": "string", "format": "binary"}}}
	} else if r.answer == nil {
		success["content"] = obj{"application/json": obj{"schema": obj{"type": "object"}}}
	} else {
		content, kind := obj{"schema": schemaOf(reflect.TypeOf(r.answer), schemas)}, "application/json"
		if known {
			content["example"] = e.Answer
		}
		if r.stream != nil {
			kind = "application/x-ndjson"
		}
		success["content"] = obj{kind: content}
	}
	op["responses"] = obj{fmt.Sprint(r.status): success, "default": obj{"$ref": "#/components/responses/Problem"}}
	return op, nil
}

// need says which token an operation needs.
func need(r route) string {
	scope := console.ScopeFor(r.action)
	role, _ := bot.Least(r.action)
	return fmt.Sprintf("Needs a token with the scope %q, of an agent with the role %q or a higher one.", scope, role)
}

func describeParam(q param, e example) obj {
	schema := obj{"type": "string"}
	switch {
	case q.kind == "number":
		schema = obj{"type": "integer", "minimum": 0}
	case q.kind == "instant":
		schema["format"] = "date-time"
	case q.kind == "text":
		schema["maxLength"] = maxText
		if len(q.values) > 0 {
			schema = obj{"type": "string", "enum": q.values}
		}
	}
	p := obj{"name": q.name, "in": "query", "description": q.doc, "required": q.required, "schema": schema}
	if q.many {
		p["schema"] = obj{"type": "array", "items": schema}
	} else if v, has := e.Query[q.name]; has {
		p["example"] = v
	}
	return p
}

func ref(name string) obj { return obj{"$ref": "#/components/schemas/" + name} }

// schemaOf describes a Go type; structs go to schemas under their names.
func schemaOf(t reflect.Type, schemas obj) obj {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return obj{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem(), schemas)
	case t.Kind() == reflect.Slice:
		return obj{"type": "array", "items": schemaOf(t.Elem(), schemas)}
	case t.Kind() == reflect.Map:
		return obj{"type": "object", "additionalProperties": schemaOf(t.Elem(), schemas)}
	case t.Kind() == reflect.Struct:
		if _, known := schemas[t.Name()]; !known {
			schemas[t.Name()] = structOf(t, schemas)
		}
		return ref(t.Name())
	case t.Kind() == reflect.String:
		return obj{"type": "string"}
	case t.Kind() == reflect.Bool:
		return obj{"type": "boolean"}
	case t.Kind() == reflect.Float64:
		return obj{"type": "number"}
	}
	return obj{"type": "integer"}
}

// field is a field of a struct as JSON has it.
type field struct {
	reflect.StructField
	name     string
	required bool // always there in answers, and needed in bodies
}

// fields are those of a struct, described by their tags: json, doc, and enum with the values that a text may have.
func fields(t reflect.Type) iter.Seq[field] {
	return func(yield func(field) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !yield(field{f, name, rest == ""}) {
				return
			}
		}
	}
}

func structOf(t reflect.Type, schemas obj) obj {
	properties, required := obj{}, []string{}
	for f := range fields(t) {
		schema := schemaOf(f.Type, schemas)
		if doc := f.Tag.Get("doc"); doc != "" {
			schema["description"] = doc
		}
		if enum := f.Tag.Get("enum"); enum != "" {
			schema["enum"] = strings.Split(enum, ",")
		}
		properties[f.name] = schema
		if f.required {
			required = append(required, f.name)
		}
	}
	s := obj{"type": "object", "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}
