package rest

import (
	"net/url"
	"reflect"
	"testing"
	"time"

	"parley/hub"
)

var tried = &operation{id: "Try", params: []param{
	{name: "Text", required: hub.CodeIdentityMissing},
	{name: "Many", kind: texts, most: 2, values: []string{"a", "b"}},
	{name: "Number", kind: number, null: true, refused: hub.CodeReadIndex},
	{name: "Flag.Deep", kind: flag},
	{name: "Date", kind: moment},
	{name: "Span", kind: duration},
	{name: "JSON", kind: jsonText},
	{name: "SID", kind: sid, prefix: "RL"},
	{name: "Enum", values: []string{"sms", "chat"}, fold: true},
}}

// TestParams: what is sent is understood as the table says, and what is not in the table is ignored.
func TestParams(t *testing.T) {
	for sent, want := range map[string]map[string]any{
		"Text=a+b%2B&Other=1":                           {"Text": "a b+"},
		"Text=a&Many=a&Many=b":                          {"Text": "a", "Many": []string{"a", "b"}},
		"Text=a&Number=-3":                              {"Text": "a", "Number": int64(-3)},
		"Text=a&Number=":                                {"Text": "a", "Number": nil},
		"Text=a&Number=null":                            {"Text": "a", "Number": nil},
		"Text=a&Flag.Deep=True":                         {"Text": "a", "Flag.Deep": true},
		"Text=a&Date=2020-02-29T12:00:00%2B02:00":       {"Text": "a", "Date": time.Date(2020, 2, 29, 10, 0, 0, 0, time.UTC)},
		"Text=a&Date=2020-02-29":                        {"Text": "a", "Date": time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)},
		"Text=a&Span=P1DT2H3M4S":                        {"Text": "a", "Span": 26*time.Hour + 3*time.Minute + 4*time.Second},
		"Text=a&Span=PT0S":                              {"Text": "a", "Span": time.Duration(0)},
		"Text=a&JSON=%5B1%5D":                           {"Text": "a", "JSON": "[1]"},
		"Text=a&Enum=SMS":                               {"Text": "a", "Enum": "SMS"},
		"Text=a&SID=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": {"Text": "a", "SID": "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	} {
		values, err := url.ParseQuery(sent)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tried.understand(values); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %v", sent, got, err)
		}
	}
}

// TestBadParams: what cannot be understood is refused, with a code of its own where there is one.
func TestBadParams(t *testing.T) {
	for sent, code := range map[string]hub.Code{
		"": hub.CodeIdentityMissing, "Text=": hub.CodeIdentityMissing,
		"Text=%ff": hub.CodeInvalidParams, "Text=a%00": hub.CodeInvalidParams, "Text=a&Many=c": hub.CodeInvalidParams,
		"Text=a&Many=a&Many=a&Many=a": hub.CodeInvalidParams, "Text=a&Number=1.5": hub.CodeReadIndex,
		"Text=a&Flag.Deep=": hub.CodeInvalidParams, "Text=a&Date=yesterday": hub.CodeInvalidParams,
		"Text=a&Span=P1M": hub.CodeInvalidParams, "Text=a&Span=PT": hub.CodeInvalidParams, "Text=a&Span=P": hub.CodeInvalidParams,
		"Text=a&Span=P99999999999999999W": hub.CodeInvalidParams, "Text=a&Span=PT9223372036855H": hub.CodeInvalidParams,
		"Text=a&JSON=%5B": hub.CodeInvalidParams, "Text=a&SID=RL1": hub.CodeInvalidParams, "Text=a&Enum=": hub.CodeInvalidParams,
	} {
		values, err := url.ParseQuery(sent)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tried.understand(values); hub.AsError(err).Code != code {
			t.Errorf("%s: %v %v", sent, got, err)
		}
	}
}

// TestDurations: what is written is read again.
func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT0S", time.Minute: "PT1M", 26*time.Hour + time.Second: "PT26H1S",
	} {
		if got := isoDuration(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
		if back, err := parseDuration(want); err != nil || back != d {
			t.Errorf("%s: %v %v", want, back, err)
		}
	}
}
