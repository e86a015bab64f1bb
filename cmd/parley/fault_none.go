//go:build !fault

package main

import (
	"log/slog"

	"parley/hub"
	"parley/session/token"
)

// What fault.go does in the binary of the cluster tests is not in this one.

func skew(*token.Config) error { return nil }

func disturb(*hub.Config, *slog.Logger) error { return nil }
