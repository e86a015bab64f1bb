// Package pgtest starts real PostgreSQL servers for tests: each in a folder of its own, on a free port of the loopback
// interface, as the user postgres where the tests run as root. A server ends with what started it. Where PostgreSQL is not
// installed a test is skipped, unless CI or PARLEY_NO_SKIP is set.
//
// Servers compare text by a language's rules (ICU), as many real ones do, so that a query that forgets to compare bytes is
// found out.
package pgtest
