package rest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/hub"
)

// A param is one parameter of an operation. What is not in the table is ignored, as Twilio does.
type param struct {
	name     string // as Twilio's: nested ones with dots
	kind     kind
	about    string   // one sentence, for the document
	required hub.Code // of the error where it is missing or empty; 0: it may be
	refused  hub.Code // of the error where it is not of its kind; 0: 20001
	values   []string // the only ones, compared without regard to case where fold is set; none: any
	fold     bool
	null     bool     // an empty value, or the word null, takes away what was there
	prefix   string   // of a sid
	most     int      // of a list: entries, 0: 100. Of text: characters, of JSON bytes; the hub refuses more, the document says so
	long     hub.Code // of the hub's error where text has more than most
}

// usual are the limits that documents tell of: those of a hub with no other settings.
var usual = hub.DefaultLimits()

// A kind says how the text of a parameter is understood.
type kind int

const (
	text     kind = iota
	texts         // may be given again and again
	number        // a whole number
	flag          // true or false
	moment        // RFC 3339, or a day
	duration      // ISO 8601
	jsonText      // JSON, as text
	sid           // two letters and 32 hex digits
)

// mostOfList bounds lists whose parameter does not.
const mostOfList = 100

// read is the parameter's value out of what was sent for it: a string, []string, int64, bool, time.Time, time.Duration, or nil
// for null.
func (p *param) read(sent []string) (any, error) {
	if p.kind == texts {
		return p.list(sent)
	}
	s := sent[0]
	if p.null && (s == "" || s == "null") {
		return nil, nil
	}
	if err := p.among(s); err != nil {
		return nil, err
	}
	value, wants := p.parse(s)
	if wants != "" {
		return nil, p.wrong(wants)
	}
	return value, nil
}

func (p *param) list(sent []string) (any, error) {
	most := p.most
	if most == 0 {
		most = mostOfList
	}
	if len(sent) > most {
		return nil, p.wrong(fmt.Sprintf("may be given %d times at most", most))
	}
	for _, s := range sent {
		if err := p.among(s); err != nil {
			return nil, err
		}
	}
	return sent, nil
}

// among refuses a value that is none of the only ones.
func (p *param) among(s string) error {
	if len(p.values) == 0 || slices.ContainsFunc(p.values, func(v string) bool {
		return v == s || p.fold && strings.EqualFold(v, s)
	}) {
		return nil
	}
	return p.wrong("must be one of " + strings.Join(p.values, ", "))
}

// parse understands a value, or says what it wants instead.
func (p *param) parse(s string) (value any, wants string) {
	var err error
	switch p.kind {
	case number:
		value, err = strconv.ParseInt(s, 10, 64)
		wants = "must be a whole number"
	case flag:
		value, err = strconv.ParseBool(strings.ToLower(s))
		wants = "must be true or false"
	case moment:
		value, err = parseDate(s)
		wants = "must be a date as 2015-12-16T22:18:37Z or 2015-12-16"
	case duration:
		value, err = parseDuration(s)
		wants = "must be a duration as PT5M or P1DT2H"
	case jsonText:
		if !json.Valid([]byte(s)) {
			return nil, "must be JSON"
		}
		return s, ""
	case sid:
		if !hub.IsSID(s, p.prefix) {
			return nil, "must be a sid: " + p.prefix + " and 32 hexadecimal digits"
		}
		return s, ""
	default:
		return s, ""
	}
	if err != nil {
		return nil, wants
	}
	return value, ""
}

func (p *param) wrong(wants string) error {
	code := p.refused
	if code == 0 {
		code = hub.CodeInvalidParams
	}
	return hub.Errorf(code, "%s %s", p.name, wants)
}

// missing is the error where a parameter that must be there is not.
func (p *param) missing() error {
	return hub.Errorf(p.required, "%s is missing", p.name)
}

// parseDate takes a time or a day, which begins in UTC.
func parseDate(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse(time.DateOnly, s)
	}
	return t.UTC().Truncate(time.Millisecond), err
}
