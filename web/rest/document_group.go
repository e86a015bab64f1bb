package rest

import "strings"

// A group is what a document calls a tag: operations that belong together.
type group struct {
	path        string // without its values; all below it belongs to the group that fits longest
	name, about string
}

// groups are in the order in which somebody new should read of them.
var groups = []group{
	{"/Conversations", "Conversations", "Who talks with whom, about what, and for how long."},
	{"/ConversationWithParticipants", "Conversations", ""},
	{"/Conversations/Messages", "Messages", "What was said in a conversation."},
	{"/Conversations/Messages/Receipts", "Receipts", "What became of a message on its way to each recipient."},
	{"/Conversations/Participants", "Participants", "Who is in a conversation."},
	{"/Conversations/Webhooks", "Scoped webhooks", "Whom to tell of what happens in one conversation."},
	{"/ParticipantConversations", "Participant conversations", "Which conversations an identity or an address is in."},
	{"/Users", "Users", "Who may connect."},
	{"/Users/Conversations", "User conversations", "A user's own place in each conversation: unread, muted."},
	{"/Roles", "Roles", "What users and participants may do."},
	{"/Services", "Services", "Tenants: nothing of one is seen from another."},
	{"/Services/Bindings", "Bindings", "Devices of users that get push notifications."},
	{"/Services/Configuration", "Service configuration", "What new users and participants may do, and what is told to whom."},
	{"/Configuration", "Configuration", "What holds for the account."},
	{"/Configuration/Webhooks", "Configuration", ""},
	{"/Configuration/Addresses", "Addresses", "What is made of messages that come from outside."},
	{"/Credentials", "Credentials", "What push services want to see."},
	{"/Media", "Media", "Files of messages."},
	{"/MediaSet", "Media", ""},
	{"/Content/Media", "Media", ""},
	{"/parley", "Parley", "What Twilio does not have."},
}

// tags are the groups as the document lists them.
func tags() (all []object) {
	for _, g := range groups {
		if g.about != "" {
			all = append(all, object{"name": g.name, "description": g.about})
		}
	}
	return all
}

// group finds the group of an operation.
func (o *operation) group() (best group) {
	fixed := o.fixed()
	for _, g := range groups {
		if (fixed == g.path || strings.HasPrefix(fixed, g.path+"/")) && len(g.path) >= len(best.path) {
			best = g
		}
	}
	if best.name == "" {
		panic("rest: the document has no group for " + o.id)
	}
	return best
}

// fixed is an operation's path without its values, below the root of its scope.
func (o *operation) fixed() string {
	var fixed []string
	for segment := range strings.SplitSeq(o.path, "/") {
		if !strings.HasPrefix(segment, "{") {
			fixed = append(fixed, segment)
		}
	}
	return o.scope.above() + strings.Join(fixed, "/")
}

// above is what groups see of a scope's root.
func (s scope) above() string {
	switch s {
	case service:
		return "/Services"
	case parley, hubs:
		return "/parley"
	default:
		return ""
	}
}

// A value is what may stand in a path behind some segment.
type value struct {
	prefix string // of a sid; "": it is none
	or     string // what may stand there instead
	about  string
}

var values = map[string]value{
	"Services":      {"IS", "", "The service's sid."},
	"Conversations": {"CH", "its unique name", "The conversation's sid"},
	"Messages":      {"IM", "", "The message's sid."},
	"Receipts":      {"DY", "", "The receipt's sid."},
	"Participants":  {"MB", "an identity", "The participant's sid"},
	"Webhooks":      {"WH", "", "The webhook's sid."},
	"Users":         {"US", "an identity", "The user's sid"},
	"Roles":         {"RL", "", "The role's sid."},
	"Bindings":      {"BS", "", "The binding's sid."},
	"Addresses":     {"IG", "the address itself", "The address configuration's sid"},
	"Credentials":   {"CR", "", "The credential's sid."},
	"Media":         {"ME", "", "The file's sid."},
	"Sessions":      {"", "", "The session, as connect named it."},
	"Identity":      {"", "", "The user's identity."},
}

// valueAt is what a document says of a path's value: by the value's own name, or by the segment before it.
func valueAt(path, name string) object {
	v, ok := values[name]
	if !ok {
		before, _, _ := strings.Cut(path, "/{"+name+"}")
		v, ok = values[before[strings.LastIndexByte(before, '/')+1:]]
	}
	switch {
	case !ok:
		panic("rest: the document does not know what {" + name + "} is in " + path)
	case v.prefix == "":
		return object{"description": v.about, "schema": object{"type": "string", "minLength": 1}}
	case v.or != "":
		return object{
			"description": v.about + ", or " + v.or + ", escaped.",
			"schema":      object{"type": "string", "minLength": 1, "x-sid": v.prefix},
		}
	default:
		return object{"description": v.about, "schema": sidSchema(v.prefix).with(object{"x-sid": v.prefix})}
	}
}
