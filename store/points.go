package store

// Point names a moment at which a process may die. Tests kill it at each of them; see Options.At of the back ends.
type Point string

// The moments that matter: between any two of them, what is on the disk has changed.
const (
	PointHandedOver    Point = "write.handed_over" // a batch is about to be written
	PointApplied       Point = "write.applied"     // it is written in memory, not on the disk
	PointCommitted     Point = "write.committed"   // it is on the disk, its callers do not know yet
	PointScrubCopied   Point = "scrub.copied"      // the file is copied without what was erased
	PointScrubReplaced Point = "scrub.replaced"    // the copy has taken its place
	PointBackupWritten Point = "backup.written"    // the copy is whole, and not handed out yet
	PointRestoreCopied Point = "restore.copied"    // the backup is copied and verified, and not in its place yet
	PointRestoreKept   Point = "restore.kept"      // the replaced file has its second name
	PointRestored      Point = "restore.done"      // the backup is in its place
)

// Points are all of them.
func Points() []Point {
	return []Point{
		PointHandedOver, PointApplied, PointCommitted, PointScrubCopied, PointScrubReplaced, PointBackupWritten,
		PointRestoreCopied, PointRestoreKept, PointRestored,
	}
}
