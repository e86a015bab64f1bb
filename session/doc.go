// Package session is one connected client.
package session
