//go:build control

// says: Image: bimage is missing
package main

import (
	"log"

	"chatclient/chattypes/send"
)

func main() {
	image := send.Image{
		Room:   "lobby",
		Bimage: "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=", // good
		// without it // bad
	}
	if _, err := send.JSON(image); err != nil {
		log.Fatal(err)
	}
}
