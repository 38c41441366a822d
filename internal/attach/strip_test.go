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

// riff is a WebP of chunks, each a kind of four letters and data.
func riff(chunks ...string) []byte {
	var b []byte
	for _, c := range chunks {
		b = append(binary.LittleEndian.AppendUint32(append(b, c[:4]...), uint32(len(c)-4)), c[4:]...)
		if len(c)%2 == 1 {
			b = append(b, 0)
		}
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(b)+4)), append([]byte("WEBP"), b...)...)
}

// vp8x says what chunks follow, for a picture of 24 by 16.
func vp8x(flags byte) string { return "VP8X" + string([]byte{flags, 0, 0, 0, 23, 0, 0, 15, 0, 0}) }

const lossless = "VP8L\x2f\x17\xc0\x03\x00\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

// TestStripWebP takes out chunks, clears their flags and reckons the size anew; the picture, its colours and its
// transparency stay.
func TestStripWebP(t *testing.T) {
	for name, c := range map[string]struct{ data, want []byte }{
		"Exif and XMP":   {riff(vp8x(0x3c), "ICCPcolors", lossless, "EXIFGPS 31.2304 N", "XMP <x>GPS</x>"), riff(vp8x(0x30), "ICCPcolors", lossless)},
		"Exif, odd":      {riff(vp8x(0x08), lossless, "EXIFGPS"), riff(vp8x(0), lossless)},
		"behind the end": {append(riff(lossless), "GPS"...), riff(lossless)},
		"nothing":        {riff(vp8x(0x10), lossless), riff(vp8x(0x10), lossless)},
		"a plain one":    {riff(lossless), riff(lossless)},
		"moving":         {riff(vp8x(0x0a), "ANIM123456", "ANMFframe", "EXIFGPS!"), riff(vp8x(0x02), "ANIM123456", "ANMFframe")},
		"no flags":       {riff("VP8X", "EXIFGPS"), riff("VP8X", "EXIFGPS")},
	} {
		before := bytes.Clone(c.data)
		if got := Strip(c.data); !bytes.Equal(got, c.want) || Sniff(got) != Sniff(c.data) {
			t.Errorf("%s: %q %+v, want %q", name, got, Sniff(got), c.want)
		}
		if !bytes.Equal(c.data, before) {
			t.Errorf("%s: the input was changed", name)
		}
	}
	whole := riff(vp8x(0x08), lossless, "EXIFGPS")
	for n := range whole {
		if got := Strip(whole[:n]); !bytes.Equal(got, whole[:n]) {
			t.Fatalf("cut after %d bytes: changed", n)
		}
	}
}

// TestStripBrokenScans: fill between segments is allowed, and a JPEG that is cut within what is seen loses what stands before.
func TestStripBrokenScans(t *testing.T) {
	plain := photo(t)
	filled := append([]byte("\xff\xd8\xff\xff"), exif(binary.BigEndian, 6)...)
	filled = append(append(filled, "\xff\xff\xff"...), plain[2:]...)
	cut := with(plain, exif(binary.BigEndian, 1))
	cut = cut[:len(cut)-2]
	odd := with(plain, exif(binary.BigEndian, 1))
	odd = append(odd[:len(odd)-2], "\xff\x01\xff\xd9"...)
	for name, data := range map[string][]byte{"fill": filled, "no end": cut, "something else between scans": odd} {
		got := Strip(data)
		if bytes.Contains(got, []byte("GPS")) || len(got) >= len(data) {
			t.Errorf("%s: it still says where it was made", name)
		}
		seen(t, data, got)
		if again := Strip(got); !bytes.Equal(again, got) {
			t.Errorf("%s: a second time changes more", name)
		}
	}
	if got := Strip(cut); !bytes.Equal(got, plain[:len(plain)-2]) {
		t.Error("more than the place was taken out")
	}
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

// TestStripLeavesWhatIsBroken hands it pictures that are cut anywhere: they stay as they are, but for a JPEG that is cut in what
// is seen.
func TestStripLeavesWhatIsBroken(t *testing.T) {
	for _, data := range [][]byte{with(photo(t), exif(binary.BigEndian, 6)), inside(drawing(t), chunk("tEXt", "GPS"))} {
		scans := bytes.Index(data, []byte{0xff, jpegSOS, 0}) // and its size
		if scans < 0 {
			scans = len(data)
		}
		for n := range data {
			got := Strip(data[:n])
			if scan := n >= scans+14; !scan && !bytes.Equal(got, data[:n]) || scan && bytes.Contains(got, []byte("GPS")) {
				t.Fatalf("cut after %d bytes: %d", n, len(got))
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
	f.Add(riff(vp8x(0x0c), lossless, "EXIFGPS", "XMP GPS!"))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		got := Strip(data)
		if !bytes.Equal(data, before) {
			t.Fatal("the input was changed")
		}
		if len(got) > len(data) {
			t.Fatal("it grew")
		}
		if len(got) < len(data) && bytes.HasPrefix(got, []byte("RIFF")) && int(binary.LittleEndian.Uint32(got[4:])) != len(got)-8 {
			t.Fatal("the size of the WebP is wrong")
		}
		if !bytes.Equal(Strip(got), got) {
			t.Fatal("a second time changes more")
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height < 1<<16 {
			seen(t, data, got)
		}
	})
}
