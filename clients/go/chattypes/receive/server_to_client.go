package receive

// Someone has joined the room, or changed names in it.
type NewUser struct {
	// `New User USER joined room ROOM`, both names as their owner wrote them. It is for people:
	// a name may contain any of these words.
	Message string      `json:"message"`
	Type    NewUserType `json:"type"`
}

// Someone else has left the room, or given up a name in it.
type DelUser struct {
	// `User USER left room ROOM`, both names as given at the join. It is for people: a name may
	// contain any of these words.
	Message string      `json:"message"`
	Type    DelUserType `json:"type"`
}

// The users in the room that was asked for.
type UserList struct {
	// `Users in room: ` and the upper-cased names in the order of joining, as Python prints a
	// list of strings. It is for people: a name may contain quotes and commas.
	Message string       `json:"message"`
	Type    UserListType `json:"type"`
}

// Someone else has said something. A client ignores a text that is no string.
type ChatMessage struct {
	// Name of the sender; a server of the core profile sets it no bounds.
	From string `json:"from"`
	// The text. A server of the core profile may relay a text of any JSON type, if that is what
	// its sender sent.
	Message interface{} `json:"message"`
	// `true` if nobody else gets it. Any other value means nothing.
	Private interface{}     `json:"private,omitempty"`
	Type    ChatMessageType `json:"type"`
}

// Someone else has shown an image. A client ignores what is no data URL of an image.
type ImageMessage struct {
	// The image. A server of the core profile may relay any JSON value, if that is what its
	// sender sent.
	Bimage interface{} `json:"bimage"`
	// Name of the sender; a server of the core profile sets it no bounds.
	From string           `json:"from"`
	Type ImageMessageType `json:"type"`
}

// A message of a type that this revision does not know. A client ignores it.
type UnknownMessage struct {
	Type string `json:"type"`
}

type NewUserType string

const (
	Newuser NewUserType = "newuser"
)

type DelUserType string

const (
	Deluser DelUserType = "deluser"
)

type UserListType string

const (
	Users UserListType = "users"
)

type ChatMessageType string

const (
	Chat ChatMessageType = "chat"
)

type ImageMessageType string

const (
	Image ImageMessageType = "image"
)
