// Command peers is a Centrifuge server, the engine of Centrifugo as a Go module, with history in memory. The load generator drives it
// (centrifuge://HOST:PORT) as it drives a hub: requests go by RPC, and what is said is published to a channel, with as many bytes
// as Parley's. It acknowledges before anything is on disk; that is what is compared.
//
// It is a module of its own, so that Centrifuge is no dependency of Parley's.
package main
