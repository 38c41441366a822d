package bot_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"huiyin/bot"
	"huiyin/store/mem"
)

// TestPicturesLoseTheirPlace takes a photo that says where it was made.
func TestPicturesLoseTheirPlace(t *testing.T) {
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	photo := append([]byte("\xff\xd8\xff\xe1\x00\x1eExif\x00\x00GPS 31.2304N 121.4737E"), plain.Bytes()[2:]...)
	store := mem.New(mem.Options{})
	f, err := bot.NewFiles(store, bot.FileRules{}).Take(t.Context(), "web", "t", "photo.jpg", bytes.NewReader(photo))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.FileData(t.Context(), "web", "t", f.ID)
	if err != nil || !bytes.Equal(kept, plain.Bytes()) || f.Size != int64(len(kept)) || !f.Shown() {
		t.Errorf("%+v, %d bytes of %d, %v", f, len(kept), len(photo), err)
	}
}
