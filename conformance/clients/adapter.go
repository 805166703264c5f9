// adapter URL: a client on the types of clients/go, for `chatspec test-client`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"chatclient/chattypes/receive"
	"chatclient/chattypes/send"
	"chatclient/socket"
)

type act struct{ Do, User, Room, Text string }

type client struct {
	user, room string
	maySend    time.Time
	out        *json.Encoder
}

func (c *client) join() send.Message {
	return send.Join{User: send.Some(c.user), Room: send.Some(c.room)}
}

// The message that the user wants to be sent, if there is one.
func (c *client) message(wanted act) send.Message {
	switch wanted.Do {
	case "join":
		c.user, c.room = wanted.User, wanted.Room
		return c.join()
	case "leave":
		leave := send.Leave{User: send.Some(c.user), Room: send.Some(c.room)}
		c.user, c.room = "", ""
		return leave
	case "users":
		return send.UsersRequest{Room: send.Some(wanted.Room)}
	}
	if wanted.Room != c.room {
		return nil
	}
	chat := send.Chat{Room: send.Some(wanted.Room), Text: send.Some(wanted.Text)}
	if wanted.User != "" {
		chat.User = send.Some(wanted.User)
	}
	return chat
}

func (c *client) say(s *socket.Socket, message send.Message) error {
	time.Sleep(time.Until(c.maySend))
	data, err := send.JSON(message)
	if err != nil {
		return err
	}
	return s.Emit(data)
}

func (c *client) hear(event socket.Event) {
	switch event.Name {
	case "chat":
		message, err := receive.Read(event.Argument)
		if said, ok := message.(*receive.ChatMessage); ok && err == nil {
			if text, ok := said.Message.(string); ok {
				c.out.Encode(map[string]string{"from": said.From, "text": text})
			}
		}
	case "message":
		var text string
		var refusal receive.Refusal
		if json.Unmarshal(event.Argument, &text) != nil || json.Unmarshal([]byte(text), &refusal) != nil {
			return
		}
		if refusal.RetryMS != nil {
			c.maySend = time.Now().Add(time.Duration(*refusal.RetryMS) * time.Millisecond)
		}
		c.out.Encode(map[string]int64{"refused": refusal.Code})
	}
}

// One session: true when the user has quit.
func (c *client) talk(s *socket.Socket, typed <-chan act) bool {
	defer s.Close()
	if c.user != "" {
		c.say(s, c.join())
	}
	for {
		select {
		case wanted, more := <-typed:
			if !more || wanted.Do == "quit" {
				return true
			}
			if message := c.message(wanted); message != nil && c.say(s, message) != nil {
				return false
			}
		case event, more := <-s.Events():
			if !more {
				return false
			}
			c.hear(event)
		}
	}
}

func main() {
	typed := make(chan act)
	go func() {
		defer close(typed)
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			var wanted act
			if json.Unmarshal(lines.Bytes(), &wanted) == nil {
				typed <- wanted
			}
		}
	}()
	c := client{out: json.NewEncoder(os.Stdout)}
	c.out.SetEscapeHTML(false)
	for wait := 500 * time.Millisecond; ; wait *= 2 {
		if s, err := socket.Dial(os.Args[1]); err == nil {
			wait = 250 * time.Millisecond
			if c.talk(s, typed) {
				return
			}
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
		if wait > 8*time.Second {
			wait = 8 * time.Second
		}
		time.Sleep(wait)
	}
}
