// contract CASES: builds every message of a client, and reads every case; one line of JSON for each.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"

	"chatclient/chattypes/receive"
	"chatclient/chattypes/send"
)

const gif = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="

func main() {
	out := json.NewEncoder(os.Stdout)
	ada, lobby := send.Some("ada"), send.Some("lobby")
	for _, message := range []send.Message{
		send.Join{}, send.Join{User: ada, Room: lobby},
		send.Leave{}, send.Leave{User: ada, Room: lobby},
		send.UsersRequest{}, send.UsersRequest{Room: lobby},
		send.Chat{}, send.Chat{User: send.Some("bob"), Room: lobby, Text: send.Some("psst")},
		send.Image{Room: "lobby", Bimage: gif},
	} {
		built, err := send.JSON(message)
		check(err)
		check(out.Encode(map[string]any{"built": json.RawMessage(built)}))
	}
	file, err := os.Open(os.Args[1])
	check(err)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var one struct {
			Name    string
			Message json.RawMessage
		}
		check(json.Unmarshal(lines.Bytes(), &one))
		message, err := receive.Read(one.Message)
		line := map[string]any{"name": one.Name}
		switch {
		case err != nil:
			line["refused"] = err.Error()
		case message == nil:
			line["ignored"] = true
		default:
			line["taken"] = message
		}
		check(out.Encode(line))
	}
	check(lines.Err())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
