"""What a person asks without any monitoring server (`lag`, `top`, `status`, `doctor`, `memory`), and changes (`lane`,
`breaker`, `cache`, `shadow`, `promote`)."""
