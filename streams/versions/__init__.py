"""What decides, by version: policies and models that can be named, kept, switched to and come back to.

`judge`: both together. `document`: a policy as bytes. `store`: the topic `triage.policies`. `live`: in a worker."""
