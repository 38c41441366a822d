package kb

// dotOne is dot value by value.
func dotOne(a, b []int8) int32 {
	b = b[:len(a)]
	var even, odd int32 // so that neither waits for the other
	i := 0
	for ; i+4 <= len(a); i += 4 {
		even += int32(a[i])*int32(b[i]) + int32(a[i+2])*int32(b[i+2])
		odd += int32(a[i+1])*int32(b[i+1]) + int32(a[i+3])*int32(b[i+3])
	}
	for ; i < len(a); i++ {
		even += int32(a[i]) * int32(b[i])
	}
	return even + odd
}
