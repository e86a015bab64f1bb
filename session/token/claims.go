package token

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxIdentity is how many code points an identity may have.
const MaxIdentity = 256

// latestTime is the last second of the year 9999, beyond which RFC 3339 has no times.
const latestTime = 253402300799

// Claims is what an accepted token says.
type Claims struct {
	// Identity is who the bearer is: 1 to MaxIdentity code points of UTF-8, U+0000 and U+FFFD not among them.
	Identity string
	// ServiceSID is the service (IS...) of the chat grant; "" stands for the default one. Whether there is such a
	// service is for others to find out.
	ServiceSID string
	// ExpiresAt is exp, in UTC: from then on the token is worth nothing. Never zero.
	ExpiresAt time.Time
	// IssuedAt is iat, in UTC; zero when the token has none.
	IssuedAt time.Time
	// Issuer is iss: an API key SID, or the configured issuer of the JWKS.
	Issuer string
	// ID is jti; "" when the token has none.
	ID string
	// PushCredentialSID is the push credential (CR...) of the chat grant, or "".
	PushCredentialSID string
}

// payload is the claims of a token as JSON has them. A map rather than a struct, because encoding/json fills the
// fields of a struct from names in any letter case, and another claim could pass for one of ours.
type payload map[string]any

// times checks exp, nbf and iat against now (RFC 7519 section 4.1), and gives what is alike in all tokens.
func (p payload) times(now time.Time) (Claims, error) {
	exp, okExp := p.time("exp")
	nbf, okNbf := p.time("nbf")
	iat, okIat := p.time("iat")
	switch {
	case !okExp || !okNbf || !okIat:
		return Claims{}, refused("access token has a time (exp, nbf, iat) that is not one")
	case exp.IsZero():
		return Claims{}, refused("access token does not expire (exp is missing)")
	case nbf.After(now.Add(Leeway)):
		return Claims{}, refused("access token is not valid yet (nbf)")
	case iat.After(now.Add(Leeway)):
		return Claims{}, refused("access token is from the future (iat)")
	case !now.Before(exp):
		return Claims{}, &Error{Code: CodeExpired, Msg: "access token has expired"}
	}
	iss, _ := p["iss"].(string)
	jti, _ := p["jti"].(string)
	return Claims{ExpiresAt: exp, IssuedAt: iat, Issuer: iss, ID: jti}, nil
}

// time reads a NumericDate: seconds since 1970, with or without a fraction. Absent is the zero time. ok is false
// for what is no number, or a date before 1970 or after 9999.
func (p payload) time(name string) (t time.Time, ok bool) {
	if p[name] == nil {
		return time.Time{}, true
	}
	number, isNumber := p[name].(json.Number)
	if !isNumber {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil || !(seconds >= 0 && seconds <= latestTime) {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), true
}

// object reads a claim that is an object; absent or null it is empty.
func (p payload) object(name string) (payload, error) {
	if p[name] == nil {
		return nil, nil
	}
	inner, ok := p[name].(map[string]any)
	if !ok {
		return nil, refused("access token has grants that are not an object")
	}
	return inner, nil
}

// grants reads who the token is for into c; otherwise is the identity when the grants name none.
func (p payload) grants(c *Claims, otherwise any) error {
	grants, err := p.object("grants")
	if err != nil {
		return err
	}
	identity := grants["identity"]
	if identity == nil {
		identity = otherwise
	}
	if c.Identity, err = readIdentity(identity); err != nil {
		return err
	}
	return grants.chat(c)
}

// chat reads the chat grant out of the grants into c. It was called ip_messaging once.
func (p payload) chat(c *Claims) error {
	name := "chat"
	if p[name] == nil {
		name = "ip_messaging"
	}
	grant, err := p.object(name)
	if err != nil {
		return err
	}
	var okService, okPush bool
	c.ServiceSID, okService = grant.optionalText("service_sid")
	c.PushCredentialSID, okPush = grant.optionalText("push_credential_sid")
	if !okService || !okPush {
		return refused("access token has a chat grant with a sid that is not text")
	}
	return nil
}

// optionalText reads text; absent or null it is "". ok is false for everything else.
func (p payload) optionalText(name string) (text string, ok bool) {
	if p[name] == nil {
		return "", true
	}
	text, ok = p[name].(string)
	return text, ok
}

// readIdentity reads an identity; a number stands for its digits, as applications use the keys of their tables.
func readIdentity(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", refused("access token names no identity")
	case string:
		return value, checkIdentity(value)
	case json.Number:
		return value.String(), checkIdentity(value.String())
	}
	return "", refused("access token has an identity that is not text")
}

// checkIdentity holds an identity to its rules. U+FFFD is refused because it is what decoders leave in the place of
// bytes that are not UTF-8: two identities that differ only there would become one.
func checkIdentity(identity string) error {
	switch {
	case identity == "":
		return refused("identity is empty")
	case !utf8.ValidString(identity) || strings.ContainsRune(identity, utf8.RuneError):
		return refused("identity is not valid UTF-8")
	case strings.IndexByte(identity, 0) >= 0:
		return refused("identity holds U+0000")
	case utf8.RuneCountInString(identity) > MaxIdentity:
		return refused("identity is longer than 256 characters")
	}
	return nil
}
