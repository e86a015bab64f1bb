package hub

import (
	"context"
	"time"
)

// Store is the durable truth: everything acknowledged is in it. Implementations are in package store/...
// and must pass store/storetest.
//
// Errors: an *Error is answered as it is. ErrAbsent stands for a conversation that is not there or that the
// viewer is not in. An *UncertainError says that a commit may have happened. Any other error means that
// nothing was done.
type Store interface {
	Committer
	ConversationReader
	GapReader
	MessageReader
	UserReader
	DirectoryReader
	RecordReader
	ThreadReader
	MediaReader
	Keeper
	Searcher
	Eraser
}

// Committer makes changes durable.
type Committer interface {
	// Commit runs ops in their order, together in as few transactions as it can, and returns when all that
	// succeeded are durable. Each op's outcome is in its Err; an op that fails leaves nothing behind
	// and does not harm the others (rule R8). The transactions run under the store's own context: once begun,
	// nothing a caller does cuts them short (rule R11). Calls come from one goroutine at a time.
	//
	// A Run may be called again when its transaction had to be rolled back.
	Commit(ops []*Op)
	// Epoch names the store's history. It changes when acknowledged changes may have been lost (rule R4).
	Epoch() string
}

// An Op is one command's part of a commit.
type Op struct {
	// Run reads what it needs, decides and writes. An error undoes what it wrote.
	Run func(Tx) error
	// Plan says beforehand what Run is about; nil where nothing is known. An engine may use it or not.
	Plan Plan
	// Err is the outcome: what Run returned, or why the commit failed.
	Err error
}

// A Plan lets an engine that is a network away make a batch durable in few round trips. It only ever spares work: what
// an engine does by it, Run would have done alike, and whatever the engine cannot decide by it is for Run to decide.
type Plan interface {
	// Wants names what Run will read, so that it can be locked and fetched for a whole batch at once.
	Wants() Wants
	// Append is the message that Run would add; nil where it does anything else. It is valid until the commit ends.
	Append() *Append
	// Added takes the place of Run: the engine added the message, and it is durable when the op has no error. m is
	// Append's, completed. It may be called again when the transaction had to be rolled back.
	Added(m *Message)
}

// Wants is what a command will read. It may be more than it needs or less.
type Wants struct {
	Service      ServiceSID
	Conversation ConversationRef // "" for none
	// Identities are those whose membership of the conversation, user and roles count.
	Identities []string
}

// An Append is a message to be added, as data. An engine that takes it finds in one step, under the conversation's
// lock, that the conversation is there and active, that the author has sent nothing with the nonce, that Identity is
// in it, is not barred and holds PermSendMessage by either role, and that ReplyTo is not above the last index; then it
// gives the message its index, revision, participant, date (rule R15) and Delivery.Total, and brings the head up to
// date: Revision, LastIndex, LastLive, LastTime, Messages, Activity, Touched. Where the account acts, the participant is
// whoever is in by the author's identity or address. Where any of this does not hold the op's Run decides,
// after it so do those of the same conversation that follow in the batch. A message that is there already with its sid
// counts as added (rule R9).
type Append struct {
	Service      ServiceSID
	Conversation ConversationRef
	Identity     string   // who acts; "" is the account, which no role binds
	Message      *Message // without Conversation, Index, Participant, dates and revisions
}

// Tx is what a command may do inside a transaction. What it reads is locked until the transaction ends:
// nobody else changes it meanwhile (rule R6). Absent things are nil, not errors; tombstones count as absent
// unless said otherwise. Values that it returns are the caller's to change; Put saves them.
type Tx interface {
	ConversationTx
	ParticipantTx
	MessageTx
	ReceiptTx
	MediaTx
	DirectoryTx
	OnceTx
	HoldTx
	RecordTx
	EraseTx
}

// ConversationTx is the conversations' part of a transaction.
type ConversationTx interface {
	// Conversation finds by sid or unique name within a service. Tombstones are absent.
	Conversation(service ServiceSID, ref ConversationRef) (*Conversation, error)
	// PutConversation saves a new or changed conversation, head included. A unique name that another bears is a
	// *NameTakenError, and nothing is saved. When the state is closed, it frees the address pairs of the
	// conversation's participants; when Deleted is set it frees pairs and name, ends all memberships (the
	// users' revisions rise) and leaves the content to be purged later (rule R5).
	PutConversation(c *Conversation) error
	// PutHead saves the head alone. It may be called for every message of a batch: what is written is the last.
	PutHead(c *Conversation) error
	// OpenConversations counts the conversations that the user is in and that are not closed.
	OpenConversations(user UserSID) (int, error)
	// Now is the store's clock, in UTC and whole milliseconds; it stands still within an op.
	Now() time.Time
}

// ParticipantTx is the participants' part of a transaction.
type ParticipantTx interface {
	// Participant finds one that is in, by sid or identity.
	Participant(c ConversationSID, ref ParticipantRef) (*Participant, error)
	// LastMembership finds the newest membership of an identity, tombstones included.
	LastMembership(c ConversationSID, identity string) (*Participant, error)
	// PutParticipant saves a new or changed one; setting Gone frees its address pair and leaves a tombstone
	// without attributes. A pair that an open conversation holds is a *PairTakenError.
	PutParticipant(p *Participant) error
	// PutHorizon saves Horizon and HorizonTime alone (rule R14).
	PutHorizon(p *Participant) error
	// Removals counts removed messages with an index above the given one.
	Removals(c ConversationSID, above int64) (int64, error)
}

// MessageTx is the messages' part of a transaction.
type MessageTx interface {
	// Message finds by sid or index, tombstones included.
	Message(c ConversationSID, ref MessageRef) (*Message, error)
	// MessageByNonce finds what an author sent with a nonce, tombstones included.
	MessageByNonce(c ConversationSID, author, nonce string) (*Message, error)
	// PutMessage saves a new or changed message; setting Removed leaves a tombstone without content.
	// Reactions are saved by React alone.
	PutMessage(m *Message) error
	// React adds or takes back an identity's reaction and answers the message's reactions thereafter, by name;
	// changed is false where it stood so already.
	React(m *Message, name, identity string, add bool) (reactions []Reaction, changed bool, err error)
	// NewestMessage finds the newest existing message with an index at or below the given one.
	NewestMessage(c ConversationSID, atOrBelow int64) (*Message, error)
}

// DirectoryTx is the part of services, users and roles.
type DirectoryTx interface {
	Service(sid ServiceSID) (*Service, error)
	// PutService saves a new or changed service. When Deleted is set its content is left to be purged later (rule R5);
	// the address pairs that its conversations hold are free from now on.
	PutService(s *Service) error
	Role(service ServiceSID, sid RoleSID) (*Role, error)
	PutRole(r *Role) error
	UserTx
}

// UserTx is the users' part of a transaction.
type UserTx interface {
	User(service ServiceSID, identity string) (*User, error)
	PutUser(u *User) error
}

// A Viewer is who reads. With an empty Identity it is the account, which sees everything of its service.
// Otherwise content is read only where that identity is a participant, checked in the same snapshot
// (rule R22); where it is not the answer is ErrAbsent.
type Viewer struct {
	Service  ServiceSID
	Identity string
}

// ConversationReader reads conversations. Each call reads one snapshot.
type ConversationReader interface {
	// Conversation reads one, whoever asks: Own is nil for someone outside, and Was says whether that identity
	// ever was in. The caller decides who may see it.
	Conversation(ctx context.Context, v Viewer, ref ConversationRef) (view *ConversationView, was bool, err error)
	// Conversations lists those that the viewer is in, most recently active first.
	Conversations(ctx context.Context, v Viewer, q ConversationQuery) (*ConversationPage, error)
	// Changes reads the net change since a revision (rule R2): the events by position, and the view at their end.
	Changes(ctx context.Context, v Viewer, c ConversationSID, q ChangeQuery) (*Changes, error)
	// Heads reads how far conversations are; absent and deleted ones have Deleted set. By primary key only.
	Heads(ctx context.Context, sids []ConversationSID) ([]HeadMark, error)
	// Due lists conversations whose Deadline has come by the store's clock, oldest first, and says how long it is
	// until the next one's does, 0 where there is none (rule R15).
	Due(ctx context.Context, limit int) (due []DueMark, next time.Duration, err error)
}

// ConversationQuery bounds a list of conversations.
type ConversationQuery struct {
	States []State // none: active and inactive
	After  string  // page token of the previous page, "" for the first; a bad one is CodePageToken
	Limit  int
	Bytes  int // the page ends before it is encoded in about so many bytes; 0: no bound
}

// ConversationPage is one page of a list of conversations.
type ConversationPage struct {
	Views []*ConversationView
	Next  string // page token, "" at the end
}

// ChangeQuery bounds a net read.
type ChangeQuery struct {
	Since Revision
	Limit int // rows, at most
	Bytes int // of content, at most, but at least one row
	// TooMany makes the read answer nothing but Total and View where more rows changed; 0: no bound.
	TooMany int
}

// Changes is the net change of a conversation between two revisions.
type Changes struct {
	Events []*Event // by Revision, each the position of rule R2; without Reaction, Reasons or View
	// To is the position that the events reach: the conversation's revision, or where More is set the last
	// event's.
	To    Revision
	More  bool
	Total int               // rows that changed since, counted only where TooMany is set
	View  *ConversationView // as the viewer sees it in the same snapshot
}

// GapReader reads what many conversations went through, for those who missed it.
type GapReader interface {
	// Gaps reads of each gap one page of the net change (rule R2), all from one snapshot, in one round trip where the
	// store is a network away. Pages stand in the order of gaps and are as Changes gives them to the account, but for the
	// view, which bears the conversation alone; nil stands for a conversation that is absent. There are fewer pages than
	// gaps, but at least one, where those read hold as much as q allows.
	Gaps(ctx context.Context, gaps []Gap, q GapQuery) (pages []*Changes, err error)
}

// A Gap is what happened in a conversation since a revision.
type Gap struct {
	Service      ServiceSID
	Conversation ConversationSID
	Since        Revision
}

// GapQuery bounds a read of gaps.
type GapQuery struct {
	Limit int // rows of a page, at most
	Bytes int // of content of a page, at most, but at least one row; 0: no bound
	// No page is begun where those before it hold about so many rows or bytes of content, at least 1: all together hold no
	// more than that and one page.
	AllRows, AllBytes int
}

// HeadMark is how far a conversation is.
type HeadMark struct {
	Conversation ConversationSID
	Revision     Revision
	Deleted      bool
}

// DueMark is a conversation with a deadline.
type DueMark struct {
	Service      ServiceSID
	Conversation ConversationSID
}

// MessageReader reads messages and participants; v must be in the conversation.
type MessageReader interface {
	Messages(ctx context.Context, v Viewer, ref ConversationRef, q MessageQuery) (*MessagePage, error)
	// Message reads one that exists; a removed or unknown one is CodeMessageAbsent.
	Message(ctx context.Context, v Viewer, ref ConversationRef, m MessageRef) (*Message, error)
	Participants(ctx context.Context, v Viewer, ref ConversationRef, q PageQuery) (*ParticipantPage, error)
	// Participant reads one that is in; another is CodeParticipantAbsent.
	Participant(ctx context.Context, v Viewer, ref ConversationRef, p ParticipantRef) (*Participant, error)
}

// MessageQuery says which messages. The anchor is inclusive, and may point at a gap or past the end.
type MessageQuery struct {
	Anchor  int64 // NoIndex: the end; or the beginning, where Forward is set
	Forward bool  // from the anchor to newer ones; otherwise to older ones
	Limit   int
	Bytes   int // of content; a page ends before it would exceed them, but holds at least one message
}

// MessagePage is some messages, by index.
type MessagePage struct {
	Messages     []*Message
	HasPrev      bool // older ones exist
	HasNext      bool // newer ones exist
	Conversation ConversationSID
	Revision     Revision // of the conversation in the snapshot that was read
}

// PageQuery bounds a list with a page token.
type PageQuery struct {
	After string // "" for the first page; a bad one is CodePageToken
	Limit int
	Bytes int
}

// ParticipantPage is some participants, by creation.
type ParticipantPage struct {
	Participants []*Participant
	Next         string
	Conversation ConversationSID
	Revision     Revision
}

// UserReader reads users, roles, services and what a user is in.
type UserReader interface {
	// User reads one; an unknown one is CodeUserAbsent.
	User(ctx context.Context, service ServiceSID, identity string) (*User, error)
	// Memberships reads a user, nil for an unknown one, and every conversation that it is in, closed ones included,
	// from one snapshot.
	Memberships(ctx context.Context, service ServiceSID, identity string) (*User, []Membership, error)
	// UserMarks reads how far users are, by primary key only; absent ones are left out (rule R19).
	UserMarks(ctx context.Context, users []UserSID) ([]UserMark, error)
	Roles(ctx context.Context, service ServiceSID) ([]*Role, error)
	Services(ctx context.Context) ([]*Service, error)
}

// UserMark is how far a user is.
type UserMark struct {
	User     UserSID
	Revision Revision
	Barred   bool
}

// Membership is one conversation that a user is in.
type Membership struct {
	Conversation ConversationSID
	Revision     Revision // of the conversation
	Created      Revision // of the participant
	State        State
}

// Keeper looks after the store itself.
type Keeper interface {
	// Ping reports whether the store can be read and written; nil when it can.
	Ping(ctx context.Context) error
	// Purge removes some content of deleted conversations and services and reports whether more is left (rule R5).
	Purge(ctx context.Context) (more bool, err error)
	// Reopen tries to bring back a store that an I/O error stopped (rule R11): it checks what is there, and from
	// then on commits go through again. Nil at once where the store is well.
	Reopen(ctx context.Context) error
	// Lease makes this hub the one that does a job for all hubs of the store, until the time to live is over by the
	// store's clock, or renews that. It reports whether this hub has it. A time to live of 0 gives it back.
	Lease(ctx context.Context, job string, ttl time.Duration) (held bool, err error)
	// Close ends the store; every call after it fails with CodeUnavailable.
	Close() error
}
