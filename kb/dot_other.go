//go:build !amd64

package kb

// dot is the sum of the products of two rows of one length.
func dot(a, b []int8) int32 { return dotOne(a, b) }
