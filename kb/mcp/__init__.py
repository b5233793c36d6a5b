"""kb for assistants that speak the Model Context Protocol: a thin face over kb.service, over stdio and HTTP."""
