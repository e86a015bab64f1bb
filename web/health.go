package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"parley/hub"
)

// Health is how one part of the server is.
type Health struct {
	Err error // nil: well
	// Vital says that the hub cannot do its work without this part; otherwise it is merely degraded.
	Vital bool
}

// healthz says that the process lives.
func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n")) //nolint:errcheck // the prober went away
}

// readyz says whether to send clients here. Causes stay inside: it may be asked by anybody.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks"`
	}{"ok", map[string]string{}}
	code := http.StatusOK
	if s.ready != nil {
		for name, health := range s.ready(r.Context()) {
			answer.Checks[name] = outward(health.Err)
			switch {
			case health.Err == nil:
			case health.Vital:
				answer.Status, code = "unavailable", http.StatusServiceUnavailable
			case code == http.StatusOK:
				answer.Status = "degraded"
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(answer) //nolint:errcheck // the prober went away
}

// outward is the part of an error that may be shown.
func outward(err error) string {
	var known *hub.Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &known):
		return known.Msg
	default:
		return "failing"
	}
}
