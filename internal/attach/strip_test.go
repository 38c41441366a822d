package attach

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// picture is something that can be seen.
func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 24, 16))
	for x := range 24 {
		for y := range 16 {
			m.Set(x, y, color.RGBA{uint8(x * 10), uint8(y * 15), 128, 255})
		}
	}
	return m
}

func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func drawing(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment is a segment of a JPEG.
func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// exif is an Exif segment of either byte order with an orientation, and with where the picture was made.
func exif(order binary.AppendByteOrder, o int) []byte {
	b := []byte(exifBegin + "II*\x00")
	if order.String() == "BigEndian" {
		b = []byte(exifBegin + "MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][3]int{{0x0100, 4, 24}, {tagOrientation, typeShort, o}} {
		b = order.AppendUint16(b, uint16(e[0]))
		b = order.AppendUint16(b, uint16(e[1]))
		b = order.AppendUint32(b, 1)
		if e[1] == typeShort {
			b = order.AppendUint16(order.AppendUint16(b, uint16(e[2])), 0)
		} else {
			b = order.AppendUint32(b, uint32(e[2]))
		}
	}
	b = order.AppendUint32(b, 0)
	return segment(jpegAPP1, string(b)+"GPS 31.2304 N 121.4737 E")
}

// with puts segments behind the beginning of a JPEG.
func with(data []byte, segments ...[]byte) []byte {
	return append(append(bytes.Clone(data[:2]), bytes.Join(segments, nil)...), data[2:]...)
}

// chunk is a chunk of a PNG.
func chunk(kind, data string) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// inside puts chunks behind the header of a PNG.
func inside(data []byte, chunks ...[]byte) []byte {
	const header = 8 + 25
	return append(append(bytes.Clone(data[:header]), bytes.Join(chunks, nil)...), data[header:]...)
}

func TestStrip(t *testing.T) {
	plain, drawn := photo(t), drawing(t)
	color := segment(0xe2, "ICC_PROFILE\x00\x01\x01 a profile")
	for name, c := range map[string]struct {
		data        []byte
		orientation int
		same        bool
	}{
		"a plain photo":          {plain, 0, true},
		"a place":                {with(plain, exif(binary.BigEndian, 1)), 0, false},
		"on its side":            {with(plain, exif(binary.BigEndian, 6)), 6, false},
		"on its side, Intel":     {with(plain, exif(binary.LittleEndian, 8)), 8, false},
		"two of them":            {with(plain, exif(binary.BigEndian, 3), exif(binary.LittleEndian, 6)), 3, false},
		"nonsense orientation":   {with(plain, exif(binary.BigEndian, 9)), 0, false},
		"XMP, IPTC and comments": {with(plain, segment(jpegAPP1, "http://ns.adobe.com/xap/1.0/\x00GPS 31.2304 N"), segment(jpegIPTC, "Photoshop GPS"), segment(jpegCOM, "GPS")), 0, false},
		"behind the end":         {append(bytes.Clone(plain), "GPS of a second picture"...), 0, false},
		"only colours":           {with(plain, color), 0, true},
		"a plain drawing":        {drawn, 0, true},
		"texts": {inside(drawn, chunk("tEXt", "Comment\x00GPS"), chunk("iTXt", "XML:com.adobe.xmp\x00GPS"), chunk("zTXt", "GPS"), chunk("eXIf", "GPS"), chunk("tIME", "1234567"), chunk("gAMA", "\x00\x00\xb1\x8f")),
			0, false},
		"a drawing's tail": {append(bytes.Clone(drawn), "GPS"...), 0, false},
		"text":             {[]byte("GPS"), 0, true}, "nothing": {nil, 0, true}, "GIF": {[]byte("GIF89a GPS"), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := Strip(c.data)
			if bytes.Equal(got, c.data) != c.same {
				t.Fatalf("%d bytes of %d", len(got), len(c.data))
			}
			if !c.same && bytes.Contains(got, []byte("GPS")) {
				t.Error("it still says where it was made")
			}
			if Sniff(got) != Sniff(c.data) {
				t.Errorf("%+v, was %+v", Sniff(got), Sniff(c.data))
			}
			seen(t, c.data, got)
			if bytes.HasPrefix(got, []byte("\xff\xd8")) && !c.same {
				o := 0
				if at := bytes.Index(got, []byte(exifBegin)); at >= 0 {
					o = orientation(got[at:])
				}
				if o != c.orientation {
					t.Errorf("orientation %d, want %d", o, c.orientation)
				}
			}
		})
	}
	if got := Strip(with(plain, color, exif(binary.BigEndian, 1))); !bytes.Equal(got, with(plain, color)) {
		t.Error("the colours were not kept")
	}
}

// TestStripLeavesWhatIsBroken hands it pictures that are cut anywhere: they stay as they are, or lose what is to go.
func TestStripLeavesWhatIsBroken(t *testing.T) {
	for _, data := range [][]byte{with(photo(t), exif(binary.BigEndian, 6)), inside(drawing(t), chunk("tEXt", "GPS"))} {
		for n := range data {
			if got := Strip(data[:n]); !bytes.Equal(got, data[:n]) {
				t.Fatalf("cut after %d bytes: changed", n)
			}
		}
	}
	wrong := inside(drawing(t), chunk("tEXt", "GPS"))
	wrong[40] ^= 1
	if got := Strip(wrong); !bytes.Equal(got, wrong) {
		t.Error("a wrong checksum: changed")
	}
}

// seen compares what two files show.
func seen(t *testing.T, before, after []byte) {
	t.Helper()
	a, _, errA := image.Decode(bytes.NewReader(before))
	b, _, errB := image.Decode(bytes.NewReader(after))
	if (errA == nil) != (errB == nil) {
		t.Fatalf("decoded: %v, was %v", errB, errA)
	}
	if errA != nil {
		return
	}
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%v, was %v", b.Bounds(), a.Bounds())
	}
	for x := range a.Bounds().Dx() {
		for y := range a.Bounds().Dy() {
			if a.At(x, y) != b.At(x, y) {
				t.Fatalf("another colour at %d, %d", x, y)
			}
		}
	}
}

// FuzzStrip holds that what is seen stays, that nothing grows, and that doing it twice changes nothing.
func FuzzStrip(f *testing.F) {
	f.Add(with(photo(f), exif(binary.BigEndian, 6), segment(jpegCOM, "GPS")))
	f.Add(with(photo(f), exif(binary.LittleEndian, 3)))
	f.Add(inside(drawing(f), chunk("tEXt", "GPS")))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		got := Strip(data)
		if !bytes.Equal(data, before) {
			t.Fatal("the input was changed")
		}
		if len(got) > len(data) {
			t.Fatal("it grew")
		}
		if !bytes.Equal(Strip(got), got) {
			t.Fatal("a second time changes more")
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height < 1<<16 {
			seen(t, data, got)
		}
	})
}
