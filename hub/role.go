package hub

import (
	"slices"
	"time"
)

// A Permission is one thing that a role allows. The names are those of Twilio Conversations.
type Permission string

// The permissions, each named by what it gates.
const (
	PermAddParticipant               Permission = "addParticipant"
	PermAddNonChatParticipant        Permission = "addNonChatParticipant"
	PermCreateConversation           Permission = "createConversation"
	PermDeleteAnyMessage             Permission = "deleteAnyMessage"
	PermDeleteOwnMessage             Permission = "deleteOwnMessage"
	PermDeleteConversation           Permission = "deleteConversation"
	PermEditAnyMessage               Permission = "editAnyMessage"
	PermEditOwnMessage               Permission = "editOwnMessage"
	PermEditAnyMessageAttributes     Permission = "editAnyMessageAttributes"
	PermEditOwnMessageAttributes     Permission = "editOwnMessageAttributes"
	PermEditAnyUserInfo              Permission = "editAnyUserInfo"
	PermEditOwnUserInfo              Permission = "editOwnUserInfo"
	PermEditAnyParticipantAttributes Permission = "editAnyParticipantAttributes"
	PermEditOwnParticipantAttributes Permission = "editOwnParticipantAttributes"
	PermEditConversationAttributes   Permission = "editConversationAttributes"
	PermEditConversationName         Permission = "editConversationName"
	PermEditNotificationLevel        Permission = "editNotificationLevel"
	PermJoinConversation             Permission = "joinConversation"
	PermLeaveConversation            Permission = "leaveConversation"
	PermRemoveParticipant            Permission = "removeParticipant"
	PermSendMessage                  Permission = "sendMessage"
	PermSendMediaMessage             Permission = "sendMediaMessage"
	PermReadChannelMetadata          Permission = "readChannelMetadata"
)

// RoleType says what a role is given for.
type RoleType string

// A service role goes with a user, a conversation role with a participant. Permissions of the two
// combine as a union.
const (
	RoleService      RoleType = "service"
	RoleConversation RoleType = "conversation"
)

// A Role is a named set of permissions.
type Role struct {
	SID          RoleSID
	Service      ServiceSID
	FriendlyName string // at most 64 code points
	Type         RoleType
	Permissions  []Permission // sorted, without repeats
	DateCreated  time.Time
	DateUpdated  time.Time
}

// Has reports whether the role grants p. A nil role grants nothing.
func (r *Role) Has(p Permission) bool {
	return r != nil && slices.Contains(r.Permissions, p)
}

// conversationPermissions are those that a conversation role may hold; a conversation's creator holds
// all of them.
var conversationPermissions = []Permission{
	PermAddNonChatParticipant, PermAddParticipant, PermDeleteAnyMessage, PermDeleteConversation,
	PermDeleteOwnMessage, PermEditAnyMessage, PermEditAnyMessageAttributes, PermEditAnyParticipantAttributes,
	PermEditConversationAttributes, PermEditConversationName, PermEditNotificationLevel, PermEditOwnMessage,
	PermEditOwnMessageAttributes, PermEditOwnParticipantAttributes, PermLeaveConversation,
	PermReadChannelMetadata, PermRemoveParticipant, PermSendMediaMessage, PermSendMessage,
}

// legacyPermissions maps the names of the older Programmable Chat onto today's; they are accepted on
// input and never answered.
var legacyPermissions = map[string]Permission{
	"createChannel":           PermCreateConversation,
	"joinChannel":             PermJoinConversation,
	"destroyChannel":          PermDeleteConversation,
	"inviteMember":            PermAddParticipant,
	"addMember":               PermAddParticipant,
	"removeMember":            PermRemoveParticipant,
	"editChannelName":         PermEditConversationName,
	"editChannelAttributes":   PermEditConversationAttributes,
	"leaveChannel":            PermLeaveConversation,
	"editOwnMemberAttributes": PermEditOwnParticipantAttributes,
	"editAnyMemberAttributes": PermEditAnyParticipantAttributes,
	"editOwnUserAttributes":   PermEditOwnUserInfo,
}

// ParsePermission accepts a permission's name of today or of Programmable Chat; others are 50104.
func ParsePermission(name string) (Permission, error) {
	if p, ok := legacyPermissions[name]; ok {
		return p, nil
	}
	switch p := Permission(name); p {
	case PermCreateConversation, PermEditAnyUserInfo, PermEditOwnUserInfo, PermJoinConversation:
		return p, nil
	default:
		if slices.Contains(conversationPermissions, p) {
			return p, nil
		}
	}
	return "", Errorf(CodePermissionUnknown, "permission %q is not known", name)
}

// DefaultRoles are what a new service begins with, in Twilio's layout: who holds which is in Service.
func DefaultRoles(service ServiceSID, now time.Time) (admin, user, creator, member *Role) {
	role := func(name string, kind RoleType, permissions ...Permission) *Role {
		slices.Sort(permissions)
		return &Role{
			SID: NewRoleSID(), Service: service, FriendlyName: name, Type: kind,
			Permissions: permissions, DateCreated: now, DateUpdated: now,
		}
	}
	admin = role("service admin", RoleService,
		PermAddParticipant, PermCreateConversation, PermDeleteAnyMessage, PermDeleteConversation,
		PermEditAnyMessage, PermEditAnyMessageAttributes, PermEditAnyUserInfo, PermEditConversationAttributes,
		PermEditConversationName, PermJoinConversation, PermRemoveParticipant)
	user = role("service user", RoleService,
		PermCreateConversation, PermEditOwnUserInfo, PermJoinConversation)
	creator = role("channel admin", RoleConversation, slices.Clone(conversationPermissions)...)
	member = role("channel user", RoleConversation,
		PermSendMessage, PermSendMediaMessage, PermLeaveConversation, PermEditNotificationLevel,
		PermEditOwnParticipantAttributes, PermEditOwnMessage, PermEditOwnMessageAttributes, PermDeleteOwnMessage)
	return admin, user, creator, member
}
