"""The stream processor: wire contract, topics and tables, Faust transport and runtime, stream agents."""
