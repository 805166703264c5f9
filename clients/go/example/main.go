// example URL: ada and bob meet in the lobby; prints what ada sees.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"chatclient/chattypes/receive"
	"chatclient/chattypes/send"
	"chatclient/socket"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// Sends a message, and waits until the server has dealt with it.
func say(s *socket.Socket, message send.Message) {
	for _, refused := range must(s.Call(must(send.JSON(message)))) {
		var refusal receive.Refusal
		must(0, json.Unmarshal(refused, &refusal))
		fmt.Println("refused:", refusal.Code)
	}
}

// Waits for one message, and prints it.
func show(s *socket.Socket) {
	switch message := must(receive.Read(must(s.Receive()))).(type) {
	case *receive.NewUser:
		fmt.Println(message.Message)
	case *receive.UserList:
		fmt.Println(message.Message)
	case *receive.ChatMessage:
		if text, ok := message.Message.(string); ok { // A text that is no string is ignored.
			fmt.Printf("%s: %s\n", message.From, text)
		}
	}
}

func main() {
	ada, bob := must(socket.Dial(os.Args[1])), must(socket.Dial(os.Args[1]))
	lobby := send.Some("lobby")
	say(ada, send.Join{User: send.Some("ada"), Room: lobby})
	show(ada)
	say(bob, send.Join{User: send.Some("bob"), Room: lobby})
	show(ada)
	say(bob, send.Chat{Room: lobby, Text: send.Some("hi ada")})
	show(ada)
	say(ada, send.UsersRequest{Room: lobby})
	show(ada)
	say(ada, send.Chat{Room: send.Some("elsewhere"), Text: send.Some("anybody?")})
	must(0, ada.Close())
	must(0, bob.Close())
}
