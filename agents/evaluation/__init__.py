"""How right the classifier is on labelled mail: judging, figures, a report for people, comparison of two runs."""
