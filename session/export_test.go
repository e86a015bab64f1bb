package session

import (
	"maps"
	"slices"
)

// MethodNames lists the registry.
func MethodNames() []string {
	return slices.Sorted(maps.Keys(methods))
}
