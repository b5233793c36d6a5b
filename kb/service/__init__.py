"""What the faces of kb ask (page, HTTP API, MCP): a function a question, values in, values out."""
