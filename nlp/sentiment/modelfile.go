package sentiment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
)

const (
	modelMagic = "HUIYIN-SENTIMENT-2\n"
	modelFile  = "models/sentiment.bin"
	modelFixed = 8 // bytes of the checksum and of the length of the header
)

// write stores a model: magic, CRC-32 (IEEE) of all that follows it, length and JSON of the header, then the table and the rows of
// the network as they lie in memory, so that loading is little more than copying.
func (m *model) write(w io.Writer) error {
	head, err := json.Marshal(m.header)
	if err != nil {
		return fmt.Errorf("sentiment: %w", err)
	}
	rest := binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	rest = append(append(rest, head...), m.body()...)
	out := binary.LittleEndian.AppendUint32([]byte(modelMagic), crc32.ChecksumIEEE(rest))
	_, err = w.Write(append(out, rest...))
	return err
}

// body is the part of the file after the header, all numbers little-endian: four bytes a slot, a bit for each slot that says whether
// it has a row, and the rows in the order of their slots.
func (m *model) body() []byte {
	out := make([]byte, 0, 4*len(m.table.slots)+8*len(m.table.has)+rowBytes*len(m.Net.rows))
	for _, s := range m.table.slots {
		out = binary.LittleEndian.AppendUint32(out, s)
	}
	for _, word := range m.table.has {
		out = binary.LittleEndian.AppendUint64(out, word)
	}
	for _, row := range m.Net.rows[1:] {
		for _, steps := range row {
			out = binary.LittleEndian.AppendUint32(out, steps)
		}
	}
	return out
}

// readModel reads what write stored. All errors wrap ErrModel.
func readModel(raw []byte) (*model, error) {
	raw, ok := bytes.CutPrefix(raw, []byte(modelMagic))
	if !ok {
		return nil, fmt.Errorf("%w: not a sentiment model of this program: run make train", ErrModel)
	}
	if len(raw) < modelFixed || crc32.ChecksumIEEE(raw[4:]) != binary.LittleEndian.Uint32(raw) {
		return nil, fmt.Errorf("%w: the file is cut short or damaged", ErrModel)
	}
	n := int(binary.LittleEndian.Uint32(raw[4:]))
	raw = raw[modelFixed:]
	if n > len(raw) {
		return nil, fmt.Errorf("%w: a header longer than the file", ErrModel)
	}
	m := &model{}
	if err := json.Unmarshal(raw[:n], &m.header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrModel, err)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if err := m.readBody(raw[n:]); err != nil {
		return nil, fmt.Errorf("%w: table: %w", ErrModel, err)
	}
	return m, nil
}

// rowBytes is the size of a row of the network in the file.
const rowBytes = netWidth / 2

// readBody reads the table and the rows.
func (m *model) readBody(raw []byte) error {
	m.table = newTable(m.Bits)
	slots, has := m.table.slots, m.table.has
	if len(raw) < 4*len(slots)+8*len(has) {
		return errors.New("too few slots")
	}
	free := false
	for i := range slots {
		slots[i] = binary.LittleEndian.Uint32(raw[4*i:])
		free = free || slots[i] == 0
	}
	if !free { // looking for what is not there would never end
		return errors.New("no free slot")
	}
	raw = raw[4*len(slots):]
	for i := range has {
		has[i] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	return m.readRows(raw[8*len(has):], m.table.number())
}

// readRows reads the rows of the network.
func (m *model) readRows(raw []byte, count int) error {
	if len(raw) != rowBytes*count {
		return fmt.Errorf("%d bytes of rows, want %d", len(raw), rowBytes*count)
	}
	m.Net.rows = make([]netRow, count+1)
	for i := range count {
		row := &m.Net.rows[i+1]
		for k := range row {
			row[k] = binary.LittleEndian.Uint32(raw[rowBytes*i+4*k:])
			if hasZeroStep(row[k]) {
				return errors.New("a step of the network that is too large")
			}
		}
	}
	return nil
}

// hasZeroStep reports whether one of the eight steps of a word has all bits zero, which stands for no number.
func hasZeroStep(steps uint32) bool { return (steps-0x11111111)&^steps&0x88888888 != 0 }

func loadModel(fsys fs.FS) (*model, error) {
	raw, err := fs.ReadFile(fsys, modelFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	return readModel(raw)
}
