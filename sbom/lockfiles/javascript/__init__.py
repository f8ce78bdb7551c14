"""Files of JavaScript and TypeScript."""
