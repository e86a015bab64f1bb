// Package wire is the subprotocol parley.v1.json: its frames and its codes.
package wire
