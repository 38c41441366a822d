package attach

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// Strip takes out of a picture what it tells about where, when and by whom it was made, and leaves what is seen: the Exif,
// XMP and IPTC segments and the comments of a JPEG (ITU-T T.81, annex B), the text, time and Exif chunks of a PNG (W3C PNG, third
// edition), the Exif and XMP chunks of a WebP (RFC 9649), and what stands behind the end of either. The orientation of a
// JPEG is kept. Of a JPEG whose scans are broken or cut, the segments before them are taken out all the same, and the rest
// stays. It returns the data itself when there is nothing to take out, when the file is not built as it should be before what
// is seen, and for every other kind of file: a HEIC, a GIF, a PDF or a video keeps what it tells.
func Strip(data []byte) []byte {
	var out []byte
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		out = stripJPEG(data)
	case bytes.HasPrefix(data, []byte(pngBegin)):
		out = stripPNG(data)
	case len(data) >= webpHead && string(data[:4]) == "RIFF" && string(data[8:webpHead]) == "WEBP":
		out = stripWebP(data)
	}
	if out == nil || len(out) >= len(data) {
		return data
	}
	return out
}

// The markers of JPEG that matter here.
const (
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP1 = 0xe1 // Exif and XMP
	jpegIPTC = 0xed // APP13: Photoshop's, with IPTC
	jpegCOM  = 0xfe
)

// stripJPEG copies a JPEG without its metadata; nil when it is not built as it should be.
func stripJPEG(data []byte) []byte {
	out := make([]byte, 2, len(data))
	copy(out, data)
	oriented := false
	for at := 2; ; {
		for at+1 < len(data) && data[at] == 0xff && data[at+1] == 0xff { // fill, before any marker (B.1.1.2)
			at++
		}
		if at+4 > len(data) || data[at] != 0xff {
			return nil
		}
		marker, size := data[at+1], 2+int(binary.BigEndian.Uint16(data[at+2:]))
		if marker < 0xc0 || marker >= 0xd0 && marker <= jpegEOI || size < 4 || at+size > len(data) {
			return nil
		}
		segment := data[at : at+size]
		at += size
		switch marker {
		case jpegAPP1:
			if o := orientation(segment[4:]); o > 1 && !oriented {
				oriented = true
				out = append(out, orientedExif(o)...)
			}
		case jpegIPTC, jpegCOM:
		case jpegSOS:
			end := jpegEnd(data, at)
			if end < 0 { // nobody can tell what of the rest is seen
				end = len(data)
			}
			return append(append(out, segment...), data[at:end]...)
		default:
			out = append(out, segment...)
		}
	}
}

// jpegEnd is the place behind the end of a JPEG whose scans begin at a place; -1: there is no end. Between scans stand
// tables only; a picture with anything else there is left as it is.
func jpegEnd(data []byte, at int) int {
	for at+1 < len(data) {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			return -1
		}
		at += i
		switch marker := data[at+1]; {
		case marker == jpegEOI:
			return at + 2
		case marker == 0xff: // fill
			at++
		case marker == 0 || marker >= 0xd0 && marker < jpegSOI: // a byte of the scan, or a restart
			at += 2
		case marker == 0xc4 || marker == jpegSOS || marker == 0xdb || marker == 0xdd || marker == 0xdc: // tables, the next scan, lines
			if at+4 > len(data) {
				return -1
			}
			size := 2 + int(binary.BigEndian.Uint16(data[at+2:]))
			if size < 4 || at+size > len(data) {
				return -1
			}
			at += size
		default:
			return -1
		}
	}
	return -1
}

const (
	exifBegin      = "Exif\x00\x00"
	tagOrientation = 0x0112
	typeShort      = 3
)

// orientation reads which side of a picture is up, 1 to 8, out of an Exif segment (CIPA DC-008, section 4.6.5); 0: it does not say.
func orientation(segment []byte) int {
	tiff, ok := bytes.CutPrefix(segment, []byte(exifBegin))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	n := uint64(order.Uint16(tiff[at:]))
	for entry := at + 2; n > 0 && entry+12 <= uint64(len(tiff)); entry, n = entry+12, n-1 {
		e := tiff[entry:]
		if order.Uint16(e) == tagOrientation && order.Uint16(e[2:]) == typeShort && order.Uint32(e[4:]) == 1 {
			if o := int(order.Uint16(e[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}

// orientedExif is an Exif segment that says which side is up, and nothing else.
func orientedExif(o int) []byte {
	b := []byte{0xff, jpegAPP1, 0, 0}
	b = append(b, exifBegin...)
	b = append(b, "MM\x00*\x00\x00\x00\x08"...)
	b = binary.BigEndian.AppendUint16(b, 1)
	b = binary.BigEndian.AppendUint16(b, tagOrientation)
	b = binary.BigEndian.AppendUint16(b, typeShort)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint16(b, uint16(o))
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint32(b, 0) // there is no other directory
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-2))
	return b
}

const pngBegin = "\x89PNG\r\n\x1a\n"

// stripPNG copies a PNG without its texts, time and Exif; nil when it is not built as it should be.
func stripPNG(data []byte) []byte {
	out := append(make([]byte, 0, len(data)), pngBegin...)
	for at := len(pngBegin); at+12 <= len(data); {
		size := uint64(binary.BigEndian.Uint32(data[at:])) + 12
		if size > uint64(len(data)-at) {
			return nil
		}
		chunk := data[at : at+int(size)]
		if crc32.ChecksumIEEE(chunk[4:size-4]) != binary.BigEndian.Uint32(chunk[size-4:]) {
			return nil
		}
		at += int(size)
		switch string(chunk[4:8]) {
		case "tEXt", "zTXt", "iTXt", "tIME", "eXIf":
		case "IEND":
			return append(out, chunk...)
		default:
			out = append(out, chunk...)
		}
	}
	return nil
}

// A WebP is a RIFF file: its kind, the size of the rest, and chunks, each with its kind and size, padded to an even length.
const (
	webpHead  = 12
	chunkHead = 8
	// The flags of the chunk VP8X that say that there is Exif, and XMP.
	webpExif = 0x08
	webpXMP  = 0x04
)

// stripWebP copies a WebP without its Exif and XMP; nil when it is not built as it should be.
func stripWebP(data []byte) []byte {
	size := uint64(binary.LittleEndian.Uint32(data[4:])) + chunkHead
	if size > uint64(len(data)) || size < webpHead {
		return nil
	}
	out := append(make([]byte, 0, len(data)), data[:webpHead]...)
	for rest := data[webpHead:size]; len(rest) > 0; {
		if len(rest) < chunkHead {
			return nil
		}
		size := uint64(binary.LittleEndian.Uint32(rest[4:])) + chunkHead
		size += size % 2
		if size > uint64(len(rest)) {
			return nil
		}
		chunk := rest[:size]
		rest = rest[size:]
		switch string(chunk[:4]) {
		case "EXIF", "XMP ":
		case "VP8X":
			if len(chunk) == chunkHead {
				return nil
			}
			out = append(out, chunk...)
			out[len(out)-len(chunk)+chunkHead] &^= webpExif | webpXMP
		default:
			out = append(out, chunk...)
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-chunkHead))
	return out
}
