package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/hub"
)

// mostBody bounds a request's body: the longest message with the longest attributes, every byte of them escaped, twice over.
const mostBody = 256 << 10

// form is what a request's parameters were sent as.
func form(w http.ResponseWriter, r *http.Request, o *operation) (url.Values, error) {
	raw, err := body(w, r)
	if err != nil {
		return nil, err
	}
	encoded := r.URL.RawQuery
	if o.takesBody() {
		if encoded = string(raw); encoded != "" && !isForm(r) {
			return nil, &problem{status: http.StatusUnsupportedMediaType, code: codeMedia, msg: "the body must be application/x-www-form-urlencoded"}
		}
	}
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, hub.Errorf(hub.CodeInvalidParams, "the parameters are not form-encoded: %v", err)
	}
	return values, nil
}

func isForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded"
}

// body reads what a request carries. From then on nothing limits how long it takes to answer but the operation.
func body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &problem{status: http.StatusRequestEntityTooLarge, code: codeTooLarge, msg: "the request's body is too large"}
	}
	if err != nil {
		return nil, &problem{status: http.StatusRequestTimeout, code: codeIncomplete, msg: "the request did not come whole", err: err}
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{}) //nolint:errcheck // where it cannot be set there is none
	return b, nil
}

// understand reads an operation's parameters out of a form. Whatever else is in it is ignored.
func (o *operation) understand(sent url.Values) (map[string]any, error) {
	values := map[string]any{}
	for i := range o.params {
		p := &o.params[i]
		all, given := sent[p.name]
		if p.required != 0 && (!given || slices.Contains(all, "")) {
			return nil, p.missing()
		}
		if !given {
			continue
		}
		if !slices.ContainsFunc(all, unstorable) {
			value, err := p.read(all)
			if err != nil {
				return nil, err
			}
			values[p.name] = value
			continue
		}
		return nil, hub.Errorf(hub.CodeInvalidParams, "%s holds text that is not valid UTF-8, or U+0000", p.name)
	}
	return values, nil
}

// unstorable reports whether no store would keep a text (rule R8).
func unstorable(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }
