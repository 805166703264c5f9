//go:build control

// says: receive.ChatMessage does not implement send.Message
package main

import (
	"fmt"

	"chatclient/chattypes/receive"
	"chatclient/chattypes/send"
)

func main() {
	var from receive.ChatMessage
	fmt.Println(from.From)
	fmt.Println(send.JSON(send.Chat{})) // good
	_, _ = send.JSON(from)              // bad
}
