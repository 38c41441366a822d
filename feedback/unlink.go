package feedback

// unlink takes away what names numbers for Builder.Behind: behind the rows of a file there is nothing that could be looked up.
func (d Digest) unlink() {
	for i := range d.Blocks {
		b := &d.Blocks[i]
		for k := range b.Findings {
			b.Findings[k].Say.Behind = ""
		}
		for _, e := range b.Elements {
			e.unlink()
		}
	}
}

func (e Element) unlink() {
	switch {
	case e.Sentence != nil:
		e.Sentence.Behind = ""
	case e.Metric != nil:
		e.Metric.Behind = ""
	case e.Topic != nil:
		e.Topic.Behind = ""
	case e.Heat != nil:
		e.Heat.Behind = ""
	case e.Load != nil:
		e.Load.Behind = ""
	case e.Chart != nil:
		for i := range e.Chart.Series {
			e.Chart.Series[i].Behind = ""
		}
	case e.Table != nil:
		for _, row := range e.Table.Rows {
			for i := range row {
				row[i].Behind = ""
			}
		}
	}
}
