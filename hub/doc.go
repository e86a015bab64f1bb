// Package hub is the domain of Parley.
package hub
