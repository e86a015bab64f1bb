package sqlite_test

import (
	"reflect"
	"slices"
	"testing"

	"parley/hub"
	"parley/store/sqlite"
)

// TestColumnsSeldomFilled: those that are read as one come through, each alone and as it was.
func TestColumnsSeldomFilled(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	plain, types, err := s.MessageOf(t.Context(), nil)
	if want := (hub.Message{ReplyTo: hub.NoIndex}); err != nil || !reflect.DeepEqual(*plain, want) {
		t.Fatalf("%+v, %v", plain, err)
	}
	delete(types, "id")
	delete(types, "conversation") // who asks knows them
	const text = "\"'\\\n\u0001é😀"
	special := map[string]any{
		"reply_to": 0, "expected": int64(1<<62 + 1),
		"reactions": `[{"Name":"\"x\u0001","Count":1}]`, "delivery": `{"read":3}`, "media": `[{"Filename":"a"}]`,
	}
	for name, kind := range types {
		value, ok := special[name]
		switch {
		case ok:
		case kind == "TEXT":
			value = text
		default:
			value = 1
		}
		got, _, err := s.MessageOf(t.Context(), map[string]any{name: value})
		if err != nil || reflect.DeepEqual(got, plain) {
			t.Errorf("%s is not read: %+v, %v", name, got, err)
		}
		if value == text && !slices.Contains(texts(got), text) {
			t.Errorf("%s came as %+v", name, got)
		}
		if value == special["expected"] && got.Delivery.Total != value {
			t.Errorf("%s came as %d", name, got.Delivery.Total)
		}
	}
}

func texts(m *hub.Message) (all []string) {
	for _, f := range reflect.ValueOf(*m).Fields() {
		if f.Kind() == reflect.String {
			all = append(all, f.String())
		}
	}
	return all
}
