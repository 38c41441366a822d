package all_test

import (
	"os"
	"slices"
	"testing"

	"huiyin/channels/all"
)

// notAdapters are the folders beside the adapters.
var notAdapters = []string{"all", "channelstest", "testdata"}

func TestNoFolderIsForgotten(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders, drivers []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(notAdapters, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	for _, d := range all.Drivers() {
		drivers = append(drivers, d.Name)
	}
	if !slices.Equal(folders, drivers) {
		t.Errorf("folders of channels/: %v, drivers listed by name: %v: add the missing line to all.go", folders, drivers)
	}
}
