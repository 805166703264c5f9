package send

type ImageURL string

type MessageText string

type RoomName string

type UserName string

// Enter a room under a name. A session is in one room at a time: joining another leaves the
// first.
//
// `user`: Name to be known by. Absent means `JDOE`.
//
// `room`: Room to enter; it exists by being entered. Absent means `PARKED`.
type Join struct {
	Event JoinEvent `json:"event"`
	Room  *string   `json:"room,omitempty"`
	User  *string   `json:"user,omitempty"`
}

// Leave the room of one's newest join.
//
// `user`: Name given at the join; another one is refused. It may be left out if the join
// left it out, and a hardened server takes its absence for the name that it knows.
//
// `room`: Room given at the join; another one is refused. It may be left out as `user` may.
type Leave struct {
	Event LeaveEvent `json:"event"`
	Room  *string    `json:"room,omitempty"`
	User  *string    `json:"user,omitempty"`
}

// List the users in a room.
//
// `room`: Room to list; one that nobody is in has an empty list. Absent means `PARKED`.
type UsersRequest struct {
	Event UsersRequestEvent `json:"event"`
	Room  *string           `json:"room,omitempty"`
}

// Say something: to a room, to one user in it, or, with neither, to every joined client. It
// never comes back to the sender.
//
// `user`: The one user to reach, whatever the case of the name. Absent means all. A
// receiver takes `null` for absent.
//
// `room`: Room that the sender is in. Absent with `user` means the sender's room, without
// it every room. A receiver takes `null` for absent.
//
// `text`: The text, at most 8 192 bytes of UTF-8 (`maxLength` counts code points, which is
// less strict). It may be empty. Absent means `Knock! Knock!`; a receiver may take a string
// `message` instead.
type Chat struct {
	Event ChatEvent `json:"event"`
	Room  *string   `json:"room,omitempty"`
	Text  *string   `json:"text,omitempty"`
	User  *string   `json:"user,omitempty"`
}

// Show an image to all other members of a room.
//
// `room`: Room that the sender is in. Required.
//
// `bimage`: The image. Required.
type Image struct {
	Bimage string     `json:"bimage"`
	Event  ImageEvent `json:"event"`
	Room   string     `json:"room"`
}

type JoinEvent string

const (
	EventJoin JoinEvent = "join"
)

type LeaveEvent string

const (
	EventLeave LeaveEvent = "leave"
)

type UsersRequestEvent string

const (
	Users UsersRequestEvent = "users"
)

type ChatEvent string

const (
	EventChat ChatEvent = "chat"
)

type ImageEvent string

const (
	EventImage ImageEvent = "image"
)
