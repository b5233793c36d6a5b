"""How the HTML report looks: its page, with a place for the title and the body."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f5f7; --line: #d5dade; --faint: #5b6570;
  --confirmed: #1a7f37; --likely: #9a6700; --possible: #0969da; --unknown: #8250df; --mark: #ffe27a }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14171b; --soft: #1e2329; --line: #39414a;
  --faint: #9aa4af; --confirmed: #4ac26b; --likely: #d9a441; --possible: #58a6ff; --unknown: #b98cff; --mark: #6b5a12 } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 70rem;
  margin: 1.5rem auto; padding: 0 1rem; overflow-wrap: anywhere }
main { border: 1px solid var(--line); border-radius: 8px; margin-bottom: 1.5rem; overflow: hidden; --tone: var(--possible) }
main.confirmed { --tone: var(--confirmed) } main.likely { --tone: var(--likely) } main.unknown { --tone: var(--unknown) }
main > * { padding: .75rem 1.25rem; margin: 0 }
header { border-left: .4rem solid var(--tone); background: var(--soft) }
h1 { font-size: 1.45rem; line-height: 1.25; margin: .35rem 0 } h2 { font-size: 1.05rem; margin: 0 0 .5rem }
h3 { font-size: 1rem; margin: .75rem 0 .25rem } p { margin: .35rem 0 }
.verdict { color: var(--tone); font-weight: 700; letter-spacing: .02em } .verdict b { font-size: 1.3em; margin-left: .4em }
.faint { color: var(--faint); font-weight: 400; font-size: .92em } .note { color: var(--likely) }
.place { color: var(--faint); font-size: .9em } .shell { color: var(--faint); font-size: .85em; margin: .6rem 0 0 }
code, pre { font: .9em/1.45 ui-monospace, Consolas, monospace } code { overflow-wrap: anywhere }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; margin: .25rem 0 .5rem;
  white-space: pre-wrap; overflow-wrap: anywhere }
.next { border-top: 1px solid var(--line); border-bottom: 1px solid var(--line) }
.next pre { border-left: .3rem solid var(--tone) }
mark { background: var(--mark); color: inherit; border-radius: 2px }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem }
.bar { display: inline-block; width: 100%; min-width: 3rem; height: .55rem; background: var(--line); border-radius: 4px;
  overflow: hidden } .bar span { display: block; height: 100%; background: var(--tone); print-color-adjust: exact }
table { border-collapse: collapse; width: 100% } td { padding: .2rem .75rem .2rem 0; vertical-align: top }
.causes td:first-child { white-space: nowrap; text-align: right; width: 3.5rem } .causes td:nth-child(2) { width: 6rem }
ul { margin: 0; padding-left: 1.1rem } li { margin: .35rem 0 }
details { border-top: 1px solid var(--line); padding: .6rem 1.25rem } summary { cursor: pointer; font-weight: 600 }
body > details { border: 1px solid var(--line); border-radius: 8px; margin-bottom: .75rem }
@media (max-width: 40rem) { .columns { grid-template-columns: 1fr } .outcomes td { display: block } body { margin: .5rem auto; padding: 0 .5rem }
  main > *, details { padding-left: .75rem; padding-right: .75rem } }
@media print { body { font-size: 12px; max-width: none; margin: 0 } main, details { border-color: #999; break-inside: auto }
  pre, section { break-inside: avoid } }
"""
PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    f"<style>{_STYLE.replace('{', '{{').replace('}', '}}')}</style></head>\n<body>\n{{body}}\n</body></html>\n"
)
