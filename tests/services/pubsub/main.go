// Google's own fake of Pub/Sub at the given address, until it is ended by a signal.
package main

import (
	"log"
	"os"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: pubsub HOST:PORT")
	}
	server := pstest.NewServerWithAddress(os.Args[1])
	log.Print("listening on ", server.Addr)
	select {}
}
