package hub

import (
	"strings"
	"unicode/utf8"
)

// checkText refuses what no engine can keep: invalid UTF-8 and U+0000 (rule R8).
func checkText(field, s string) error {
	if !utf8.ValidString(s) {
		return Errorf(CodeInvalidParams, "%s is not valid UTF-8", field)
	}
	if strings.IndexByte(s, 0) >= 0 {
		return Errorf(CodeInvalidParams, "%s holds U+0000, which is not allowed", field)
	}
	return nil
}

// checkLength refuses text that cannot be kept or has too many code points.
func checkLength(code Code, field, s string, limit int) error {
	if err := checkText(field, s); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(s); limit > 0 && n > limit {
		return Errorf(code, "%s has %d characters, at most %d are allowed", field, n, limit)
	}
	return nil
}

// checkIdentity holds an identity to its rules: some text, not too long, not shaped like a sid.
func checkIdentity(identity string, limits *Limits) error {
	if identity == "" {
		return Errorf(CodeIdentityMissing, "identity is missing")
	}
	if looksLikeAnySID(identity) {
		return Errorf(CodeIdentityIsSID, "identity must not have the form of a sid")
	}
	return checkLength(CodeIdentityLong, "identity", identity, limits.Identity)
}

// checkUniqueName holds a unique name to its rules; "" stands for none.
func checkUniqueName(name string, limits *Limits) error {
	if looksLikeSID(name, "CH") {
		return Errorf(CodeUniqueNameIsSID, "unique_name must not have the form of a conversation sid")
	}
	return checkLength(CodeUniqueNameLong, "unique_name", name, limits.UniqueName)
}

// checkNonce bounds a nonce, which is bytes to us.
func checkNonce(nonce string, limits *Limits) error {
	if limits.Nonce > 0 && len(nonce) > limits.Nonce {
		return Errorf(CodeNonce, "nonce is %d bytes long, at most %d are allowed", len(nonce), limits.Nonce)
	}
	return checkText("nonce", nonce)
}

// ParseBinding tells the channel of a pair of addresses and refuses what no carrier could reach: a phone
// number is E.164 (`+` and up to 15 digits, no leading zero), with `whatsapp:` before it on both sides for
// WhatsApp; anything with an `@` is e-mail.
func ParseBinding(proxy, address string, limits *Limits) (*Binding, error) {
	kind, err := parseAddress(CodeAddressInvalid, "address", address, limits)
	if err != nil {
		return nil, err
	}
	proxyKind, err := parseAddress(CodeProxyInvalid, "proxy_address", proxy, limits)
	if err != nil {
		return nil, err
	}
	if kind != proxyKind {
		return nil, Errorf(CodeChannelsDiffer, "address is of channel %s, proxy_address of %s; they must be alike", kind, proxyKind)
	}
	if address == proxy {
		return nil, Errorf(CodeAddressIsProxy, "address and proxy_address are the same")
	}
	return &Binding{Kind: kind, Address: address, ProxyAddress: proxy}, nil
}

func parseAddress(code Code, field, s string, limits *Limits) (Kind, error) {
	if err := checkLength(code, field, s, limits.Identity); err != nil {
		return "", err
	}
	if number, ok := strings.CutPrefix(s, "whatsapp:"); ok && isPhone(number) {
		return KindWhatsApp, nil
	}
	if isPhone(s) {
		return KindSMS, nil
	}
	if at := strings.LastIndexByte(s, '@'); at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \t\r\n") {
		return KindEmail, nil
	}
	return "", Errorf(code, "%s %q is neither a phone number (+ and up to 15 digits), whatsapp: with one, nor an e-mail address", field, s)
}

// isPhone reports whether s is an E.164 number: ^\+[1-9]\d{1,14}$.
func isPhone(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for _, c := range []byte(s[1:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// summary is the LastMessage of m.
func summary(m *Message) *LastMessage {
	if m == nil {
		return nil
	}
	return &LastMessage{Index: m.Index, DateCreated: m.DateCreated, Author: m.Author, Body: Excerpt(m.Body)}
}

// Excerpt cuts a body to what a LastMessage shows of it, at a code point.
func Excerpt(body string) string {
	if len(body) <= LastMessageBytes {
		return body
	}
	cut := LastMessageBytes
	for cut > 0 && !utf8.RuneStart(body[cut]) {
		cut--
	}
	return body[:cut]
}
