package sentiment

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

const (
	modelMagic = "HUIYIN-SENTIMENT\n"
	modelFile  = "models/sentiment.bin"
)

// write stores a model: magic, length and JSON of the header, then, compressed, the table without its row numbers (four
// bytes a slot), a bit for each slot that says whether it has a row, and the rows in the order of the slots, unit by unit.
func (m *model) write(w io.Writer) error {
	head, err := json.Marshal(m.header)
	if err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(modelMagic)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(head))))
	b.Write(head)
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	if _, err := z.Write(m.body()); err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// body is what write compresses.
func (m *model) body() []byte {
	out := make([]byte, 0, 5*len(m.table.slots))
	for _, s := range m.table.slots {
		out = binary.LittleEndian.AppendUint32(out, s)
	}
	for i := 0; i < len(m.table.slots); i += 8 {
		out = append(out, byte(m.table.has[i/64]>>(i%64)))
	}
	for unit := range netWidth {
		for _, row := range m.Net.rows[1:] {
			out = append(out, byte(int(row.step(unit))+fileZero))
		}
	}
	return out
}

// readModel reads what write stored. All errors wrap ErrModel.
func readModel(raw []byte) (*model, error) {
	if len(raw) < len(modelMagic)+4 || string(raw[:len(modelMagic)]) != modelMagic {
		return nil, fmt.Errorf("%w: not a sentiment model", ErrModel)
	}
	raw = raw[len(modelMagic):]
	n := int(binary.LittleEndian.Uint32(raw))
	raw = raw[4:]
	if n > len(raw) {
		return nil, fmt.Errorf("%w: the file is cut short", ErrModel)
	}
	m := &model{}
	if err := json.Unmarshal(raw[:n], &m.header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrModel, err)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(raw[n:]))
	if err != nil {
		return nil, fmt.Errorf("%w: table: %w", ErrModel, err)
	}
	if err := m.readBody(z); err != nil {
		return nil, fmt.Errorf("%w: table: %w", ErrModel, err)
	}
	if _, err := z.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // reads the checksum as well
		return nil, fmt.Errorf("%w: table: data after its end or a wrong checksum", ErrModel)
	}
	return m, nil
}

// readBody reads the table and the rows.
func (m *model) readBody(z io.Reader) error {
	m.table = newTable(m.Bits)
	slots := m.table.slots
	var buf [4 << 10]byte
	free := false
	for len(slots) > 0 {
		part := buf[:min(len(buf), 4*len(slots))]
		if _, err := io.ReadFull(z, part); err != nil {
			return err
		}
		for ; len(part) > 0; part, slots = part[4:], slots[1:] {
			slots[0] = binary.LittleEndian.Uint32(part)
			free = free || slots[0] == 0
		}
	}
	if !free {
		return errors.New("no free slot")
	}
	has := make([]byte, (len(m.table.slots)+7)/8)
	if _, err := io.ReadFull(z, has); err != nil {
		return err
	}
	for i, b := range has {
		m.table.has[i/8] |= uint64(b) << (i % 8 * 8)
	}
	return m.readRows(z, m.table.number())
}

// fileZero is the byte of the file that stands for a step of 0.
const fileZero = 128

// readRows reads the rows of the network, unit by unit.
func (m *model) readRows(z io.Reader, count int) error {
	m.Net.rows = make([]netRow, count+1)
	steps := make([]byte, count)
	for unit := range netWidth {
		if _, err := io.ReadFull(z, steps); err != nil {
			return err
		}
		for i, b := range steps {
			step := uint32(b) - fileZero + rowZero
			if step > rowZero+netSteps {
				return errors.New("a step of the network that is too large")
			}
			m.Net.rows[i+1][unit/8] |= step << (4 * (unit % 8))
		}
	}
	return nil
}

func loadModel(fsys fs.FS) (*model, error) {
	raw, err := fs.ReadFile(fsys, modelFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	return readModel(raw)
}
