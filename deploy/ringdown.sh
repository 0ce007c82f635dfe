#!/bin/sh
# The command `ringdown` where Ringdown is in /opt/ringdown and built.
exec node /opt/ringdown/dist/cli/main.js "$@"
