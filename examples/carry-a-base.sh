#!/bin/sh
# Knowledge to a machine without internet and without a new kb: one file, checked by its digest, taken back by one command.
set -e
kb --kb articles export base /tmp/articles.kbase --force     # prints the digest; tell it to whoever imports
kb import base /tmp/articles.kbase --to /tmp/kb-articles     # add --digest SHA256 to insist on it
kb --kb /tmp/kb-articles list | head -3
kb import base /tmp/articles.kbase --to /tmp/kb-articles     # a newer one later: the one before is kept
kb import base --undo --to /tmp/kb-articles
