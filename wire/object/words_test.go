package object_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/cardea-access/cardea/wire/object"
)

func TestWordsAreTextOrANumberWithoutNullBytes(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`" Ana\u0000 "`: "Ana", `12`: "12", `null`: "", `""`: "",
		`{"a":1}`: "an object is no text", `["a"]`: "a list is no text", `true`: "true is no text",
	} {
		var w object.Words
		got := ""
		if err := json.Unmarshal([]byte(raw), &w); err != nil {
			got = err.Error()
		} else {
			got = string(w)
		}
		if got != want {
			t.Errorf("%s is %q instead of %q", raw, got, want)
		}
	}
}

func TestWhatDoesNotFitIsSaidWithoutItsContent(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"4711"`: "a text of 4 bytes", `{"pin":4711}`: "an object", `[4711]`: "a list", ``: "nothing", `7`: "7",
		`123456789012345678901`: "a long value",
	} {
		if got := object.Short([]byte(raw)); got != want {
			t.Errorf("%s is called %q instead of %q", raw, got, want)
		}
	}
	var of struct {
		Card int `json:"card"`
	}
	for raw, want := range map[string]string{`{"card":"4711"}`: "card is a string", `<html>4711`: "it is no JSON"} {
		if got := object.Plain(json.Unmarshal([]byte(raw), &of)).Error(); got != want {
			t.Errorf("%s is told as %q instead of %q", raw, got, want)
		}
	}
	if other := errors.New("other"); !errors.Is(object.Plain(other), other) {
		t.Error("another error is not told as it is")
	}
}

func TestOfARecordOnlyWhatMayStandInAMessageIsShown(t *testing.T) {
	t.Parallel()
	may := map[string]bool{"id": true, "status": true}
	for raw, want := range map[string]string{
		`{"id":7,"status":"ana@x.test","card":"4711"}`: `{"id":7}`, `"4711"`: "a text of 4 bytes",
	} {
		if got := string(object.Shown([]byte(raw), may)); got != want {
			t.Errorf("%s is shown as %s instead of %s", raw, got, want)
		}
	}
}
