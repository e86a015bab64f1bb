// Package blob keeps the content of media, under their sids: in a folder, or in a bucket of S3-compatible storage.
//
// # Contract
//
// A content is there whole or not at all: whoever opens it while it is put finds nothing. What is put is durable when Put
// returns. Names come from sids alone, and anything else is refused, so that nobody can lead out of the folder. Content
// streams: neither reading nor writing holds more in memory than a part of it. Methods may be called by any number of
// goroutines; a sid is put once.
package blob
