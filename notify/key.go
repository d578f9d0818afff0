package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/cardea-access/cardea"
)

// leastKey is how many bytes a key has at least: 192 bits, as the specification wants.
const leastKey = 24

// keyPrefix is what a key begins with that is written in base64.
const keyPrefix = "whsec_"

// Key reads a secret: whsec_ and base64, or any text of enough bytes. Errors: Rejected; the secret is not in them.
func Key(secret string) ([]byte, error) {
	key := []byte(secret)
	if text, encoded := strings.CutPrefix(secret, keyPrefix); encoded {
		var err error
		if key, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "=")); err != nil {
			return nil, cardea.Errorf(cardea.Rejected, "what follows %s is no base64; make a secret with: "+
				"openssl rand -base64 32", keyPrefix)
		}
	}
	if len(key) < leastKey {
		return nil, cardea.Errorf(cardea.Rejected, "the secret has %d bytes, and signs nothing with fewer than %d; make one with: "+
			"openssl rand -base64 32", len(key), leastKey)
	}
	return key, nil
}

// sign is the value of the header webhook-signature.
func sign(key []byte, id string, at int64, body []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + strconv.FormatInt(at, 10) + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
