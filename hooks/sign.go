package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a call.
const (
	HeaderEvent     = "Huiyin-Event"     // the Kind
	HeaderDelivery  = "Huiyin-Delivery"  // the same for every attempt at one event: by it, what comes twice is known
	HeaderAttempt   = "Huiyin-Attempt"   // from 1
	HeaderTimestamp = "Huiyin-Timestamp" // Unix seconds of the attempt
	HeaderSignature = "Huiyin-Signature" // see Sign
)

// scheme begins a signature, so that a better one may stand beside it one day.
const scheme = "v1="

// ErrSignature means that a call does not come from who knows the secret, or comes too late.
var ErrSignature = errors.New("hooks: the signature is not valid")

// Sign is the value of HeaderSignature: "v1=" and the HMAC-SHA256, in hexadecimal digits, of the timestamp in decimal
// digits, a full stop, and the body as it is.
func Sign(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.", at.Unix())
	mac.Write(body)
	return scheme + hex.EncodeToString(mac.Sum(nil))
}

// Verify is for receivers written in Go: it returns nil when a call was signed with the secret and its timestamp is no
// further than tolerance from now. What is repeated within the tolerance is told by HeaderDelivery.
func Verify(secret string, header http.Header, body []byte, now time.Time, tolerance time.Duration) error {
	seconds, err := strconv.ParseInt(header.Get(HeaderTimestamp), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: no timestamp", ErrSignature)
	}
	at := time.Unix(seconds, 0)
	if far := now.Sub(at).Abs(); far > tolerance {
		return fmt.Errorf("%w: the timestamp is %s off", ErrSignature, far)
	}
	for got := range strings.SplitSeq(header.Get(HeaderSignature), ",") {
		if hmac.Equal([]byte(strings.TrimSpace(got)), []byte(Sign(secret, at, body))) {
			return nil
		}
	}
	return ErrSignature
}
