package sqlite

import (
	"encoding/base64"
	"strconv"
	"strings"

	"parley/hub"
)

// Page tokens are opaque to clients: the key of the last row of a page.

func makeToken(keys ...int64) string {
	words := make([]string, len(keys))
	for i, k := range keys {
		words[i] = strconv.FormatInt(k, 36)
	}
	return "PT" + base64.RawURLEncoding.EncodeToString([]byte(strings.Join(words, ".")))
}

var errToken = hub.Errorf(hub.CodePageToken, "the page token is not one that this server made")

// parseToken reads a token of n keys; "" stands for zeros.
func parseToken(token string, n int) ([]int64, error) {
	keys := make([]int64, n)
	if token == "" {
		return keys, nil
	}
	rest, ok := strings.CutPrefix(token, "PT")
	text, err := base64.RawURLEncoding.DecodeString(rest)
	words := strings.Split(string(text), ".")
	if !ok || err != nil || len(words) != n {
		return nil, errToken
	}
	for i, w := range words {
		if keys[i], err = strconv.ParseInt(w, 36, 64); err != nil {
			return nil, errToken
		}
	}
	return keys, nil
}
