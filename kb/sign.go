package kb

import "math/bits"

// sign tells on which side of each axis a vector lies, for its first 128 dimensions. The share of signs in which two
// vectors differ grows with the angle between them (Charikar 2002), and costs a fiftieth of the cosine.
type sign [2]uint64

func signOf(v []int8) sign {
	var s sign
	for i, x := range v[:min(len(v), 128)] {
		if x > 0 {
			s[i/64] |= 1 << (i % 64)
		}
	}
	return s
}

// apart is in how many dimensions two signs differ.
func (s sign) apart(other sign) int {
	return bits.OnesCount64(s[0]^other[0]) + bits.OnesCount64(s[1]^other[1])
}

// signLimit is how many of many wordings are compared by their vectors, after the signs of all.
const signLimit = 2000

// nearest are the signLimit wordings whose signs are nearest, and those as near as the last of them, in their order.
func nearest(list []lone, to sign) []lone {
	if len(list) <= 2*signLimit {
		return list
	}
	var count [129]int
	apart := make([]uint8, len(list))
	for i := range list {
		n := list[i].sign.apart(to)
		apart[i] = uint8(n)
		count[n]++
	}
	limit, sum := 0, 0
	for ; sum < signLimit; limit++ {
		sum += count[limit]
	}
	out := make([]lone, 0, sum)
	for i, n := range apart {
		if int(n) < limit {
			out = append(out, list[i])
		}
	}
	return out
}
