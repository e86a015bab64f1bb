// Package bustest says what a hub.Bus must do, in tests that each implementation passes, and makes a bus hostile: one that
// loses, repeats, delays and reorders what it carries, as every bus may.
package bustest
