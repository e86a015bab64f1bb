package postgres

import (
	"encoding/base64"
	"strconv"
	"strings"

	"parley/hub"
)

// Page tokens are opaque to clients: the key of the last row of a page, a number and for some lists a sid.

func makeToken(number int64, sid hub.ConversationSID) string {
	text := strconv.FormatInt(number, 36)
	if sid != "" {
		text += "." + string(sid)
	}
	return "PT" + base64.RawURLEncoding.EncodeToString([]byte(text))
}

var errToken = hub.Errorf(hub.CodePageToken, "the page token is not one that this server made")

// parseToken reads a token, with or without a sid; "" stands for the beginning.
func parseToken(token string, withSID bool) (number int64, sid hub.ConversationSID, err error) {
	if token == "" {
		return 0, "", nil
	}
	rest, ok := strings.CutPrefix(token, "PT")
	text, err := base64.RawURLEncoding.DecodeString(rest)
	if !ok || err != nil {
		return 0, "", errToken
	}
	first, second, has := strings.Cut(string(text), ".")
	sid = hub.ConversationRef(second).SID()
	if number, err = strconv.ParseInt(first, 36, 64); err != nil || has != withSID || withSID && sid == "" {
		return 0, "", errToken
	}
	return number, sid, nil
}
