package wire

// The methods that a client may call.
const (
	MethodConnect     = "connect"
	MethodTokenUpdate = "token.update"
	MethodPing        = "ping"

	MethodConversationCreate = "conversation.create"
	MethodConversationGet    = "conversation.get"
	MethodConversationList   = "conversation.list"
	MethodConversationUpdate = "conversation.update"
	MethodConversationDelete = "conversation.delete"
	MethodConversationJoin   = "conversation.join"
	MethodConversationLeave  = "conversation.leave"
	MethodConversationNotify = "conversation.notify"

	MethodParticipantAdd        = "participant.add"
	MethodParticipantAddNonChat = "participant.add_non_chat"
	MethodParticipantList       = "participant.list"
	MethodParticipantGet        = "participant.get"
	MethodParticipantUpdate     = "participant.update"
	MethodParticipantRemove     = "participant.remove"

	MethodMessageSend     = "message.send"
	MethodMessageList     = "message.list"
	MethodMessageGet      = "message.get"
	MethodMessageUpdate   = "message.update"
	MethodMessageDelete   = "message.delete"
	MethodMessageReceipts = "message.receipts"
	MethodMessageSearch   = "message.search"

	MethodReactionAdd    = "reaction.add"
	MethodReactionRemove = "reaction.remove"
	MethodMediaURLs      = "media.urls"
	MethodReadSet        = "read.set"
	MethodTyping         = "typing"

	MethodUserGet         = "user.get"
	MethodUserUpdate      = "user.update"
	MethodUserSubscribe   = "user.subscribe"
	MethodUserUnsubscribe = "user.unsubscribe"

	MethodRoleList       = "role.list"
	MethodPushRegister   = "push.register"
	MethodPushUnregister = "push.unregister"
	MethodChanges        = "changes"
)

// Methods lists them all.
func Methods() []string {
	return []string{
		MethodConnect, MethodTokenUpdate, MethodPing,
		MethodConversationCreate, MethodConversationGet, MethodConversationList, MethodConversationUpdate,
		MethodConversationDelete, MethodConversationJoin, MethodConversationLeave, MethodConversationNotify,
		MethodParticipantAdd, MethodParticipantAddNonChat, MethodParticipantList, MethodParticipantGet,
		MethodParticipantUpdate, MethodParticipantRemove,
		MethodMessageSend, MethodMessageList, MethodMessageGet, MethodMessageUpdate, MethodMessageDelete,
		MethodMessageReceipts, MethodMessageSearch,
		MethodReactionAdd, MethodReactionRemove, MethodMediaURLs, MethodReadSet, MethodTyping,
		MethodUserGet, MethodUserUpdate, MethodUserSubscribe, MethodUserUnsubscribe,
		MethodRoleList, MethodPushRegister, MethodPushUnregister, MethodChanges,
	}
}

// interned spares an allocation per request.
var interned = func() map[string]string {
	all := make(map[string]string)
	for _, name := range Methods() {
		all[name] = name
	}
	return all
}()

// The events: methods of the notifications that the server sends.
const (
	EventMessageAdded           = "messageAdded"
	EventMessageUpdated         = "messageUpdated"
	EventMessageRemoved         = "messageRemoved"
	EventParticipantJoined      = "participantJoined"
	EventParticipantUpdated     = "participantUpdated"
	EventParticipantLeft        = "participantLeft"
	EventConversationUpdated    = "conversationUpdated"
	EventConversationJoined     = "conversationJoined"
	EventConversationLeft       = "conversationLeft"
	EventConversationReset      = "conversationReset"
	EventConversationReplayed   = "conversationReplayed"
	EventResumed                = "resumed"
	EventOwnConversationUpdated = "ownConversationUpdated"
	EventReadHorizonsMoved      = "readHorizonsMoved"
	EventTypingStarted          = "typingStarted"
	EventTypingEnded            = "typingEnded"
	EventUserUpdated            = "userUpdated"
	EventTokenAboutToExpire     = "tokenAboutToExpire"
	EventServerDraining         = "serverDraining"
)
