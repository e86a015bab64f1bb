package main

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"

	"parley/session/token"
)

// What the servers of transcripts are set up with.
const (
	transcriptAccount = "AC00000000000000000000000000000001"
	transcriptKey     = "SK00000000000000000000000000000001"
	transcriptSecret  = "a secret for transcripts and for nothing else"
)

// sightings are the variables of a transcript: what each stood for when it was first seen.
type sightings struct {
	known map[string]string
}

func newSightings() *sightings { return &sightings{known: map[string]string{}} }

func (s *sightings) clone() *sightings { return &sightings{known: maps.Clone(s.known)} }

var (
	variable = regexp.MustCompile(`\$[A-Z]+[0-9]*(_[a-z]+)?`)
	timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	sidForm  = regexp.MustCompile(`^[A-Z]{2}[0-9a-f]{32}$`)
)

// anyTime is the one variable that is not kept: it stands for a time, and each time for another.
const anyTime = "$TIME"

// see holds what came to a variable: the same as before, or at first sight of the form that its name demands and
// different from all that bear other names.
func (s *sightings) see(name string, got value, path string) error {
	if got.kind != '"' || variable.FindString(name) != name {
		return fmt.Errorf("%s is %s, not %s", path, got, name)
	}
	if known, ok := s.known[name]; ok {
		if got.text != known {
			return fmt.Errorf("%s is %q, not %s, which is %q", path, got.text, name, known)
		}
		return nil
	}
	if !fitsName(name, got.text) {
		return fmt.Errorf("%s is %q, which %s does not stand for", path, got.text, name)
	}
	if name == anyTime {
		return nil
	}
	for other, known := range s.known {
		if known == got.text {
			return fmt.Errorf("%s is %s, not %s", path, other, name)
		}
	}
	s.known[name] = got.text
	return nil
}

// kind is the letters of a variable.
func kind(name string) string {
	return strings.TrimRight(strings.TrimPrefix(name, "$"), "0123456789")
}

func fitsName(name, text string) bool {
	switch k := kind(name); {
	case k == "TIME":
		return timeForm.MatchString(text)
	case len(k) == 2:
		return sidForm.MatchString(text) && strings.HasPrefix(text, k)
	default:
		return text != ""
	}
}

// fill puts in what the variables stand for; tokens are minted at first use.
func (s *sightings) fill(text string) (string, error) {
	var failed error
	text = variable.ReplaceAllStringFunc(text, func(name string) string {
		if _, ok := s.known[name]; !ok {
			minted, err := mintFor(name)
			if err != nil {
				failed = err
				return name
			}
			s.known[name] = minted
		}
		return s.known[name]
	})
	return text, failed
}

// mintFor makes the token that a variable asks for, such as $TOKEN_ann.
func mintFor(name string) (string, error) {
	kind, identity, ok := strings.Cut(name, "_")
	secret, ttl, issued := transcriptSecret, time.Hour, time.Now()
	switch kind {
	case "$TOKEN":
	case "$BRIEF": // about to expire
		ttl = 2 * time.Minute
	case "$EXPIRED":
		ttl, issued = time.Minute, issued.Add(-time.Hour)
	case "$FORGED":
		secret = strings.ToUpper(secret)
	default:
		ok = false
	}
	if !ok {
		return "", fmt.Errorf("%s is used before anything showed what it is", name)
	}
	return token.Mint(transcriptKey, secret, transcriptAccount, identity, "", ttl, issued)
}
