package kb

// blockLen is how many values dotBlocks takes at a time.
const blockLen = 16

// dotBlocks adds up the products of as many blocks; SSE2, which every amd64 processor has. Whole numbers: the same sum as dotOne's.
//
//go:noescape
func dotBlocks(a, b *int8, blocks int) int32

// dot is the sum of the products of two rows of one length.
func dot(a, b []int8) int32 {
	n := len(a) / blockLen
	if n == 0 {
		return dotOne(a, b)
	}
	return dotBlocks(&a[0], &b[:len(a)][0], n) + dotOne(a[n*blockLen:], b[n*blockLen:])
}
