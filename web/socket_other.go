//go:build !unix

package web

// canTry says that every write may wait here: Send then always leaves the work to Flush.
const canTry = false

func (s *socket) write(uintptr) bool { return true }

func (s *socket) await() {}

func (s *socket) arrived(uintptr) bool { return true }

func (s *socket) roomy() bool { return false }
