package rest

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"time"
)

// iso is a duration of ISO 8601 in the units that are always as long: weeks, days, hours, minutes, seconds.
var iso = regexp.MustCompile(`^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

var errDuration = errors.New("not a duration")

// parseDuration takes a duration of ISO 8601, without months and years, which are not of one length, and without fractions.
func parseDuration(s string) (time.Duration, error) {
	parts := iso.FindStringSubmatch(s)
	if parts == nil || s[len(s)-1] == 'P' || s[len(s)-1] == 'T' {
		return 0, errDuration
	}
	var seconds int64
	for i, unit := range []int64{7 * 24 * 3600, 24 * 3600, 3600, 60, 1} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > math.MaxInt64/int64(time.Second)/unit-seconds/unit {
			return 0, errDuration
		}
		seconds += n * unit
	}
	return time.Duration(seconds) * time.Second, nil
}

// isoDuration is a duration in ISO 8601, in the largest units that it is whole in: hours at most, as Twilio writes them.
func isoDuration(d time.Duration) string {
	text, rest := "PT", int64(d/time.Second)
	for _, unit := range []struct {
		name    string
		seconds int64
	}{{"H", 3600}, {"M", 60}, {"S", 1}} {
		if n := rest / unit.seconds; n > 0 {
			text += strconv.FormatInt(n, 10) + unit.name
			rest -= n * unit.seconds
		}
	}
	if text == "PT" {
		return "PT0S"
	}
	return text
}
