// Command parley is a self-hosted conversations server in one binary.
//
// It wires the packages of this module together and decides nothing: only here are flags and the environment read.
// Each setting can be given as a flag, as PARLEY_NAME in the environment, or under the flag's name in the YAML file
// that --config names, in this order of precedence.
//
//	go run ./cmd/parley dev                                       a server with nothing to configure
//	go run ./cmd/parley chat --identity ann --conversation lobby  a client for it
package main
