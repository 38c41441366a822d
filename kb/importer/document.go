package importer

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"huiyin/kb"
)

// readDocument reads a Word document: headings, paragraphs, lists, tables and links.
func readDocument(f File, o Options) ([]kb.Article, error) {
	z, err := openZip(f)
	if err != nil {
		return nil, err
	}
	body, err := part(z, "word/document.xml")
	if err != nil {
		return nil, &kb.InputError{File: f.Name, Err: damaged(err)}
	}
	if body == nil {
		return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("word.none", "is no Word document: word/document.xml is missing")}
	}
	d := docReader{z: z, paper: &paper{}, dec: xml.NewDecoder(bytes.NewReader(body))}
	if err := errors.Join(d.styles(), d.relations(), d.walk()); err != nil {
		return nil, &kb.InputError{File: f.Name, Err: damaged(err)}
	}
	d.endList()
	return d.paper.articles(f, o)
}

// docReader walks the body of a document.
type docReader struct {
	z     *zip.Reader
	dec   *xml.Decoder
	paper *paper
	level map[string]int    // outline levels of styles, from 1; 0: the title
	links map[string]string // targets by id
	list  []string          // the items of a running list
}

// docStyles is what is wanted of word/styles.xml.
type docStyles struct {
	Styles []struct {
		ID   string `xml:"styleId,attr"`
		Name struct {
			Val string `xml:"val,attr"`
		} `xml:"name"`
		Outline *struct {
			Val int `xml:"val,attr"`
		} `xml:"pPr>outlineLvl"`
	} `xml:"style"`
}

func (d *docReader) styles() error {
	d.level = map[string]int{}
	raw, err := part(d.z, "word/styles.xml")
	if err != nil || raw == nil {
		return err
	}
	var s docStyles
	if err := xml.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("word/styles.xml: %w", err)
	}
	for _, style := range s.Styles {
		name := strings.ToLower(style.Name.Val)
		var n int
		switch {
		case name == "title":
			d.level[style.ID] = 0
		case style.Outline != nil && style.Outline.Val >= 0 && style.Outline.Val < 6:
			d.level[style.ID] = style.Outline.Val + 1
		default:
			if _, err := fmt.Sscanf(name, "heading %d", &n); err == nil && n >= 1 && n <= 6 {
				d.level[style.ID] = n
			}
		}
	}
	return nil
}

func (d *docReader) relations() error {
	d.links = map[string]string{}
	raw, err := part(d.z, "word/_rels/document.xml.rels")
	if err != nil || raw == nil {
		return err
	}
	var r struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Mode   string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("word/_rels/document.xml.rels: %w", err)
	}
	for _, l := range r.List {
		if l.Mode == "External" {
			d.links[l.ID] = l.Target
		}
	}
	return nil
}

// walk reads the paragraphs and tables of the body.
func (d *docReader) walk() error {
	for {
		token, err := d.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("word/document.xml: %w", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "p":
			p, err := d.paragraph()
			if err != nil {
				return err
			}
			d.place(p)
		case "tbl":
			rows, err := d.table()
			if err != nil {
				return err
			}
			d.endList()
			d.paper.block(markdownTable(rows))
		}
	}
}

// docParagraph is a paragraph, read.
type docParagraph struct {
	style  string
	item   bool // of a list
	indent int
	text   string // Markdown
	plain  string
}

// place puts a paragraph where it belongs.
func (d *docReader) place(p docParagraph) {
	level, styled := d.level[p.style]
	plain := strings.Join(strings.Fields(p.plain), " ")
	switch {
	case plain == "":
	case styled && level == 0 && d.paper.title == "":
		d.endList()
		d.paper.title = plain
	case styled && level > 0:
		d.endList()
		d.paper.heading(level, plain)
	case p.item:
		d.list = append(d.list, strings.Repeat("   ", min(p.indent, 5))+"- "+strings.ReplaceAll(tidyInline(p.text), "\n", " "))
	default:
		d.endList()
		d.paper.block(tidyInline(p.text))
	}
}

func (d *docReader) endList() {
	if len(d.list) > 0 {
		d.paper.block(strings.Join(d.list, "\n"))
		d.list = nil
	}
}

// paragraph reads up to the end of <w:p>.
func (d *docReader) paragraph() (docParagraph, error) {
	r := runReader{links: d.links}
	for depth := 1; depth > 0; {
		token, err := d.dec.Token()
		if err != nil {
			return r.p, fmt.Errorf("word/document.xml: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			r.start(t)
		case xml.EndElement:
			depth--
			r.end(t)
		case xml.CharData:
			if r.inText && r.deleted == 0 {
				r.run.WriteString(escapeInline(string(t)))
				r.plain.Write(t)
			}
		}
	}
	r.flush()
	r.p.text, r.p.plain = strings.ReplaceAll(r.text.String(), "****", ""), r.plain.String()
	return r.p, nil
}

// runReader gathers the runs of a paragraph: stretches of text with one look.
type runReader struct {
	p                docParagraph
	links            map[string]string
	text, plain, run strings.Builder
	bold, inText     bool
	link             string // target of the running link
	deleted          int    // how deep in what a reviewer has deleted
}

// flush ends a run.
func (r *runReader) flush() {
	piece := r.run.String()
	r.run.Reset()
	if r.bold {
		piece = wrap(piece, "**")
	}
	r.text.WriteString(linkTo(piece, r.link))
}

func (r *runReader) start(t xml.StartElement) {
	switch t.Name.Local {
	case "pStyle":
		r.p.style = attr(t, "val")
	case "numPr":
		r.p.item = true
	case "ilvl":
		_, _ = fmt.Sscan(attr(t, "val"), &r.p.indent)
	case "del", "moveFrom", "instrText":
		r.deleted++
	case "hyperlink":
		r.flush()
		r.link = r.links[attr(t, "id")]
	case "r":
		r.flush()
		r.bold = false
	case "b":
		r.bold = attr(t, "val") != "0" && attr(t, "val") != "false"
	case "t":
		r.inText = true
	case "tab":
		r.run.WriteByte(' ')
		r.plain.WriteByte(' ')
	case "br", "cr":
		r.run.WriteByte('\n')
		r.plain.WriteByte(' ')
	}
}

func (r *runReader) end(t xml.EndElement) {
	switch t.Name.Local {
	case "t":
		r.inText = false
	case "del", "moveFrom", "instrText":
		r.deleted--
	case "hyperlink":
		r.flush()
		r.link = ""
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// table reads up to the end of <w:tbl>; a table inside a cell becomes part of the cell's text.
func (d *docReader) table() ([][]string, error) {
	var rows [][]string
	for depth, inner := 1, 0; depth > 0; {
		token, err := d.dec.Token()
		if err != nil {
			return nil, fmt.Errorf("word/document.xml: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case t.Name.Local == "tbl":
				inner++
			case t.Name.Local == "tr" && inner == 0:
				rows = append(rows, nil)
			case t.Name.Local == "tc" && inner == 0 && len(rows) > 0:
				rows[len(rows)-1] = append(rows[len(rows)-1], "")
			case t.Name.Local == "p":
				p, err := d.paragraph()
				if err != nil {
					return nil, err
				}
				depth--
				if len(rows) > 0 && len(rows[len(rows)-1]) > 0 {
					row := rows[len(rows)-1]
					row[len(row)-1] = strings.TrimSpace(row[len(row)-1] + " " + strings.ReplaceAll(tidyInline(p.text), "\n", " "))
				}
			}
		case xml.EndElement:
			depth--
			if t.Name.Local == "tbl" && depth > 0 {
				inner--
			}
		}
	}
	return rows, nil
}
