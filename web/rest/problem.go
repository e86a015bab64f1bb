package rest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parley/hub"
)

// Codes that the hub has no use for. The first three and codeInternal are Twilio's, the others follow their rule.
const (
	codeParams     = 20001
	codeMethod     = 20004
	codeIncomplete = 20408
	codeTooLarge   = 20413
	codeMedia      = 20415
	codeInternal   = 20500
)

// moreInfo is where codes are explained: most are Twilio's.
const moreInfo = "https://www.twilio.com/docs/errors/"

// problem is a failure as it is told over HTTP.
type problem struct {
	status int
	code   int
	msg    string
	allow  string // methods that the path has
	retry  int    // seconds to wait, 0 for no advice
	err    error  // the cause, for the log alone
}

func (p *problem) Error() string {
	if p.err != nil {
		return p.msg + ": " + p.err.Error()
	}
	return p.msg
}

func (p *problem) Unwrap() error { return p.err }

// absent is what nothing, and what is nobody's business, look like.
func absent(path string) *hub.Error {
	return hub.Errorf(hub.CodeNotFound, "The requested resource %s was not found", strings.TrimPrefix(path, "/v1"))
}

// absences are what something that a path names is answered with where it is not there. Over REST all are the same, as Twilio
// has it: whoever asks must not learn which part of the path is wrong.
var absences = []hub.Code{
	hub.CodeNotFound, hub.CodeServiceAbsent, hub.CodeConversationAbsent, hub.CodeParticipantAbsent, hub.CodeMessageAbsent,
	hub.CodeUserAbsent, hub.CodeReceiptAbsent, hub.CodeWebhookAbsent,
}

// problemOf is an error as it is told. Codes of JSON-RPC mean nothing here.
func problemOf(r *http.Request, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	e := hub.AsError(err)
	if slices.Contains(absences, e.Code) {
		e = absent(r.URL.EscapedPath())
	}
	p := &problem{status: e.Code.Info().Status, code: int(e.Code), msg: e.Msg, retry: int(math.Ceil(e.RetryAfter.Seconds()))}
	switch {
	case e.Code == hub.CodeInternal:
		p.code = codeInternal
	case e.Code < 0:
		p.code = codeParams
	}
	return p
}

// refuse answers with an error, and tells with which status.
func refuse(w http.ResponseWriter, r *http.Request, err error) (status int) {
	p := problemOf(r, err)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Parley", charset="UTF-8"`)
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	w.WriteHeader(p.status)
	json.NewEncoder(w).Encode(struct { //nolint:errcheck // the asker went away
		Code     int    `json:"code"`
		Message  string `json:"message"`
		MoreInfo string `json:"more_info"`
		Status   int    `json:"status"`
	}{p.code, p.msg, moreInfo + strconv.Itoa(p.code), p.status})
	return p.status
}

// newRequestID is the name of a request, of the form that Twilio gives.
func newRequestID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: it crashes the process instead
	return "RQ" + hex.EncodeToString(b)
}
