"""Checks and wordings written once, which articles use by name: `use: tcp-port, with: {host: ${server}}`.

The files are data (`checks/NAME/check.yaml`, `signals/NAME.yaml`), shipped here or laid into `library/` of a base, where
a name wins over the shipped one. They are expanded when an article is parsed: the core knows nothing of them.
"""
