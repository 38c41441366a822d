package sentiment

// Hashes of units that stand for a whole class.
const (
	hashNumber uint64 = 0x9e3779b97f4a7c15
	hashURL    uint64 = 0xc2b2ae3d27d4eb4f
	hashQuote  uint64 = 0x165667b19e3779f9
)

// hashString is FNV-1a with a finishing mix; the same on every machine.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finaliser of splitmix64 (Steele, Lea, Flood 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// join extends the hash of a sequence by one unit.
func join(h, next uint64) uint64 { return mix(h*0x9e3779b97f4a7c15 + next) }

// Hashes of characters and words that rules know.
var (
	hashNot = hashString("不")
	hashDe  = hashString("得")
	hashLe  = hashString("了")

	hashMa, hashMe, hashJiu, hashYao, hashYe = hashString("吗"), hashString("么"), hashString("就"), hashString("要"), hashString("也")

	hashYear, hashMonth = hashString("年"), hashString("月")

	hashOh, hashWow, hashWell, hashAh = hashString("oh"), hashString("wow"), hashString("well"), hashString("ah")
)
