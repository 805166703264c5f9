//go:build control

// says: type receive.ChatMessage has no field or method Mesage
package main

import (
	"fmt"

	"chatclient/chattypes/receive"
)

func main() {
	var from receive.ChatMessage
	fmt.Println(from.Message) // good
	fmt.Println(from.Mesage)  // bad
}
