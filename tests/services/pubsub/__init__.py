"""Google's own fake of Pub/Sub (cloud.google.com/go/pubsub/v2/pstest), built from main.go and run as a process."""
