"""Pure: Mail + Facts + Policy → Verdict. No I/O, no Kafka, no clock; imports only `streams.mail`."""
