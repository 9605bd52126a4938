"""The stream processor: the wire contract, the topics and tables, the Faust transport and runtime, and the stream agents."""
