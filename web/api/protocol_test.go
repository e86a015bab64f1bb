package api_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// protocol is what docs/protocol.md says in its tables.
type protocol struct {
	rows map[string]row // by the first cell, without its quotes
}

type row struct {
	heading string // above the table
	cells   []string
}

// readProtocol reads the page. Of two rows with one name the first counts.
func readProtocol(t *testing.T) protocol {
	t.Helper()
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	p := protocol{rows: map[string]row{}}
	heading := ""
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "#"); ok {
			heading = strings.TrimSpace(strings.TrimLeft(name, "#"))
		}
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| \n"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		name := strings.Trim(cells[0], "`")
		if _, known := p.rows[name]; !known {
			p.rows[name] = row{heading, cells[1:]}
		}
	}
	return p
}

// cell is one of a row, "" where it has none.
func (r row) cell(i int) string {
	if i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

var paramForm = regexp.MustCompile(`^([a-z_]+)(\??)`)

// params are the names of a row's second cell, with their question marks.
func (r row) params() (names []string) {
	text := regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]|\{[^}]*\}`).ReplaceAllString(r.cell(0), "")
	for part := range strings.SplitSeq(text, ",") {
		if name := paramForm.FindString(strings.TrimSpace(part)); name != "" && name != "see" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// codes are the rows whose first cell is a number from, up to but not including to.
func (p protocol) codes(from, to int, heading string) (numbers []int) {
	for name, r := range p.rows {
		if n, err := strconv.Atoi(name); err == nil && r.heading == heading && n >= from && n < to {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

var bareResult = regexp.MustCompile(`^(\{[^}]*\}|[A-Z][a-z]+)$`)

// described is who may call a method, and what is to say of its answer besides the type.
func (r row) described() string {
	var text []string
	if who := r.cell(1); who != "" && who != "see above" {
		text = append(text, "Who may: "+regexp.MustCompile(`^in\b`).ReplaceAllString(who, "participants")+".")
	}
	if result := r.cell(2); result != "see above" && !bareResult.MatchString(result) {
		text = append(text, "Answer: "+sentence(result))
	}
	return strings.Join(text, " ")
}

// sentence ends what a cell says, and begins it as one.
func sentence(s string) string {
	if s = strings.TrimSuffix(strings.TrimPrefix(s, "* "), "."); s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
