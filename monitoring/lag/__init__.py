"""Consumer lag as queue length: exact counts of the real records behind committed offsets, and the age of the oldest.

`index`, `model`, `drain` are pure; `log`, `groups` read Kafka (and never join a group); `meter` puts them together."""
