package wire

import (
	"strings"

	"parley/hub"
)

// MaxID bounds the text of a request's id, in bytes between the quotes; it is sent back as it came.
const MaxID = 256

// maxRefused is how many elements of one batch may be no requests. A session ends after as many refusals
// in a minute, so that nobody is owed an answer for more; it keeps a frame of [0,0,0...] cheap.
const maxRefused = 1000

// A Request is one call of a client (JSON-RPC 2.0, section 4). Its slices alias the frame.
type Request struct {
	// ID is the raw JSON text of the id, for the answer: a string, a number, or null where the client
	// sent null. Nil when there is none: a notification, never answered unless Err says it is no request.
	ID     []byte
	Method string
	Params []byte // raw JSON object, nil when absent or null
	// Err says why this is no request (-32600), or that its params are not by name (-32602); Method and
	// Params are then not to be used. It may be shared: not to be changed.
	Err *hub.Error
}

// Answered reports whether the client expects an answer: notifications get none, not even for bad params;
// what is no request at all is answered with id null.
func (r *Request) Answered() bool {
	return r.ID != nil || r.Err != nil && r.Err.Code == hub.CodeInvalidRequest
}

// Decode appends to dst the requests of one frame: one, or those of a batch in their order. Each that is not
// well formed has Err set and does not harm the others; an empty batch yields one such. The error, a
// *hub.Error, means that the frame as a whole is refused, to be answered once with id null, and nothing was
// appended: CodeParse for what Check refuses, CodeInvalidRequest for a batch with over 1,000 elements that
// are no requests.
func Decode(dst []Request, frame []byte) ([]Request, error) {
	s := scanner{frame: frame}
	all := dst
	if s.space() == '[' {
		if all = s.batch(all); len(all) == len(dst) && s.fault == "" {
			return dst, errRefused
		}
	} else {
		all = append(all, s.request())
	}
	if !s.end() {
		return dst, s.err()
	}
	return all, nil
}

// batch appends the requests of an array; none at all when too many are refused.
func (s *scanner) batch(dst []Request) []Request {
	begun, before, refused := false, len(dst), 0
	for s.element(&begun) && s.fault == "" {
		r := s.request()
		if r.Err != nil {
			refused++
		}
		if refused <= maxRefused {
			dst = append(dst, r)
		}
	}
	switch {
	case refused > maxRefused:
		return dst[:before]
	case len(dst) == before:
		return append(dst, Request{Err: errEmptyBatch})
	}
	return dst
}

// An envelope is the members of a request as they were found.
type envelope struct{ version, id, method, params []byte }

func (s *scanner) request() Request {
	if s.space() != '{' {
		s.value()
		return Request{Err: errNoRequest}
	}
	var o members
	var e envelope
	for s.member(&o) {
		from := s.at
		if !s.value() {
			break
		}
		raw := s.frame[from:s.at]
		switch string(s.nameText(o.name)) {
		case "jsonrpc":
			e.version = raw
		case "id":
			e.id = raw
		case "method":
			e.method = raw
		case "params":
			e.params = raw
		}
	}
	if s.fault != "" {
		return Request{}
	}
	return e.open()
}

func (e *envelope) open() Request {
	if e.id != nil && !fitsID(e.id) {
		return Request{Err: errID}
	}
	r := Request{ID: e.id}
	switch {
	case string(e.version) != `"2.0"`:
		r.Err = errVersion
	case e.method == nil || e.method[0] != '"':
		r.Err = errMethod
	case e.params == nil || e.params[0] == 'n':
	case e.params[0] == '[':
		r.Err = errByPosition
	case e.params[0] != '{':
		r.Err = errParams
	default:
		r.Params = e.params
	}
	if r.Err == nil {
		r.Method = methodName(e.method[1 : len(e.method)-1])
	}
	return r
}

func fitsID(raw []byte) bool {
	switch raw[0] {
	case '"':
		return len(raw)-2 <= MaxID
	case '{', '[', 't', 'f':
		return false
	case 'n':
		return true
	default:
		return len(raw) <= MaxID
	}
}

func methodName(body []byte) string {
	if name, ok := interned[string(body)]; ok {
		return name
	}
	return string(unescape(nil, body))
}

// What is wrong with requests.
var (
	errNoRequest  = hub.Errorf(hub.CodeInvalidRequest, "a request must be an object")
	errEmptyBatch = hub.Errorf(hub.CodeInvalidRequest, "the batch is empty")
	errRefused    = hub.Errorf(hub.CodeInvalidRequest, "over %d elements of the batch are no requests", maxRefused)
	errVersion    = hub.Errorf(hub.CodeInvalidRequest, `jsonrpc must be "2.0"`)
	errID         = hub.Errorf(hub.CodeInvalidRequest, "id must be a number, null, or a string of at most %d bytes", MaxID)
	errMethod     = hub.Errorf(hub.CodeInvalidRequest, "method must be a string")
	errParams     = hub.Errorf(hub.CodeInvalidRequest, "params must be an object")
	errByPosition = hub.Errorf(hub.CodeInvalidParams, "params must be an object: they go by name, not by position")
)

// maxShown bounds what is repeated of a client's own text in an error, in bytes.
const maxShown = 64

// UnknownMethod is the refusal of a method that does not exist (-32601).
func UnknownMethod(name string) *hub.Error {
	if len(name) > maxShown {
		name = strings.ToValidUTF8(name[:maxShown], "") + "..."
	}
	return hub.Errorf(hub.CodeUnknownMethod, "method %q is not known", name)
}
