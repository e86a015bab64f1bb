package rest

import "net/http"

// What pages of other origins may send and see: as Twilio's gateway lets them. Pages have no account's secret, so little is
// there for them to ask; what cannot be told to everybody takes a token.
const (
	shareMethods = "GET, POST, DELETE, OPTIONS"
	shareHeaders = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Match, " +
		"If-Unmodified-Since, Range, X-Twilio-Token, X-Twilio-Webhook-Enabled"
	shareExposed = "Accept-Ranges, Content-Range, ETag, Idempotent-Replayed, Location, Retry-After, Twilio-Request-Id"
	shareSeconds = "86400" // that a browser may remember this
)

// share tells browsers what pages may do, and reports whether that was all they asked.
func share(w http.ResponseWriter, r *http.Request) (done bool) {
	h := w.Header()
	if r.Header.Get("Origin") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", shareExposed)
	if r.Method != http.MethodOptions {
		return false
	}
	h.Set("Access-Control-Allow-Methods", shareMethods)
	h.Set("Access-Control-Allow-Headers", shareHeaders)
	h.Set("Access-Control-Max-Age", shareSeconds)
	w.WriteHeader(http.StatusNoContent)
	return true
}
