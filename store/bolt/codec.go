package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"huiyin/store"
)

// A record in the file is: one byte naming the encoding, the CRC-32C of the payload (4 bytes, big endian: bbolt's pages
// carry no checksum, and a flipped bit must not become another truth), and the payload.
const (
	encodingJSON = 1
	headerBytes  = 5
)

func castagnoli(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// encode makes the record of a value.
func encode(v any) ([]byte, error) {
	var r recordWriter
	e := json.NewEncoder(&r)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	record := r[:len(r)-1] // without the line's end
	record[0] = encodingJSON
	binary.BigEndian.PutUint32(record[1:], castagnoli(record[headerBytes:]))
	return record, nil
}

// recordWriter is a record whose payload is written to it, which an encoder does in one piece: no byte is copied twice.
type recordWriter []byte

func (r *recordWriter) Write(p []byte) (int, error) {
	if *r == nil {
		*r = make([]byte, headerBytes, headerBytes+len(p))
	}
	*r = append(*r, p...)
	return len(p), nil
}

// decode reads the record of a value.
func decode(b []byte, v any) error {
	if len(b) < headerBytes || b[0] != encodingJSON {
		return fmt.Errorf("%w: not a record", store.ErrCorrupt)
	}
	payload := b[headerBytes:]
	if binary.BigEndian.Uint32(b[1:]) != castagnoli(payload) {
		return fmt.Errorf("%w: a record does not match its checksum", store.ErrCorrupt)
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("%w: a record cannot be read: %w", store.ErrCorrupt, err)
	}
	return nil
}
