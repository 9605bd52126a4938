"""The second opinion without a broker and without CrewAI."""
