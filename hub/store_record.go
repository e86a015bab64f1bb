package hub

import "context"

// RecordTx is the part of records. What it reads stays as it is until the transaction ends, also where a record is there
// no more; one that another adds meanwhile is in the way of the op that adds it here, which then runs again.
type RecordTx interface {
	// Record finds one, nil where there is none.
	Record(kind RecordKind, scope string, ref RecordRef) (*Record, error)
	// Records lists those of a scope in the order of their sids, at most so many: all, or where owner is not "" that
	// identity's.
	Records(kind RecordKind, scope, owner string, most int) ([]*Record, error)
	// AddRecord saves a new one. The caller has found that neither its sid nor its key is there.
	AddRecord(r *Record) error
	// PutRecord saves key, owner, label, data and update of one that is there.
	PutRecord(r *Record) error
	// DropRecord removes one.
	DropRecord(r *Record) error
}

// RecordReader reads records.
type RecordReader interface {
	// Record reads one, nil where there is none.
	Record(ctx context.Context, kind RecordKind, scope string, ref RecordRef) (*Record, error)
	// Records lists those of a scope in the order of their sids.
	Records(ctx context.Context, q RecordQuery) (*RecordPage, error)
	// RecordsOf reads all records of some places from one snapshot: what acts on an event asks once for all that is
	// configured for it.
	RecordsOf(ctx context.Context, places ...RecordPlace) ([]*Record, error)
}

// RecordPlace is where some records are.
type RecordPlace struct {
	Kind  RecordKind
	Scope string
}

// RecordQuery bounds a list of records.
type RecordQuery struct {
	RecordPlace
	Owners []string // of these only; none: of all
	Labels []string // with these only; none: with any
	After  string   // sid of the last record of the page before, "" for the first
	Limit  int
}

// RecordPage is some records, by sid.
type RecordPage struct {
	Records []*Record
	Next    string // After of the next page, "" at the end
}
